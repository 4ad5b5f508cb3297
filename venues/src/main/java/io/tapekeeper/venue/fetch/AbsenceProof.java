package io.tapekeeper.venue.fetch;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How often, and for how long, the venue has lacked an id while it has later ones. Its database lags behind its
 * streams, and not every id of it by as much, so one answer proves nothing.
 */
public final class AbsenceProof {
    private static final int ENOUGH = 3;

    private final Duration believeAfter;
    private final LongSupplier nanoTime;
    private int count; // of the same id, in a row
    private long since; // nanoTime of the first of them

    /**
     * @param believeAfter for how long an id must be lacking before that is believed
     * @param nanoTime local monotonic time
     */
    public AbsenceProof(Duration believeAfter, LongSupplier nanoTime) {
        this.believeAfter = believeAfter;
        this.nanoTime = nanoTime;
    }

    /** Counts one more; returns whether it is to be believed now. */
    boolean believedNow() {
        long now = nanoTime.getAsLong();
        if (count == 0) {
            since = now;
        }
        count++;
        return count >= ENOUGH && now - since >= believeAfter.toNanos();
    }

    /** Another id is asked for now, or not even later ones are there. */
    void forget() {
        count = 0;
    }

    /** @param shortest doubled with each denial, up to a quarter of the time after which it is believed */
    Duration pause(Duration shortest) {
        Duration longest = believeAfter.dividedBy(8);
        Duration pause = shortest;
        for (int denial = 1; denial < count && pause.compareTo(longest) <= 0; denial++) {
            pause = pause.multipliedBy(2);
        }
        return pause;
    }
}
