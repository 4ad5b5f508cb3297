package io.tapekeeper.venue.limit;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: after n failures a random time between 0 and first · 2ⁿ⁻¹, at most the
 * longest ("full jitter"), so that the clients of a venue that went down do not come back all together. Not
 * thread-safe.
 */
public final class Backoff {
    private final long firstNanos;
    private final long longestNanos;
    private final RandomGenerator random;
    private int failures;

    public Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.firstNanos = first.toNanos();
        this.longestNanos = Math.max(longest.toNanos(), firstNanos);
        this.random = random;
    }

    /** Counts a failure and says how long to wait. */
    public Duration next() {
        long most = firstNanos;
        for (int doublings = 0; doublings < failures && most < longestNanos; doublings++) {
            most *= 2;
        }
        failures++;
        return Duration.ofNanos(random.nextLong(Math.min(most, longestNanos) + 1));
    }

    /** Whether no failure has been counted since the last {@link #reset}. */
    public boolean fresh() {
        return failures == 0;
    }

    public void reset() {
        failures = 0;
    }
}
