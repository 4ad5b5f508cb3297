package io.tapekeeper.venue.binance;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Keeps attempts to connect below what the venue allows: Binance bans an address after 300 within 5
 * minutes. Not thread-safe.
 */
final class AttemptBudget {
    private final int most;
    private final long windowNanos;
    private final ArrayDeque<Long> attempts = new ArrayDeque<>();

    AttemptBudget(int most, Duration window) {
        this.most = most;
        this.windowNanos = window.toNanos();
    }

    /** How long to wait before the next attempt is allowed; 0 = now. */
    long nanosToWait(long nanoTime) {
        while (!attempts.isEmpty() && nanoTime - attempts.peekFirst() >= windowNanos) {
            attempts.removeFirst();
        }
        return attempts.size() < most ? 0 : windowNanos - (nanoTime - attempts.peekFirst());
    }

    void take(long nanoTime) {
        attempts.addLast(nanoTime);
    }
}
