package io.tapekeeper.venue.tiny;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.venue.LocalWebSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A venue that has nothing in common with Binance. Its trades are lines, {@code id;side;size@price;seconds}, a message
 * carries several of them, and a page of its history comes newest first, below an id.
 */
final class TinyServer implements AutoCloseable {
    static final int PAGE = 8;

    private final NavigableMap<Long, String> printed = new ConcurrentSkipListMap<>();
    private final List<LocalWebSocket.Connection> sockets = new CopyOnWriteArrayList<>();
    private final LocalWebSocket streams = new LocalWebSocket();
    private final HttpServer rest;

    TinyServer() throws IOException {
        rest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rest.createContext("/below", this::below);
        rest.createContext("/clock", exchange -> answer(exchange, "1790000000.5"));
        rest.start();
    }

    URI restAddress() {
        return URI.create("http://127.0.0.1:" + rest.getAddress().getPort());
    }

    URI streamAddress() {
        return streams.address();
    }

    /** Waits for the next client. */
    LocalWebSocket.Connection accept() {
        LocalWebSocket.Connection connection = streams.next();
        sockets.add(connection);
        return connection;
    }

    /** Everything that is connected goes down. */
    void loseSockets() throws IOException {
        for (LocalWebSocket.Connection socket : sockets) {
            socket.vanish();
        }
        sockets.clear();
    }

    /** Trades happen, and all clients that are connected hear of them in one message each. */
    void print(long firstId, long lastId) throws IOException {
        StringBuilder message = new StringBuilder();
        for (long id = firstId; id <= lastId; id++) {
            String line = "%d;%s;0.5@%d.25;%d\n".formatted(id, id % 2 == 0 ? "+" : "-", 100 + id, 1_790_000_000 + id);
            printed.put(id, line);
            message.append(line);
        }
        for (LocalWebSocket.Connection socket : sockets) {
            socket.send("ACME\n" + message);
        }
    }

    private void below(HttpExchange exchange) throws IOException {
        long id = Long.parseLong(exchange.getRequestURI().getPath().replaceFirst("/below/ACME/", ""));
        answer(
                exchange,
                String.join(
                        "",
                        printed.headMap(id, false).descendingMap().values().stream()
                                .limit(PAGE)
                                .toList()));
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() throws IOException {
        rest.stop(0);
        loseSockets();
        streams.close();
    }
}
