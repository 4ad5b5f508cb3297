package io.tapekeeper.recorder;

import io.tapekeeper.store.StoreException;
import io.tapekeeper.venue.VenueException;

/** Why a recording cannot begin or go on. The message is one plain sentence with a remedy. */
public final class RecordingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Who can mend it. */
    public enum Kind {
        /** What was asked for makes no sense: another plan, another store or another symbol is needed. */
        USAGE,
        /** Something outside is in the way: a disk, a file, a venue. */
        OUTSIDE
    }

    private final Kind kind;

    private RecordingException(Kind kind, String sentence, Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
    }

    static RecordingException usage(String sentence) {
        return new RecordingException(Kind.USAGE, sentence, null);
    }

    static RecordingException outside(String sentence) {
        return new RecordingException(Kind.OUTSIDE, sentence, null);
    }

    static RecordingException of(StoreException e) {
        return new RecordingException(Kind.OUTSIDE, e.getMessage(), e);
    }

    static RecordingException of(VenueException e) {
        boolean usage = e.kind() == VenueException.Kind.UNKNOWN_SYMBOL;
        return new RecordingException(usage ? Kind.USAGE : Kind.OUTSIDE, e.getMessage(), e);
    }

    public Kind kind() {
        return kind;
    }
}
