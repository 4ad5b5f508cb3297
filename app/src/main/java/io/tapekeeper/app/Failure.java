package io.tapekeeper.app;

import io.tapekeeper.store.StoreException;
import io.tapekeeper.venue.VenueException;

/** Why a command cannot go on: one plain sentence with a remedy, and the exit code. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** All went well. */
    static final int FINE = 0;

    /** Something was looked at and found wrong. */
    static final int FOUND_WRONG = 1;

    /** The command line, the configuration or the input is wrong. */
    static final int BAD_USAGE = 2;

    /** Something outside is in the way: a port in use, a file that cannot be read. */
    static final int OUTSIDE = 3;

    private final int exitCode;

    private Failure(int exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    static Failure usage(String sentence) {
        return new Failure(BAD_USAGE, sentence, null);
    }

    static Failure outside(String sentence, Throwable cause) {
        return new Failure(OUTSIDE, sentence, cause);
    }

    static Failure of(StoreException e) {
        return new Failure(OUTSIDE, e.getMessage(), e);
    }

    static Failure of(VenueException e) {
        boolean usage = e.kind() == VenueException.Kind.UNKNOWN_SYMBOL;
        return new Failure(usage ? BAD_USAGE : OUTSIDE, e.getMessage(), e);
    }

    int exitCode() {
        return exitCode;
    }
}
