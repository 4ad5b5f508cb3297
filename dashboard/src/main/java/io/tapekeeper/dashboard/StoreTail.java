package io.tapekeeper.dashboard;

import io.tapekeeper.health.Health;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Follows a store that another process records, and shows in a {@link LiveView} what it finds: new rows and rows that a
 * repair corrected, alerts, changes of the signal, and whether anything still comes. Looks four times a second, on a
 * thread of its own.
 *
 * <p>A series is stale where the store has not grown for ten seconds, or three bars, by this machine's monotonic clock:
 * a simulated or replayed tape is alive however old its times are. Until the store has grown once, the age of the
 * newest row decides.
 *
 * <p>Where the store cannot be read, every page says so, and the tail tries again each second until it is closed.
 *
 * <p>A price that is forming is not stored, so a page shows none.
 */
public final class StoreTail implements AutoCloseable {
    private static final long POLL_MILLIS = 250;
    private static final long RETRY_MILLIS = 1_000;

    private final LiveView view;
    private final History history;
    private final MissingCounts missing;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private final Map<Series, FollowedSeries> followed = new HashMap<>();
    private final Thread thread;

    /**
     * @param wall this machine's clock, for the age of the newest row
     * @param nanos local monotonic time
     */
    public StoreTail(LiveView view, History history, InstantSource wall, LongSupplier nanos) {
        this.view = view;
        this.history = history;
        missing = new MissingCounts(history);
        this.wall = wall;
        this.nanos = nanos;
        thread = Thread.ofPlatform().daemon().name("store-tail").unstarted(this::follow);
    }

    /**
     * Shows every series there is, and begins to follow.
     *
     * @throws StoreException where the store cannot be read even once
     */
    public void start() {
        read(false);
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void follow() {
        long seen = 0;
        boolean current = false; // whether all of version `seen` was read
        try {
            while (true) {
                try {
                    long version = history.dataVersion();
                    if (!current || version != seen) {
                        current = false;
                        read(true);
                        seen = version;
                        current = true;
                    }
                    followed.forEach((series, one) -> view.health(series, one.health(nanos.getAsLong(), wallMicros())));
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                } catch (StoreException e) {
                    Health unreadable = Health.only(Health.State.DISCONNECTED, e.getMessage());
                    followed.keySet().forEach(series -> view.health(series, unreadable));
                    TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** @param following whether a series that is new here has begun only now */
    private void read(boolean following) {
        for (Series series : history.series()) {
            FollowedSeries known = followed.get(series);
            boolean mayGrow = following || known != null;
            if (known == null) {
                known = new FollowedSeries(series, view, history, missing);
                followed.put(series, known);
                if (!view.shows(series)) {
                    view.addSeries(series, SeriesInfo.live(series, SeriesInfo.presetOf(series.preset())));
                }
            }
            known.read(mayGrow, nanos.getAsLong(), wallMicros());
        }
    }

    private long wallMicros() {
        return TimeUnit.MILLISECONDS.toMicros(wall.millis());
    }
}
