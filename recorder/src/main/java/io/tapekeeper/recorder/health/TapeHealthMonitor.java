package io.tapekeeper.recorder.health;

import io.tapekeeper.health.Health;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.series.Series;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reports four times a second how far each series can be trusted: warming up, live, stale, disconnected. A thread of
 * its own assembles that from snapshots; it reads no store and asks no venue.
 *
 * <p>While the tape thread stands still there is nothing to assemble, so nothing is reported, and the pages show that
 * after five seconds.
 */
public final class TapeHealthMonitor implements AutoCloseable {
    private static final long EVERY_MILLIS = 250;

    private final List<TapeHealth> tapes;
    private final FeedState feed;
    private final VenueTimes times;
    private final LiveView view;
    private final LongSupplier nanos;
    private final CountDownLatch closing = new CountDownLatch(1);
    private FeedState.Connection connection; // the one at the last look
    private long publishedAt; // the tape thread's snapshots at the last look
    private volatile Map<Series, Health> latest = Map.of();

    /** @param nanos local monotonic time */
    public TapeHealthMonitor(
            List<TapeHealth> tapes, FeedState feed, VenueTimes times, LiveView view, LongSupplier nanos) {
        this.tapes = List.copyOf(tapes);
        this.feed = feed;
        this.times = times;
        this.view = view;
        this.nanos = nanos;
        connection = new FeedState.Connection(false, "", 0);
    }

    /** @param broke handles a fault of the monitor's own */
    public void start(UncaughtExceptionHandler broke) {
        Thread.ofPlatform()
                .name("health")
                .daemon()
                .uncaughtExceptionHandler(broke)
                .start(this::run);
    }

    private void run() {
        try {
            while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                look(nanos.getAsLong());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nothing interrupts it but the end of the process
        }
    }

    /** Reports the health of all tapes at {@code now}, where there is something new to see. */
    void look(long now) {
        long published = feed.publishedAt();
        if (published == publishedAt) {
            return;
        }
        publishedAt = published;
        FeedState.Connection current = feed.connection();
        if (current.connected() && !current.equals(connection)) {
            tapes.forEach(tape -> tape.connected(current.since()));
            times.clock().measureAgain();
        }
        connection = current;
        Map<Series, Health> reported = new LinkedHashMap<>();
        for (TapeHealth tape : tapes) {
            Health health = tape.assemble(now, feed, times);
            reported.put(tape.series(), health);
            view.health(tape.series(), health);
        }
        latest = Map.copyOf(reported);
    }

    /** What was reported last; any thread. */
    public Map<Series, Health> latest() {
        return latest;
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
