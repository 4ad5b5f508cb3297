package io.tapekeeper.venue;

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

    /** @param believeAfter for how long an id must be lacking before that is believed; local monotonic time */
    public AbsenceProof(Duration believeAfter) {
        this(believeAfter, System::nanoTime);
    }

    /** @param nanoTime local monotonic time */
    public AbsenceProof(Duration believeAfter, LongSupplier nanoTime) {
        this.believeAfter = believeAfter;
        this.nanoTime = nanoTime;
    }

    /** Another one by the same rule, which has seen nothing yet. */
    public AbsenceProof another() {
        return new AbsenceProof(believeAfter, nanoTime);
    }

    /** Counts one more answer that lacks the id; returns whether it is to be believed now. */
    public boolean believedNow() {
        long now = nanoTime.getAsLong();
        if (count == 0) {
            since = now;
        }
        count++;
        return count >= ENOUGH && now - since >= believeAfter.toNanos();
    }

    /** Another id is asked for now, or not even later ones are there. */
    public void forget() {
        count = 0;
    }

    /** @param shortest doubled with each answer that lacks the id, up to a quarter of the time until it is believed */
    public Duration pause(Duration shortest) {
        Duration longest = believeAfter.dividedBy(8);
        Duration pause = shortest;
        for (int answers = 1; answers < count && pause.compareTo(longest) <= 0; answers++) {
            pause = pause.multipliedBy(2);
        }
        return pause;
    }
}
