package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.EpochMicros;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The venue's time, carried on by the local monotonic clock from where it was last measured. The local wall clock may
 * be set; only {@link #jumped} notices. Not thread-safe.
 */
final class PollClock {
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private long venueThen;
    private long wallBefore;
    private long nanosThen;
    private long elapsedBefore;

    PollClock(InstantSource wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
    }

    /** Starts again from a measurement just made. */
    void set(ClockOffset offset) {
        nanosThen = nanoTime.getAsLong();
        elapsedBefore = 0;
        wallBefore = EpochMicros.of(wall.instant());
        venueThen = wallBefore + offset.micros();
    }

    /** Epoch microseconds. */
    long now() {
        return venueThen + elapsed();
    }

    /** Microseconds since it was {@link #set}. */
    long elapsed() {
        return (nanoTime.getAsLong() - nanosThen) / 1_000;
    }

    /**
     * By how many microseconds the wall clock has moved more than the monotonic one since this was last asked: the
     * machine slept (the monotonic clock of Linux stands still then), or the clock was set. After a jump the venue's
     * time has to be measured again. Asked often, it stays blind to the slow correction of a clock, which is no jump.
     */
    long jumped() {
        long wallNow = EpochMicros.of(wall.instant());
        long elapsedNow = elapsed();
        long jump = (wallNow - wallBefore) - (elapsedNow - elapsedBefore);
        wallBefore = wallNow;
        elapsedBefore = elapsedNow;
        return jump;
    }
}
