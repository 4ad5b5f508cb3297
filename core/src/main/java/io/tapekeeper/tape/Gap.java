package io.tapekeeper.tape;

/**
 * A gap: trades {@code firstId} to {@code lastId}, both included, are not on the tape.
 *
 * @param before venue time of the last trade before the gap, epoch microseconds
 * @param after venue time of the first trade after it, epoch microseconds
 */
public record Gap(long firstId, long lastId, long before, long after) {
    public Gap {
        if (firstId > lastId) {
            throw new IllegalArgumentException("gap from %d to %d".formatted(firstId, lastId));
        }
    }

    /** How many ids are missing. */
    public long missing() {
        return lastId - firstId + 1;
    }
}
