package io.tapekeeper.dashboard;

import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All series there are: those that are live, in their order, then those that only the store has. Any number of threads
 * may ask.
 */
final class Catalogue {
    /** @param rows its newest, oldest first: as many as a card draws */
    record Listed(LiveSeries series, List<FeatureRow> rows) {}

    private static final int CARD_ROWS = 32;
    // The store is asked again only so often: a page asks every other second.
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LiveView view;
    private final History history;
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, Listed> stored = Map.of(); // by id
    private long storedAt;
    private boolean read;

    Catalogue(LiveView view, History history) {
        this.view = view;
        this.history = history;
    }

    List<Listed> all() {
        List<Listed> all = new ArrayList<>();
        Map<String, Listed> fromStore = stored();
        for (LiveSeries live : view.all()) {
            List<FeatureRow> rows = live.rows();
            Listed before = fromStore.get(live.series().id());
            if (rows.size() < CARD_ROWS && before != null) {
                rows = SeriesReader.joined(before.rows(), rows);
            }
            all.add(new Listed(live, SeriesReader.newest(rows, CARD_ROWS)));
        }
        for (Listed listed : fromStore.values()) {
            if (!view.shows(listed.series().series())) {
                all.add(listed);
            }
        }
        return all;
    }

    /** The series of that id, or null. */
    LiveSeries find(String id) {
        for (LiveSeries live : view.all()) {
            if (live.series().id().equals(id)) {
                return live;
            }
        }
        Listed listed = stored().get(id);
        return listed == null ? null : listed.series();
    }

    private Map<String, Listed> stored() {
        lock.lock();
        try {
            if (!read || System.nanoTime() - storedAt > FRESH_NANOS) {
                Map<String, Listed> found = new LinkedHashMap<>();
                for (Series series : history.series()) {
                    found.put(
                            series.id(),
                            new Listed(LiveSeries.recorded(series), history.latestFeatures(series, CARD_ROWS)));
                }
                stored = found;
                storedAt = System.nanoTime();
                read = true;
            }
            return stored;
        } finally {
            lock.unlock();
        }
    }
}
