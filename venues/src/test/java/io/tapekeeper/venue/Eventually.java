package io.tapekeeper.venue;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what another thread does, with a deadline. */
public final class Eventually {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private Eventually() {}

    public static void that(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never happened: " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }

    public static <T> T next(BlockingQueue<T> queue) {
        try {
            T item = queue.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (item == null) {
                throw new AssertionError("nothing came");
            }
            return item;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
