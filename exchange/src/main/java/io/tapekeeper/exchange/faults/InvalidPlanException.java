package io.tapekeeper.exchange.faults;

import java.io.IOException;

/** A plan of faults cannot be used; the message is one plain sentence and a remedy. */
public final class InvalidPlanException extends IOException {
    private static final long serialVersionUID = 1L;

    InvalidPlanException(String message) {
        super(message);
    }

    InvalidPlanException(String message, Throwable cause) {
        super(message, cause);
    }
}
