package io.tapekeeper.exchange;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A REST and WebSocket client of a local exchange, on the JDK's own classes. */
final class Client implements AutoCloseable {
    static final long PATIENCE_SECONDS = 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    Client(Exchange exchange) {
        this(exchange.port());
    }

    Client(int port) {
        this.port = port;
    }

    HttpResponse<String> get(String pathAndQuery, String... headers) throws IOException, InterruptedException {
        return send("GET", pathAndQuery, headers);
    }

    HttpResponse<String> send(String method, String pathAndQuery, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + pathAndQuery))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    String body(String pathAndQuery) throws IOException, InterruptedException {
        HttpResponse<String> response = get(pathAndQuery);
        if (response.statusCode() != 200) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** Waits until {@code /sim/state} shows the state. */
    void awaitState(String state) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String answer = body("/sim/state");
        while (!answer.contains("\"state\":\"" + state + "\"")) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not " + state + " but " + answer);
            }
            answer = body("/sim/state");
        }
    }

    Socket connect(String pathAndQuery) {
        return connect(pathAndQuery, true);
    }

    /** @param reading false for a client that reads only on request */
    Socket connect(String pathAndQuery, boolean reading) {
        Socket socket = new Socket(reading);
        socket.socket = http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + pathAndQuery), socket)
                .join();
        return socket;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** One WebSocket; keeps what it receives. */
    static final class Socket implements WebSocket.Listener, AutoCloseable {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final boolean reading;
        private final StringBuilder partial = new StringBuilder();
        private volatile WebSocket socket;
        private volatile String closed = "";

        private Socket(boolean reading) {
            this.reading = reading;
        }

        @Override
        public void onOpen(WebSocket webSocket) {
            if (reading) {
                webSocket.request(Long.MAX_VALUE);
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                received.add(partial.toString());
                partial.setLength(0);
            } else {
                webSocket.request(1); // the rest of the message
            }
            return null;
        }

        @Override
        public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
            webSocket.request(1); // the JDK's client has answered already
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
            closed = code + " " + reason;
            received.add("closed " + closed);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed = error.toString();
            received.add("closed " + closed);
        }

        void send(String text) {
            socket.sendText(text, true).join();
        }

        void pong(String payload) {
            socket.sendPong(ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)))
                    .join();
        }

        void read(long messages) {
            socket.request(messages);
        }

        /** The next message; fails where none comes in time. */
        String next() throws InterruptedException {
            String message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
            }
            return message;
        }

        /** The next so many. */
        List<String> next(int count) throws InterruptedException {
            List<String> messages = new ArrayList<>();
            while (messages.size() < count) {
                messages.add(next());
            }
            return messages;
        }

        /** Sends a control message and gives back its answer, skipping events before it. */
        String ask(String text) throws InterruptedException {
            send(text);
            String answer = next();
            while (!answer.startsWith("{\"result\"") && !answer.startsWith("{\"error\"")) {
                answer = next();
            }
            return answer;
        }

        /** What has come and has not been taken. */
        int waiting() {
            return received.size();
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
