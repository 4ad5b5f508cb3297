package io.tapekeeper.app.terminal;

import io.tapekeeper.recorder.RecordingException;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.venue.VenueException;

/** Why a command cannot go on: one plain sentence with a remedy, and its exit code. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** All went well. */
    public static final int FINE = 0;

    /** The command found something wrong in what it looked at. */
    public static final int FOUND_WRONG = 1;

    /** The command line, the configuration or the input is wrong. */
    public static final int BAD_USAGE = 2;

    /** Something outside is in the way: a port in use, a file that cannot be read. */
    public static final int OUTSIDE = 3;

    private final int exitCode;

    private CommandFailure(int exitCode, String sentence, Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    public static CommandFailure usage(String sentence) {
        return new CommandFailure(BAD_USAGE, sentence, null);
    }

    public static CommandFailure outside(String sentence, Throwable cause) {
        return new CommandFailure(OUTSIDE, sentence, cause);
    }

    public static CommandFailure of(StoreException e) {
        return new CommandFailure(OUTSIDE, e.getMessage(), e);
    }

    public static CommandFailure of(RecordingException e) {
        boolean usage = e.kind() == RecordingException.Kind.USAGE;
        return new CommandFailure(usage ? BAD_USAGE : OUTSIDE, e.getMessage(), e);
    }

    public static CommandFailure of(VenueException e) {
        boolean usage = e.kind() == VenueException.Kind.UNKNOWN_SYMBOL;
        return new CommandFailure(usage ? BAD_USAGE : OUTSIDE, e.getMessage(), e);
    }

    public int exitCode() {
        return exitCode;
    }
}
