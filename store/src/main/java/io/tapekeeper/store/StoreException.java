package io.tapekeeper.store;

/** A store file cannot be used. The message is one plain sentence with a remedy. */
public final class StoreException extends RuntimeException {
    /** What is in the way. */
    public enum Kind {
        /** The file is something else, or another program's database. */
        NOT_A_DATABASE,
        /** It is a store, and its content is broken: nothing that is read of it can be trusted. */
        DAMAGED,
        /** Another process records into it, or holds it busy. */
        LOCKED,
        /** It may be read, not written. */
        READ_ONLY,
        /** It can neither be opened nor read. */
        CANNOT_OPEN,
        /** A newer version of this program wrote it. */
        NEWER_SCHEMA,
        /** Writing failed: the disk is full or broken. */
        WRITE_FAILED,
        /** The recorder was closed, and a caller still had an entry for it. */
        CLOSED,
        /** There is no such file, or nothing has been recorded in it yet. */
        MISSING
    }

    private final Kind kind;

    StoreException(Kind kind, String message) {
        this(kind, message, null);
    }

    StoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
