package io.tapekeeper.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a request gets.
 *
 * @param headers beside the content's type
 * @param content empty where the status says that none follows
 */
@SuppressWarnings("ArrayRecordComponent") // written once, compared never
record Answer(int status, String type, Map<String, String> headers, byte[] content) {
    private static final int NOT_MODIFIED = 304;

    static Answer json(int status, byte[] content) {
        return of(status, "application/json", content);
    }

    /** One plain sentence. */
    static Answer text(int status, String sentence) {
        return of(status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Answer of(int status, String type, byte[] content) {
        return new Answer(status, type, Map.of(), content);
    }

    /** For a client that holds the same content already. */
    static Answer notModified(Map<String, String> headers) {
        return new Answer(NOT_MODIFIED, "", headers, new byte[0]);
    }

    /** Sends it; to a HEAD request without the content. */
    void sendTo(HttpExchange exchange) throws IOException {
        headers.forEach(exchange.getResponseHeaders()::set);
        if (!type.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", type);
        }
        if (status == NOT_MODIFIED || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, content.length);
        exchange.getResponseBody().write(content);
    }
}
