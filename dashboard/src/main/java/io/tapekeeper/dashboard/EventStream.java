package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.series.FeatureRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One client that follows one series by server-sent events: rows that it misses, from the store and then the ring, then
 * what happens. Runs on a thread of its own, which alone writes to the client.
 */
final class EventStream {
    /**
     * @param priceNanos the shortest time between two prices
     * @param heartbeatNanos the longest time without a sign of life
     */
    record Pace(long priceNanos, long heartbeatNanos) {
        static final Pace USUAL = new Pace(TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.MILLISECONDS.toNanos(900));
    }

    /** How it ended, where the client did not just go. */
    enum End {
        FELL_BEHIND
    }

    private static final long STORE_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long STORE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int FLUSH_BYTES = 1 << 16;

    /** Before what was told is sent: an alert told while the row of its bar is written goes along. */
    private static final int LOOKS = 2;

    private final LiveSeries series;
    private final LiveView view;
    private final Api api;
    private final HistorySource history;
    private final OutputStream client;
    private final Pace pace;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    private long newestSent; // bar start, epoch microseconds
    private volatile long writingSince; // System.nanoTime; 0 while no write is under way

    /**
     * @param heldStart start of the newest bar that the client holds, epoch microseconds; Long.MAX_VALUE for one that
     *     wants no rows of the past
     */
    EventStream(
            LiveSeries series,
            LiveView view,
            Api api,
            HistorySource history,
            OutputStream client,
            Pace pace,
            long heldStart) {
        this.series = series;
        this.view = view;
        this.api = api;
        this.history = history;
        this.client = client;
        this.pace = pace;
        newestSent = heldStart;
    }

    LiveSeries series() {
        return series;
    }

    /** For how long the client has taken nothing of a write that is under way, in nanoseconds. */
    long stuckNanos() {
        long since = writingSince;
        return since == 0 ? 0 : System.nanoTime() - since;
    }

    /**
     * Streams until the client is gone, falls behind or the thread is interrupted.
     *
     * @throws IOException where the client is gone
     */
    End run() throws IOException, InterruptedException {
        health();
        flush(); // the page knows at once that somebody is there, however long the past takes
        LiveSeries.Join join = catchUp();
        // All of them, and after the rows: what a page holds of either and is not told here, the
        // recording no longer says. An alert that is told meanwhile comes once more below.
        event("alerts", api.alertsOf(series));
        // A page that knows another number has missed a repair, and reads all it holds anew.
        event("repairs", "{\"count\":%d}".formatted(repairs()).getBytes(StandardCharsets.UTF_8));
        if (join.signal() != null) {
            signal(new LiveSeries.Signalled(join.signal()));
        }
        flush();
        return follow(join.cursor());
    }

    /** Sends what the client misses, from the store and then from the ring. */
    private LiveSeries.Join catchUp() throws IOException, InterruptedException {
        if (newestSent == Long.MAX_VALUE) {
            newestSent = Long.MIN_VALUE;
            return series.join(Long.MAX_VALUE, Long.MAX_VALUE, true);
        }
        long held = newestSent;
        Map<Long, FeatureRow> fromStore = new HashMap<>();
        long progress = System.nanoTime();
        while (true) {
            long before = newestSent;
            for (FeatureRow row : stored()) { // not from inside: it would hold the store
                fromStore.put(row.bar().start(), row);
                row(row);
            }
            long now = System.nanoTime();
            if (newestSent > before) {
                progress = now;
            }
            // Rows may leave the ring before the store has them, when a tape is played fast. Rows
            // that never come are a hole, which the page shows as one.
            boolean patient = now - progress < STORE_PATIENCE_NANOS;
            LiveSeries.Join join = series.join(held, newestSent, !patient);
            if (join != null) {
                missed(join, fromStore);
                return join;
            }
            health();
            flush();
            TimeUnit.NANOSECONDS.sleep(STORE_RETRY_NANOS);
        }
    }

    /** The ring is ahead of the store, which may hold what an earlier process made of a bar. */
    private void missed(LiveSeries.Join join, Map<Long, FeatureRow> fromStore) throws IOException {
        Map<Long, FeatureRow> latest = new TreeMap<>();
        join.rows().forEach(row -> latest.put(row.bar().start(), row));
        for (FeatureRow row : latest.values()) {
            if (!row.equals(fromStore.get(row.bar().start()))) {
                row(row);
            }
        }
    }

