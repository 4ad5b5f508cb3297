package io.tapekeeper.fuzz;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells on standard output how far a long test is: a line every ten seconds and one at the end. Not thread-safe. */
final class LongRun {
    private static final long EVERY = TimeUnit.SECONDS.toNanos(10);

    private final String task;
    private final long total;
    private final long start = System.nanoTime();
    private long done;
    private long toldAt = start;

    LongRun(String task, long total) {
        this.task = task;
        this.total = total;
    }

    void step() {
        done++;
        long now = System.nanoTime();
        if (done == total || now - toldAt >= EVERY) {
            toldAt = now;
            System.out.println(this);
        }
    }

    boolean isDone() {
        return done >= total;
    }

    @Override
    public String toString() {
        long elapsed = System.nanoTime() - start;
        double perSecond = 1e9 * done / Math.max(1, elapsed);
        Duration left = Duration.ofSeconds((long) (Math.max(0, total - done) / Math.max(1, perSecond)));
        return String.format(
                Locale.ROOT,
                "%s: %d%%, %,d of %,d, %,.0f/s, %d:%02d left",
                task,
                100 * done / total,
                done,
                total,
                perSecond,
                left.toMinutes(),
                left.toSecondsPart());
    }
}
