package io.tapekeeper.exchange.market;

import java.io.IOException;

/** A recording or a saved market cannot be played; the message is one plain sentence with a remedy. */
public final class UnusableSourceException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnusableSourceException(String message) {
        super(message);
    }

    public UnusableSourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
