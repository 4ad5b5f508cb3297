package io.tapekeeper.recorder.health;

import io.tapekeeper.health.SystemHealth;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How fast the store grows: its size now minus its size an hour ago, or at the start. Not thread-safe. */
public final class DiskForecast {
    private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int KEPT = 60;

    /** A start fetches what it has missed, so the first minutes say little. */
    private static final long SHORTEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private record Size(long bytes, long nanos) {}

    private final Deque<Size> sizes = new ArrayDeque<>();

    /**
     * @param storeBytes size of the store's files together
     * @param freeBytes free space on their disk
     * @param nanos monotonic time
     */
    public SystemHealth.Disk disk(long storeBytes, long freeBytes, long nanos) {
        if (sizes.isEmpty() || nanos - sizes.getLast().nanos() >= EVERY_NANOS) {
            sizes.addLast(new Size(storeBytes, nanos));
            if (sizes.size() > KEPT) {
                sizes.removeFirst();
            }
        }
        Size first = sizes.getFirst();
        long span = nanos - first.nanos();
        double perDay = span < SHORTEST_NANOS
                ? Double.NaN
                : Math.max(0, storeBytes - first.bytes()) * ((double) TimeUnit.DAYS.toNanos(1) / span);
        return new SystemHealth.Disk(freeBytes, perDay);
    }
}
