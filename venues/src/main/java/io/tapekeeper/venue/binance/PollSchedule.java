package io.tapekeeper.venue.binance;

import io.tapekeeper.bar.Interval;

/**
 * Which boundary is to be asked for, and what becomes of those that passed: each comes exactly
 * once, in order, unless the process was down. All times are epoch microseconds by the venue's
 * clock. Pure: no clock, no thread. Not thread-safe.
 */
final class PollSchedule {
    private final long every;
    private long next;

    /** Begins with the first boundary after {@code now}. */
    PollSchedule(Interval interval, long now) {
        this.every = interval.micros();
        beginAfter(now);
    }

    /** The first boundary that has not been dealt with. */
    long next() {
        return next;
    }

    /** The end of the time in which an answer for {@link #next} counts. */
    long deadline() {
        return next + every;
    }

    /** {@link #next} has been dealt with. */
    void done() {
        next += every;
    }

    /** Leaves out all boundaries up to {@code now}: the process was down. */
    void beginAfter(long now) {
        next = Math.floorDiv(now, every) * every + every;
    }
}
