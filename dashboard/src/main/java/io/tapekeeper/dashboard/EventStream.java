package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.signal.SignalChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One client that follows one series by server-sent events: the rows that it misses, from the store and then from the
 * ring, and after them what happens. Runs on a thread of its own, which alone writes to the client.
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

    /** Looks at the ring before a flush: an alert that comes while the row of its bar is written goes along. */
    private static final int LOOKS = 2;

    private final SeriesReader reader;
    private final LiveSeries series;
    private final LiveView view;
    private final OutputStream client;
    private final Pace pace;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    private long newestSent; // bar start, epoch microseconds
    private volatile long writingSince; // System.nanoTime; 0 while no write is under way

    // What the client was sent last of what comes only when it changes.
    private LiveSeries.Price sentPrice;
    private long pricedAt; // System.nanoTime
    private Health.State sentState;
    private long beatAt; // System.nanoTime
    private SystemHealth sentSystem;

    /**
     * @param heldStart start of the newest bar that the client holds, epoch microseconds; Long.MAX_VALUE for one that
     *     wants no rows of the past
     */
    EventStream(SeriesReader reader, LiveView view, OutputStream client, Pace pace, long heldStart) {
        this.reader = reader;
        this.series = reader.live();
        this.view = view;
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
        flush(); // the page knows at once that it is answered, however long the past takes
        LiveSeries.Join join = catchUp();
        // All alerts, and after the rows: a page forgets what it holds of either and is not sent here. An alert that
        // comes meanwhile is sent once more below.
        alerts();
        // A page that knows another number has missed a repair, and reads all that it holds again.
        event("repairs", "{\"count\":%d}".formatted(reader.repairs()));
        if (join.signal() != null) {
            signal(join.signal());
        }
        flush();
        return follow(join.cursor());
    }

    /** Sends what the client misses, of the store and of the ring; returns where to follow from. */
    private LiveSeries.Join catchUp() throws IOException, InterruptedException {
        if (newestSent == Long.MAX_VALUE) {
            newestSent = Long.MIN_VALUE;
            return series.join(Long.MAX_VALUE, Long.MAX_VALUE, true);
        }
        List<FeatureRow> stored = new ArrayList<>();
        long newestRead = newestSent;
        long progress = System.nanoTime();
        while (true) {
            long before = newestRead;
            if (reader.storeIsFarAhead(newestRead)) {
                // More than a page keeps: it forgets what it holds and takes the newest.
                event("reset", "{}");
                stored.clear();
                stored.addAll(reader.stored(SeriesReader.MOST_ROWS));
            } else {
                stored.addAll(reader.storedAfter(newestRead));
            }
            newestRead = stored.isEmpty() ? newestRead : stored.getLast().bar().start();
            long now = System.nanoTime();
            progress = newestRead > before ? now : progress;
            // Rows may leave the ring before the store has them, when a tape is played fast. Rows that never come are
            // a gap, which the page shows as one.
            boolean patient = now - progress < STORE_PATIENCE_NANOS;
            LiveSeries.Join join = series.join(newestSent, newestRead, !patient);
            if (join != null) {
                for (FeatureRow row : SeriesReader.joined(stored, join.rows())) {
                    row(row);
                }
                return join;
            }
            health();
            flush();
            TimeUnit.NANOSECONDS.sleep(STORE_RETRY_NANOS);
        }
    }

    private End follow(long from) throws IOException, InterruptedException {
        long cursor = from;
        pricedAt = System.nanoTime() - pace.priceNanos();
        beatAt = pricedAt - pace.heartbeatNanos();
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
                    send(event);
                }
            }
            sendChanges(price, System.nanoTime());
            flush();
        }
    }

    /** Sends what has no place in the order of events: only the latest counts. */
    private void sendChanges(LiveSeries.Price price, long now) throws IOException {
        if (price != null
                && !price.equals(sentPrice)
                && price.bar().start() > newestSent
                && now - pricedAt >= pace.priceNanos()) {
            event("price", Json.write(json -> Json.price(json, series.series().instrument(), price)));
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
            event("system", Json.object(system, HealthJson::system));
            sentSystem = system;
        }
    }

    private void send(LiveSeries.Event event) throws IOException {
        switch (event) {
            case LiveSeries.Row(FeatureRow row, boolean ignored) -> row(row);
            case LiveSeries.AlertSeen(Alert alert) -> event("alert", Json.write(json -> Json.alert(json, alert)));
            case LiveSeries.AlertsWithdrawn() -> alerts();
            case LiveSeries.Corrected(long start) -> {
                event("corrected", "{\"from\":%d,\"repairs\":%d}".formatted(Json.seconds(start), reader.repairs()));
                alerts();
            }
            case LiveSeries.Signalled(SignalChange change) -> signal(change);
        }
    }

    private void row(FeatureRow row) throws IOException {
        newestSent = Math.max(newestSent, row.bar().start());
        pending.writeBytes(("id: " + Json.seconds(newestSent) + "\n").getBytes(StandardCharsets.UTF_8));
        event("row", Json.write(json -> Json.row(json, row)));
    }

    private void alerts() throws IOException {
        event("alerts", Json.array(reader.alerts(), Json::alert));
    }

    private void signal(SignalChange change) throws IOException {
        event("signal", Json.write(json -> Json.signal(json, series.series().instrument(), change)));
    }

    private void health() throws IOException {
        event("health", Json.object(series.health(), HealthJson::fields));
    }

    private void event(String name, String json) throws IOException {
        event(name, json.getBytes(StandardCharsets.UTF_8));
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
