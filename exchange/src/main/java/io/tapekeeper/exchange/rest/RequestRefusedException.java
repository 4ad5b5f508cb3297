package io.tapekeeper.exchange.rest;

/** Refuses a request with an error body: a stable code and a message. */
final class RequestRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    RequestRefusedException(int code, String message) {
        super(message, null, false, false); // an answer, not a fault: no stack trace
        this.code = code;
    }

    int code() {
        return code;
    }
}