    /** The rows of the store behind the last one sent. */
    private List<FeatureRow> stored() throws IOException {
        Interval interval = series.series().interval();
        List<FeatureRow> newest = history.latestFeatures(series.series(), 1);
        if (newest.isEmpty() || newest.getLast().bar().start() <= newestSent) {
            return List.of();
        }
        long span = newest.getLast().bar().start() - Math.max(0, newestSent);
        if (span / interval.micros() > Api.MOST_ROWS) {
            // More than a page keeps: it forgets what it holds and takes the newest.
            event("reset", "{}".getBytes(StandardCharsets.UTF_8));
            return history.latestFeatures(series.series(), Api.MOST_ROWS);
        }
        List<FeatureRow> missed = new ArrayList<>();
        history.features(series.series(), newestSent + 1, Long.MAX_VALUE, missed::add);
        return missed;
    }

    private End follow(long from) throws IOException, InterruptedException {
        long cursor = from;
        LiveSeries.Price sentPrice = null;
        Health.State sentState = null;
        SystemHealth sentSystem = null;
        long pricedAt = System.nanoTime() - pace.priceNanos();
        long beatAt = pricedAt - pace.heartbeatNanos();
        List<LiveSeries.Event> events = new ArrayList<>();
        while (true) {
            series.await(cursor, pace.priceNanos());
            // Before the events: every row older than this price is then among them.
            LiveSeries.Price price = series.price();
            for (int look = 0; look < LOOKS; look++) {
                events.clear();
                cursor = series.drain(cursor, events);
                if (cursor == LiveSeries.FELL_BEHIND) {
                    return End.FELL_BEHIND;
                }
                for (LiveSeries.Event event : events) {
                    tell(event);
                }
            }
            long now = System.nanoTime();
            if (price != null
                    && !price.equals(sentPrice)
                    && price.bar().start() > newestSent
                    && now - pricedAt >= pace.priceNanos()) {
                event(
                        "price",
                        Json.write(json -> Json.price(json, series.series().instrument(), price)));
                sentPrice = price;
                pricedAt = now;
            }
            Health.State state = series.health().state();
            if (state != sentState || now - beatAt >= pace.heartbeatNanos()) {
                health();
                sentState = state;
                beatAt = now;
            }
            SystemHealth system = view.system().health();
            if (!system.equals(sentSystem)) {
                event("system", Json.write(json -> Json.system(json, system)));
                sentSystem = system;
            }
            flush();
        }
    }

    private void tell(LiveSeries.Event event) throws IOException {
        switch (event) {
            case LiveSeries.Row(FeatureRow row, boolean ignored) -> row(row);
            case LiveSeries.AlertSeen(Alert alert) -> event("alert", Json.write(json -> Json.alert(json, alert)));
            case LiveSeries.AlertsWithdrawn() -> event("alerts", api.alertsOf(series));
            case LiveSeries.Corrected(long start) -> {
                long repairs = repairs();
                event("corrected", Json.write(json -> Json.corrected(json, start, repairs)));
                event("alerts", api.alertsOf(series));
            }
            case LiveSeries.Signalled signalled -> signal(signalled);
        }
    }

    private void row(FeatureRow row) throws IOException {
        newestSent = Math.max(newestSent, row.bar().start());
        pending.writeBytes(("id: " + Json.seconds(newestSent) + "\n").getBytes(StandardCharsets.UTF_8));
        event("row", Json.write(json -> Json.row(json, row)));
    }

    private void signal(LiveSeries.Signalled signalled) throws IOException {
        event("signal", Json.write(json -> Json.signal(json, series.series().instrument(), signalled.change())));
    }

    /** How many holes of the tape were settled so far: with each, rows may have been corrected. */
    private long repairs() {
        return history.holes(series.series()).stream()
                .filter(hole -> !hole.open())
                .count();
    }

    private void health() throws IOException {
        event("health", Json.write(json -> Json.health(json, series.health())));
    }

    private void event(String name, byte[] json) throws IOException {
        pending.writeBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        pending.writeBytes(json);
        pending.write('\n');
        pending.write('\n');
        if (pending.size() > FLUSH_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (pending.size() == 0) {
            return;
        }
        writingSince = System.nanoTime() | 1; // never 0, which means "not writing"
        pending.writeTo(client);
        client.flush();
        writingSince = 0;
        pending.reset();
    }
}
