package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Freshness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.TapeKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One series of a store that another process records: compares what the store has now with what the view shows, and
 * shows the difference. Owned by the tail's thread.
 *
 * <p>A repair may correct rows of any age. The ledger shows it: an entry is settled that was open before, and the
 * recorder commits that after the rows that it corrected.
 */
final class FollowedSeries {
    private static final int ROWS_COMPARED = 180; // a live repair reaches back 30 s, its windows 120
    private static final int ALERTS_COMPARED = 50;
    private static final int ROWS_OF_RATE = 10;
    private static final long STALE_AFTER_MICROS = 10_000_000;
    private static final int STALE_BARS = 3;

    private final Series series;
    private final LiveView view;
    private final History history;
    private final MissingCounts missing;
    private final long staleAfterMicros;
    private List<FeatureRow> rows = List.of();
    private Set<Alert> alerts = Set.of();
    private List<LedgerEntry> gaps = List.of();
    private Completeness completeness = Completeness.UNKNOWN;
    private long storedTrades;
    private Freshness freshness; // null until the store has grown since it was first read
    private boolean timesAreOld; // of the row that was the newest when it grew

    FollowedSeries(Series series, LiveView view, History history, MissingCounts missing) {
        this.series = series;
        this.view = view;
        this.history = history;
        this.missing = missing;
        staleAfterMicros =
                Math.max(STALE_AFTER_MICROS, STALE_BARS * series.interval().micros());
    }

    /**
     * Shows what is new in the store.
     *
     * @param mayGrow whether what is new has been recorded since the last look, and not before the first
     * @param nanos local monotonic time
     * @param wallMicros this machine's clock, epoch microseconds
     */
    void read(boolean mayGrow, long nanos, long wallMicros) {
        boolean rowsCame = showCorrections(mayGrow);
        rowsCame |= showRows();
        showAlerts();
        long trades = history.tradeCount(series.tape());
        if (mayGrow && (rowsCame || trades > storedTrades)) {
            long staleAfter = TimeUnit.MICROSECONDS.toNanos(staleAfterMicros);
            freshness = new Freshness(staleAfter, staleAfter, 0, nanos);
            timesAreOld = !rows.isEmpty() && Math.abs(ageMicros(wallMicros)) > staleAfterMicros;
        }
        storedTrades = trades;
    }

    /** Returns whether an entry of the ledger was settled, so that rows may have been corrected. */
    private boolean showCorrections(boolean following) {
        Set<Gap> wereOpen =
                gaps.stream().filter(LedgerEntry::isOpen).map(LedgerEntry::gap).collect(Collectors.toSet());
        List<LedgerEntry> now = history.gaps(series.tape());
        OptionalLong from = now.stream()
                .filter(entry -> !entry.isOpen() && wereOpen.contains(entry.gap()))
                .mapToLong(entry -> series.interval().startOf(entry.gap().before()))
                .min();
        if (from.isPresent() && following) {
            showCorrected(from.getAsLong());
        }
        gaps = now;
        completeness = completeness(now);
        return from.isPresent() && following;
    }

    private void showCorrected(long from) {
        List<FeatureRow> newest = history.latestFeatures(series, view.ringRows());
        List<Alert> newestAlerts = newestAlerts();
        view.corrected(
                series,
                from,
                newest.stream().filter(row -> row.bar().start() >= from).toList(),
                newestAlerts.stream().filter(alert -> alert.opened() > from).toList(),
                lastChange(newest));
        rows = List.copyOf(SeriesReader.newest(newest, ROWS_COMPARED));
        alerts = Set.copyOf(newestAlerts);
    }

    /** The last change of the signal among {@code all}; null where there is none. */
    private SignalChange lastChange(List<FeatureRow> all) {
        for (int at = all.size() - 1; at > 0; at--) {
            if (all.get(at).signal() != all.get(at - 1).signal()) {
                return change(all.get(at));
            }
        }
        return null;
    }

    private SignalChange change(FeatureRow row) {
        return new SignalChange(
                series.preset(),
                row.bar().end(),
                row.signal(),
                row.bar().close(),
                row.values().of(Feature.ZSCORE));
    }

