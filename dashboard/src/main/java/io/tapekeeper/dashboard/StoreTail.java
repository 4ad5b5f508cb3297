package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.Series;
import io.tapekeeper.store.StoreException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Follows a store that another process records, and tells a {@link LiveView} what it finds: new
 * rows and rows that a repair corrected, alerts, changes of the signal, and whether anything still
 * comes. Looks four times a second, on a thread of its own.
 *
 * <p>A price that is forming is not stored, so a page shows none.
 */
public final class StoreTail implements AutoCloseable {
    private static final long POLL_MILLIS = 250;
    private static final int ROWS_COMPARED =
            180; // a live repair reaches back 30 s, its windows 120
    private static final int ALERTS_COMPARED = 50;
    private static final long STALE_MICROS = 10_000_000;

    private final LiveView view;
    private final HistorySource history;
    private final Clock clock;
    private final Map<Series, Followed> followed = new HashMap<>();
    private final Thread thread;

    /** What was told of one series; owned by the tail's thread. */
    private static final class Followed {
        private List<FeatureRow> rows = List.of();
        private Set<Alert> alerts = Set.of();
        private long storedTrades;
    }

    /**
     * @param clock tells how old the newest row is
     */
    public StoreTail(LiveView view, HistorySource history, Clock clock) {
        this.view = view;
        this.history = history;
        this.clock = clock;
        thread = Thread.ofPlatform().daemon().name("store-tail").unstarted(this::follow);
    }

    /** Shows every series there is, and begins to follow. */
    public void start() {
        read();
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void follow() {
        try {
            long seen = history.dataVersion();
            read(); // what was committed between the first look and that number
            while (true) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                long version = history.dataVersion();
                if (version != seen) {
                    seen = version;
                    read();
                }
                followed.forEach((series, known) -> view.health(series, health(series, known)));
            }
        } catch (InterruptedException e) {
            // Closed: nothing more is to be told.
        } catch (StoreException e) {
            // The page must not show the last state for ever, nor is there anything left to follow.
            followed.forEach((series, known) ->
                    view.health(series, Health.only(Health.State.DISCONNECTED, e.getMessage())));
        }
    }

    private void read() {
        for (Series series : history.series()) {
            Followed known = followed.get(series);
            if (known == null) {
                known = new Followed();
                followed.put(series, known);
                if (!view.shows(series)) {
                    view.addSeries(
                            series, SeriesInfo.live(series, SeriesInfo.presetOf(series.preset())));
                }
            }
            rows(series, known);
            alerts(series, known);
            known.storedTrades = history.tradeCount(series);
        }
    }

    private void rows(Series series, Followed known) {
        List<FeatureRow> now = new ArrayList<>();
        if (known.rows.isEmpty()) {
            now.addAll(history.latestFeatures(series, ROWS_COMPARED));
        } else {
            long from = known.rows.getFirst().bar().start();
            history.features(series, from, Long.MAX_VALUE, now::add);
        }
        Set<FeatureRow> told = new HashSet<>(known.rows);
        Signal signal = null; // of the row before, where there is one
        for (FeatureRow row : now) {
            boolean fresh = !told.contains(row);
            if (fresh) {
                view.row(series, row);
            }
            if (fresh && signal != null && row.signal() != signal) {
                view.signalChanged(
                        series,
                        new SignalChange(
                                series.preset(),
                                row.bar().end(),
                                row.signal(),
                                row.bar().close(),
                                row.values().zScore()));
            }
            signal = row.signal();
        }
        known.rows = List.copyOf(now.subList(Math.max(0, now.size() - ROWS_COMPARED), now.size()));
    }

    private void alerts(Series series, Followed known) {
        List<Alert> newest = new ArrayList<>(history.alerts(series, ALERTS_COMPARED));
        newest.sort((a, b) -> Long.compare(a.opened(), b.opened()));
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
        known.alerts = Set.copyOf(newest);
    }

    private Health health(Series series, Followed known) {
        if (known.rows.isEmpty()) {
            return Health.only(Health.State.WARMING_UP, "no bar has closed yet");
        }
        FeatureRow last = known.rows.getLast();
        long nowMicros = TimeUnit.MILLISECONDS.toMicros(clock.millis());
        long age = Math.max(0, nowMicros - last.bar().end());
        boolean stale = age > Math.max(STALE_MICROS, 3 * series.interval().micros());
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
                true);
    }

    /** How many closes the chain of returns holds at its end. */
    private static int closesInARow(List<FeatureRow> rows) {
        int closes = 1;
        for (int at = rows.size() - 1; at >= 0; at--) {
            if (Double.isNaN(rows.get(at).values().change())) {
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
