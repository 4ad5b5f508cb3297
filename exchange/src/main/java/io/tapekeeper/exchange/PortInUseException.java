package io.tapekeeper.exchange;

import java.io.IOException;

/** The port cannot be bound; the message is one plain sentence with a remedy. */
public final class PortInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    PortInUseException(String message, Throwable cause) {
        super(message, cause);
    }
}
