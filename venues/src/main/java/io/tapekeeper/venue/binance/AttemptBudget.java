package io.tapekeeper.venue.binance;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/** So many attempts within a sliding window, and no more. Not thread-safe. */
final class AttemptBudget implements ConnectPermits {
    private final int most;
    private final long windowNanos;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Long> attempts = new ArrayDeque<>();

    AttemptBudget(int most, Duration window, LongSupplier nanoTime) {
        this.most = most;
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
    }

    @Override
    public long nanosToWait() {
        long now = nanoTime.getAsLong();
        while (!attempts.isEmpty() && now - attempts.peekFirst() >= windowNanos) {
            attempts.removeFirst();
        }
        return attempts.size() < most ? 0 : windowNanos - (now - attempts.peekFirst());
    }

    @Override
    public void take() {
        attempts.addLast(nanoTime.getAsLong());
    }
}
