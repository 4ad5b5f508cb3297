package io.tapekeeper.dashboard;

import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All series there are: those that are live, in their order, then those that the store has beside them. Any number of
 * threads may ask.
 */
final class Catalogue {
    /** @param rows its newest, oldest first: as many as a card draws */
    record Listed(LiveSeries series, List<FeatureRow> rows) {}

    private static final int CARD_ROWS = 32;
    // The store is asked again only so often: a page asks every other second.
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LiveView view;
    private final HistorySource history;
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, Listed> stored = Map.of();
    private long storedAt;
    private boolean read;

    Catalogue(LiveView view, HistorySource history) {
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
                rows = joined(before.rows(), rows);
            }
            all.add(new Listed(live, rows.subList(Math.max(0, rows.size() - CARD_ROWS), rows.size())));
        }
        for (Listed listed : fromStore.values()) {
            if (!view.shows(listed.series().series())) {
                all.add(listed);
            }
        }
        return all;
    }

    private static List<FeatureRow> joined(List<FeatureRow> stored, List<FeatureRow> told) {
        TreeMap<Long, FeatureRow> rows = new TreeMap<>();
        stored.forEach(row -> rows.put(row.bar().start(), row));
        told.forEach(row -> rows.put(row.bar().start(), row));
        return List.copyOf(rows.values());
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
