package io.tapekeeper.venue;

import java.time.Instant;

/** Times as all of this program counts them: microseconds since the epoch. */
public final class EpochMicros {
    private EpochMicros() {}

    /** What is finer than a microsecond is cut off. */
    public static long of(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }
}
