package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.RowRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One series as pages read it: what the store has of it, and what only the ring of its live end has yet. Of a bar or an
 * alert that both have, the ring's is as new or newer. Any thread may call; throws a
 * {@link io.tapekeeper.store.StoreException} where the store cannot be read.
 */
record SeriesReader(LiveSeries live, History history) {
    /** Rows in one answer at most; a page that lacks more starts over with the newest: 5.6 h of seconds. */
    static final int MOST_ROWS = 20_000;

    private static final int MOST_ALERTS = 200;

    private record AlertKey(Rule rule, long opened) {}

    private Series series() {
        return live.series();
    }

    /** The newest {@code limit} rows, oldest first. */
    List<FeatureRow> newest(int limit) {
        return newest(joined(stored(limit), live.rows()), limit);
    }

    /** The newest {@code limit} rows whose bars start before {@code start}, epoch microseconds, oldest first. */
    List<FeatureRow> before(long start, int limit) {
        return history.featuresBefore(series(), start, limit);
    }

    RowRange range(long from, long to, int points) {
        return history.range(series(), from, to, points);
    }

    /** The rows of store and ring together, oldest first. */
    static List<FeatureRow> joined(List<FeatureRow> stored, List<FeatureRow> ring) {
        Map<Long, FeatureRow> rows = new TreeMap<>();
        stored.forEach(row -> rows.put(row.bar().start(), row));
        for (FeatureRow row : ring) { // newer, or the same; the store may have computed what the live tape lacks
            rows.merge(row.bar().start(), row, (before, now) -> now.values().isWhole() ? now : before);
        }
        return List.copyOf(rows.values());
    }

    /** The last {@code limit} of what stands oldest first. */
    static <T> List<T> newest(List<T> all, int limit) {
        return all.subList(Math.max(0, all.size() - limit), all.size());
    }

    /** The newest alerts, oldest first. */
    List<Alert> alerts() {
        Map<AlertKey, Alert> known = new TreeMap<>(Comparator.comparingLong(AlertKey::opened)
                .thenComparingInt(key -> key.rule().bit()));
        history.alerts(series(), MOST_ALERTS).forEach(alert -> known.put(key(alert), alert));
        live.alerts().forEach(alert -> known.put(key(alert), alert));
        return newest(new ArrayList<>(known.values()), MOST_ALERTS);
    }

    private static AlertKey key(Alert alert) {
        return new AlertKey(alert.rule(), alert.opened());
    }

    /** Whether the store has more rows after the bar that starts at {@code start} than a page keeps. */
    boolean storeIsFarAhead(long start) {
        List<FeatureRow> newest = stored(1);
        long last = newest.isEmpty() ? 0 : newest.getLast().bar().start();
        return (last - Math.max(0, start)) / series().interval().micros() > MOST_ROWS;
    }

    /** The newest {@code limit} rows of the store alone, oldest first. */
    List<FeatureRow> stored(int limit) {
        return history.latestFeatures(series(), limit);
    }

    /** The rows of the store alone after the bar that starts at {@code start}, oldest first. */
    List<FeatureRow> storedAfter(long start) {
        List<FeatureRow> rows = new ArrayList<>(); // filled at once: sending from inside would hold the store
        history.features(series(), start + 1, Long.MAX_VALUE, rows::add);
        return rows;
    }

    /** How many gaps of the tape are settled by now: with each, rows may have been corrected. */
    long repairs() {
        return history.gaps(series().tape()).stream()
                .filter(entry -> !entry.isOpen())
                .count();
    }
}
