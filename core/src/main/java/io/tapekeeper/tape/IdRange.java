package io.tapekeeper.tape;

/** Ids {@code first} to {@code last}, both included. */
public record IdRange(long first, long last) {
    public IdRange {
        if (first > last) {
            throw new IllegalArgumentException("ids from %d to %d".formatted(first, last));
        }
    }

    /** How many ids. */
    public long count() {
        return last - first + 1;
    }
}
