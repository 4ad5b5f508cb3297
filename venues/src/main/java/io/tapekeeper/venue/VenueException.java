package io.tapekeeper.venue;

/** The venue cannot be used this way. The message is one plain sentence with a remedy. */
public final class VenueException extends RuntimeException {
    /** What is in the way. */
    public enum Kind {
        /** The venue does not list the symbol. */
        UNKNOWN_SYMBOL,
        /** No answer, or one that says the venue has trouble of its own: trying again may help. */
        UNREACHABLE,
        /** The venue does not want this request now, or from here. */
        REFUSED,
        /** This host does not offer what was asked for; another of the venue's may. */
        NOT_SERVED,
        /** An answer that is not what the venue's protocol promises. */
        BAD_ANSWER
    }

    private final Kind kind;

    public VenueException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public VenueException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
