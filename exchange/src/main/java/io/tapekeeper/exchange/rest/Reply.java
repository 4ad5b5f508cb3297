package io.tapekeeper.exchange.rest;

import java.util.Map;

/** A whole answer to one request. */
record Reply(int status, String contentType, String body, Map<String, String> headers) {
    static final String JSON = "application/json;charset=UTF-8";

    static Reply ok(String contentType, String body) {
        return new Reply(200, contentType, body, Map.of());
    }

    /** The error body of the protocol. */
    static Reply error(int status, int code, String message) {
        String body = "{\"code\":%d,\"msg\":\"%s\"}".formatted(code, message.replace("\"", "\\\""));
        return new Reply(status, JSON, body, Map.of());
    }

    /** The page that the exchange's front end sends instead of an API answer. */
    static Reply html(int status, String title) {
        String body =
                "<html>\n<head><title>%1$d %2$s</title></head>\n<body>\n<center><h1>%1$d %2$s</h1></center>\n</body>\n</html>\n"
                        .formatted(status, title);
        return new Reply(status, "text/html;charset=UTF-8", body, Map.of());
    }

    Reply with(Map<String, String> more) {
        return new Reply(status, contentType, body, more);
    }
}
