package io.tapekeeper.venue.net;

import java.io.IOException;
import java.net.http.HttpHeaders;

/** The server answered a request for a WebSocket with an HTTP status instead. */
public final class UpgradeRefused extends IOException {
    private final int status;
    private final transient HttpHeaders headers;

    UpgradeRefused(int status, HttpHeaders headers) {
        super("HTTP " + status);
        this.status = status;
        this.headers = headers;
    }

    public int status() {
        return status;
    }

    /** Of the answer: how long to wait, where it says so. */
    public HttpHeaders headers() {
        return headers;
    }
}