    /** Returns whether any row is new or corrected. */
    private boolean showRows() {
        List<FeatureRow> now = new ArrayList<>();
        if (rows.isEmpty()) {
            now.addAll(history.latestFeatures(series, ROWS_COMPARED));
        } else {
            history.features(series, rows.getFirst().bar().start(), Long.MAX_VALUE, now::add);
        }
        Set<FeatureRow> shown = new HashSet<>(rows);
        Signal before = null; // the signal of the row before, where there is one
        boolean came = false;
        for (FeatureRow row : now) {
            if (!shown.contains(row)) {
                view.row(series, row);
                came = true;
                if (before != null && row.signal() != before) {
                    view.signalChanged(series, change(row));
                }
            }
            before = row.signal();
        }
        rows = List.copyOf(SeriesReader.newest(now, ROWS_COMPARED));
        return came;
    }

    private List<Alert> newestAlerts() {
        return history.alerts(series, ALERTS_COMPARED).stream()
                .sorted(Comparator.comparingLong(Alert::opened))
                .toList();
    }

    private void showAlerts() {
        List<Alert> now = newestAlerts();
        for (Alert alert : now) {
            if (alerts.contains(alert)) {
                continue;
            }
            if (alert.isOpen()) {
                view.alertOpened(series, alert);
            } else {
                view.alertClosed(series, alert);
            }
        }
        List<Alert> gone = gone(now);
        if (!gone.isEmpty()) {
            view.alertsWithdrawn(series, gone);
        }
        alerts = Set.copyOf(now);
    }

    /** The alerts that have gone from the store, but for those that are too old to be read. */
    private List<Alert> gone(List<Alert> now) {
        long oldest = now.size() < ALERTS_COMPARED
                ? Long.MIN_VALUE
                : now.getFirst().opened() + 1; // others of that moment may be cut off
        return alerts.stream()
                .filter(alert -> alert.opened() >= oldest)
                .filter(alert -> now.stream()
                        .noneMatch(other -> other.rule().equals(alert.rule()) && other.opened() == alert.opened()))
                .toList();
    }

    private Completeness completeness(List<LedgerEntry> ledger) {
        if (series.tape().kind() == TapeKind.POLL) {
            return Completeness.UNKNOWN;
        }
        List<LedgerEntry> open = ledger.stream().filter(LedgerEntry::isOpen).toList();
        long lacking = open.stream()
                .mapToLong(entry -> missing.of(series.tape(), entry.gap()))
                .sum();
        return new Completeness(open.size(), lacking, null);
    }

    /**
     * How the series stands.
     *
     * @param nanos local monotonic time
     * @param wallMicros this machine's clock, epoch microseconds
     */
    Health health(long nanos, long wallMicros) {
        if (rows.isEmpty()) {
            return Health.only(Health.State.WARMING_UP, "no bar has closed yet");
        }
        long age = Math.max(0, ageMicros(wallMicros));
        boolean young = age <= staleAfterMicros;
        boolean stale = freshness == null ? !young : freshness.isOverdue(nanos);
        boolean agesMeaningful = freshness == null ? young || !series.tape().simulated() : !timesAreOld;
        Preset preset = SeriesInfo.presetOf(series.preset());
        int warmOf = preset == null ? 0 : preset.window();
        int warm = Math.min(warmOf, closesInARow());
        Health.State state = warm < warmOf ? Health.State.WARMING_UP : Health.State.LIVE;
        return new Health(
                stale ? Health.State.STALE : state,
                stale ? "no new row in the store; is anything recording?" : "",
                rows.getLast().bar().end(),
                TimeUnit.MICROSECONDS.toMillis(age),
                warm,
                warmOf,
                storedTrades,
                tradesPerSecond(),
                agesMeaningful,
                TimeUnit.MICROSECONDS.toMillis(staleAfterMicros),
                completeness,
                Double.NaN,
                Latency.UNKNOWN);
    }

    /** How long ago the newest row ended; negative where the tape is ahead of this machine. */
    private long ageMicros(long wallMicros) {
        return wallMicros - rows.getLast().bar().end();
    }

    /** How many closes the chain of returns holds at its end. */
    private int closesInARow() {
        int closes = 1;
        for (FeatureRow row : rows.reversed()) {
            if (Double.isNaN(row.values().of(Feature.RETURN))) {
                break;
            }
            closes++;
        }
        return closes;
    }

    private double tradesPerSecond() {
        long trades = 0;
        long micros = 0;
        for (FeatureRow row : SeriesReader.newest(rows, ROWS_OF_RATE)) {
            trades += row.bar().trades();
            micros += row.bar().interval().micros();
        }
        return trades * 1e6 / micros;
    }
}
