package io.tapekeeper.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.exchange.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/**
 * The REST side of a local exchange that does not tell that its market is played, and whose clock is wrong: to whoever
 * asks it is a real exchange.
 */
final class UnknownMarket implements AutoCloseable {
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Exchange exchange;
    private final Duration ahead;

    /** @param ahead of this machine's clock */
    UnknownMarket(Exchange exchange, Duration ahead) throws IOException {
        this.exchange = exchange;
        this.ahead = ahead;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.createContext("/sim/", one -> answer(one, 404, new byte[0]));
        server.createContext("/api/v3/time", this::tellTime);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void tellTime(HttpExchange asked) throws IOException {
        String time = "{\"serverTime\":%d}".formatted(Instant.now().plus(ahead).toEpochMilli());
        answer(asked, 200, time.getBytes(StandardCharsets.UTF_8));
    }

    private void pass(HttpExchange asked) throws IOException {
        URI there = URI.create("http://127.0.0.1:" + exchange.port() + asked.getRequestURI());
        try {
            HttpResponse<byte[]> got =
                    client.send(HttpRequest.newBuilder(there).build(), HttpResponse.BodyHandlers.ofByteArray());
            answer(asked, got.statusCode(), got.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange asked, int status, byte[] body) throws IOException {
        try (asked) {
            asked.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            asked.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }
}
