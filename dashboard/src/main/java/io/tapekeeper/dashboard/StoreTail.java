package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.TapeKind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Follows a store that another process records, and shows in a {@link LiveView} what it finds: new rows and rows that a
 * repair corrected, alerts, changes of the signal, and whether anything still comes. Looks four times a second, on a
 * thread of its own.
 *
 * <p>A repair may correct rows of any age. The ledger shows it: an entry is settled that was open before, and the
 * recorder commits that after the rows that it corrected.
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
    private static final int ROWS_COMPARED = 180; // a live repair reaches back 30 s, its windows 120
    private static final int ALERTS_COMPARED = 50;
    private static final long STALE_MICROS = 10_000_000;

    private final LiveView view;
    private final History history;
    private final MissingCounts missing;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Map<Series, Followed> followed = new HashMap<>();
    private final Thread thread;

    /** What the view shows of one series; owned by the tail's thread. */
    private static final class Followed {
        private List<FeatureRow> rows = List.of();
        private Set<Alert> alerts = Set.of();
        private List<LedgerEntry> gaps = List.of();
        private Completeness completeness = Completeness.UNKNOWN;
        private long storedTrades;
        private boolean grown; // since it was first read
        private long grownAt; // monotonic, nanoseconds
        private boolean timesAreOld; // of the row that was the newest then
    }

    /** @param clock for the age of the newest row */
    public StoreTail(LiveView view, History history, Clock clock) {
        this(view, history, clock, System::nanoTime);
    }

    /** @param nanos the monotonic clock */
    StoreTail(LiveView view, History history, Clock clock, LongSupplier nanos) {
        this.view = view;
        this.history = history;
        missing = new MissingCounts(history);
        this.clock = clock;
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
                    followed.forEach((series, known) -> view.health(series, health(series, known)));
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                } catch (StoreException e) {
                    followed.forEach((series, known) ->
                            view.health(series, Health.only(Health.State.DISCONNECTED, e.getMessage())));
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
            Followed known = followed.get(series);
            boolean mayGrow = following || known != null;
            if (known == null) {
                known = new Followed();
                followed.put(series, known);
                if (!view.shows(series)) {
                    view.addSeries(series, SeriesInfo.live(series, SeriesInfo.presetOf(series.preset())));
                }
            }
            boolean rowsCame = corrections(series, known, mayGrow);
            rowsCame |= rows(series, known);
            alerts(series, known);
            long trades = history.tradeCount(series.tape());
            if (mayGrow && (rowsCame || trades > known.storedTrades)) {
                known.grown = true;
                known.grownAt = nanos.getAsLong();
                known.timesAreOld = !known.rows.isEmpty() && Math.abs(ageMicros(known)) > lasts(series);
            }
            known.storedTrades = trades;
        }
    }

    /** @return whether an entry of the ledger was settled, so that rows may have been corrected */
    private boolean corrections(Series series, Followed known, boolean following) {
        Set<Gap> wereOpen = new HashSet<>();
        known.gaps.stream().filter(LedgerEntry::isOpen).forEach(entry -> wereOpen.add(entry.gap()));
        known.gaps = history.gaps(series.tape());
        known.completeness = completeness(series, known.gaps);
        OptionalLong from = known.gaps.stream()
                .filter(entry -> !entry.isOpen() && wereOpen.contains(entry.gap()))
                .mapToLong(entry -> series.interval().startOf(entry.gap().before()))
                .min();
        if (from.isEmpty() || !following) {
            return false;
        }
        List<FeatureRow> newest = history.latestFeatures(series, view.ringRows());
        List<Alert> alerts = newestAlerts(series);
        view.corrected(
                series,
                from.getAsLong(),
                newest.stream()
                        .filter(row -> row.bar().start() >= from.getAsLong())
                        .toList(),
                alerts.stream()
                        .filter(alert -> alert.opened() > from.getAsLong())
                        .toList(),
                lastChange(series, newest));
        known.rows = newest.subList(Math.max(0, newest.size() - ROWS_COMPARED), newest.size());
        known.alerts = Set.copyOf(alerts);
        return true;
    }

    /** The last change of the signal among {@code rows}; null where there is none. */
    private static SignalChange lastChange(Series series, List<FeatureRow> rows) {
        for (int at = rows.size() - 1; at > 0; at--) {
            if (rows.get(at).signal() != rows.get(at - 1).signal()) {
                return change(series, rows.get(at));
            }
        }
        return null;
    }

    private static SignalChange change(Series series, FeatureRow row) {
        return new SignalChange(
                series.preset(),
                row.bar().end(),
                row.signal(),
                row.bar().close(),
                row.values().of(Feature.ZSCORE));
    }

    private List<Alert> newestAlerts(Series series) {
        List<Alert> newest = new ArrayList<>(history.alerts(series, ALERTS_COMPARED));
        newest.sort((a, b) -> Long.compare(a.opened(), b.opened()));
        return newest;
    }

    /** @return whether any is new or corrected */
    private boolean rows(Series series, Followed known) {
        List<FeatureRow> now = new ArrayList<>();
        if (known.rows.isEmpty()) {
            now.addAll(history.latestFeatures(series, ROWS_COMPARED));
        } else {
            long from = known.rows.getFirst().bar().start();
            history.features(series, from, Long.MAX_VALUE, now::add);
        }
        Set<FeatureRow> shown = new HashSet<>(known.rows);
        Signal signal = null; // of the row before, where there is one
        boolean came = false;
        for (FeatureRow row : now) {
            boolean fresh = !shown.contains(row);
            if (fresh) {
                view.row(series, row);
                came = true;
            }
            if (fresh && signal != null && row.signal() != signal) {
                view.signalChanged(series, change(series, row));
            }
            signal = row.signal();
        }
        known.rows = List.copyOf(now.subList(Math.max(0, now.size() - ROWS_COMPARED), now.size()));
        return came;
    }

    private void alerts(Series series, Followed known) {
        List<Alert> newest = newestAlerts(series);
        for (Alert alert : newest) {
            if (known.alerts.contains(alert)) {
                continue;
            }
            if (alert.isOpen()) {
                view.alertOpened(series, alert);
            } else {
                view.alertClosed(series, alert);
            }
        }
        withdrawn(series, known, newest);
        known.alerts = Set.copyOf(newest);
    }

    /** Withdraws the alerts that have gone from the store, but for those that are too old to be read. */
    private void withdrawn(Series series, Followed known, List<Alert> newest) {
        long oldest = newest.size() < ALERTS_COMPARED
                ? Long.MIN_VALUE
                : newest.getFirst().opened() + 1; // others of that moment may be cut off
        List<Alert> gone = new ArrayList<>();
        for (Alert alert : known.alerts) {
            boolean there = newest.stream()
                    .anyMatch(other -> other.rule().equals(alert.rule()) && other.opened() == alert.opened());
            if (!there && alert.opened() >= oldest) {
                gone.add(alert);
            }
        }
        if (!gone.isEmpty()) {
            view.alertsWithdrawn(series, gone);
        }
    }

    private Health health(Series series, Followed known) {
        if (known.rows.isEmpty()) {
            return Health.only(Health.State.WARMING_UP, "no bar has closed yet");
        }
        FeatureRow last = known.rows.getLast();
        long age = Math.max(0, ageMicros(known));
        long silence = known.grown ? TimeUnit.NANOSECONDS.toMicros(nanos.getAsLong() - known.grownAt) : age;
        boolean stale = silence > lasts(series);
        boolean agesMeaningful =
                known.grown ? !known.timesAreOld : !series.tape().simulated() || age <= lasts(series);
        var preset = SeriesInfo.presetOf(series.preset());
        int warmOf = preset == null ? 0 : preset.window();
        int warm = Math.min(warmOf, closesInARow(known.rows));
        Health.State state = Health.State.LIVE;
        String reason = "";
        if (stale) {
            state = Health.State.STALE;
            reason = "no new row in the store; is anything recording?";
        } else if (warm < warmOf) {
            state = Health.State.WARMING_UP;
        }
        return new Health(
                state,
                reason,
                last.bar().end(),
                TimeUnit.MICROSECONDS.toMillis(age),
                warm,
                warmOf,
                known.storedTrades,
                tradesPerSecond(known.rows),
                agesMeaningful,
                TimeUnit.MICROSECONDS.toMillis(lasts(series)),
                known.completeness,
                Double.NaN,
                Latency.UNKNOWN);
    }

    private Completeness completeness(Series series, List<LedgerEntry> gaps) {
        if (series.tape().kind() == TapeKind.POLL) {
            return Completeness.UNKNOWN;
        }
        List<LedgerEntry> open = gaps.stream().filter(LedgerEntry::isOpen).toList();
        long lacking = open.stream()
                .mapToLong(entry -> missing.of(series.tape(), entry.gap()))
                .sum();
        return new Completeness(open.size(), lacking, null);
    }

    /** How long ago its newest row ended; negative where the tape is ahead of this machine. */
    private long ageMicros(Followed known) {
        long nowMicros = TimeUnit.MILLISECONDS.toMicros(clock.millis());
        return nowMicros - known.rows.getLast().bar().end();
    }

    /** For how long a series is alive without anything new, microseconds. */
    private static long lasts(Series series) {
        return Math.max(STALE_MICROS, 3 * series.interval().micros());
    }

    /** How many closes the chain of returns holds at its end. */
    private static int closesInARow(List<FeatureRow> rows) {
        int closes = 1;
        for (int at = rows.size() - 1; at >= 0; at--) {
            if (Double.isNaN(rows.get(at).values().of(Feature.RETURN))) {
                break;
            }
            closes++;
        }
        return closes;
    }

    private static double tradesPerSecond(List<FeatureRow> rows) {
        List<FeatureRow> last = rows.subList(Math.max(0, rows.size() - 10), rows.size());
        long trades = 0;
        long micros = 0;
        for (FeatureRow row : last) {
            trades += row.bar().trades();
            micros += row.bar().interval().micros();
        }
        return trades * 1e6 / micros;
    }
}
