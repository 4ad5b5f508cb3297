package io.tapekeeper.venue.limit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/** So many attempts within a sliding window, and no more. Not thread-safe. */
final class AttemptBudget implements ConnectBudget {
    private final int most;
    private final long windowNanos;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Long> attempts = new ArrayDeque<>();
    private long pause; // nanoseconds
    private long pausedSince;

    AttemptBudget(int most, Duration window, LongSupplier nanoTime) {
        this.most = most;
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
        this.pausedSince = nanoTime.getAsLong();
    }

    @Override
    public long nanosToWait() {
        long now = nanoTime.getAsLong();
        while (!attempts.isEmpty() && now - attempts.peekFirst() >= windowNanos) {
            attempts.removeFirst();
        }
        long wait = attempts.size() < most ? 0 : windowNanos - (now - attempts.peekFirst());
        return Math.max(wait, pause - (now - pausedSince));
    }

    @Override
    public void take() {
        attempts.addLast(nanoTime.getAsLong());
    }

    @Override
    public void refused(int status, Duration pause) {
        long now = nanoTime.getAsLong();
        this.pause = Math.max(pause.toNanos(), this.pause - (now - pausedSince));
        pausedSince = now;
    }
}
