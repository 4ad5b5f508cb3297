package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.RollupRow;
import io.tapekeeper.series.RowRollup;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.RowRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A store in memory: what the tests put in, at the moment they choose. */
class MemoryHistory implements HistorySource {
    private final Map<Series, ConcurrentNavigableMap<Long, FeatureRow>> rows = new ConcurrentHashMap<>();
    private final Map<Series, Map<String, Alert>> alerts = new ConcurrentHashMap<>();
    private final Map<Series, List<Hole>> holes = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();

    void add(Series series, FeatureRow row) {
        rows.computeIfAbsent(series, s -> new ConcurrentSkipListMap<>())
                .put(row.bar().start(), row);
        version.incrementAndGet();
    }

    void add(Series series, Alert alert) {
        Map<String, Alert> known = alerts.computeIfAbsent(series, s -> new LinkedHashMap<>());
        synchronized (known) {
            known.put(alert.rule().label() + alert.opened(), alert);
        }
        version.incrementAndGet();
    }

    /** Takes away the rows whose bars start in [{@code from}, {@code to}), and gives them back. */
    List<FeatureRow> takeAway(Series series, long from, long to) {
        NavigableMap<Long, FeatureRow> there = of(series).subMap(from, true, to, false);
        List<FeatureRow> taken = List.copyOf(there.values());
        there.clear();
        return taken;
    }

    private ConcurrentNavigableMap<Long, FeatureRow> of(Series series) {
        return rows.getOrDefault(series, new ConcurrentSkipListMap<>());
    }

    @Override
    public List<Series> series() {
        return List.copyOf(rows.keySet());
    }

    @Override
    public List<FeatureRow> latestFeatures(Series series, int limit) {
        List<FeatureRow> newest = new ArrayList<>();
        for (FeatureRow row : of(series).descendingMap().values()) {
            if (newest.size() == limit) {
                break;
            }
            newest.addFirst(row);
        }
        return newest;
    }

    @Override
    public void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out) {
        new TreeMap<>(of(series).subMap(fromStart, toStart)).values().forEach(out);
    }

    @Override
    public List<FeatureRow> featuresBefore(Series series, long toStart, int limit) {
        List<FeatureRow> before = List.copyOf(of(series).headMap(toStart).values());
        return before.subList(Math.max(0, before.size() - limit), before.size());
    }

    /** Whatever {@code points} says, minute by minute. */
    @Override
    public RowRange range(Series series, long from, long to, int points) {
        List<RollupRow> rows = new ArrayList<>();
        RowRollup rollup = new RowRollup(Interval.MINUTE, rows::add);
        features(series, from, to, row -> rollup.add(RollupRow.of(row)));
        rollup.finish();
        List<FeatureRow> last = latestFeatures(series, 1);
        long end = last.isEmpty() ? 0 : last.getFirst().bar().end();
        return new RowRange(Interval.MINUTE, rows, end, true);
    }

    @Override
    public List<Alert> alerts(Series series, int limit) {
        Map<String, Alert> known = alerts.getOrDefault(series, Map.of());
        synchronized (known) {
            List<Alert> all = List.copyOf(known.values());
            return all.subList(Math.max(0, all.size() - limit), all.size());
        }
    }

    @Override
    public long tradeCount(Series series) {
        return of(series).values().stream().mapToLong(row -> row.bar().trades()).sum();
    }

    /** Replaces what the ledger says. */
    void holes(Series series, List<Hole> said) {
        holes.put(series, said);
        version.incrementAndGet();
    }

    @Override
    public List<Hole> holes(Series series) {
        return holes.getOrDefault(series, List.of());
    }

    @Override
    public long dataVersion() {
        return version.get();
    }
}
