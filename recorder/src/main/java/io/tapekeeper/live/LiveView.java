package io.tapekeeper.live;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * What is happening now: rows, alerts, signals and health of each series, for pages, notifiers and other listeners. A
 * listener follows a series' ring by the number of the next event ({@link LiveSeries#join}, {@link LiveSeries#drain}).
 *
 * <p>One thread per series reports; no method waits for a listener or does I/O. A series that was never added is
 * refused with an IllegalArgumentException.
 */
public final class LiveView {
    /** Rows kept per series where nothing else is said: an hour of seconds. */
    public static final int RING_ROWS = 3_600;

    private final int ringRows;
    private final LongSupplier nanos;
    private final Map<Series, LiveSeries> bySeries = new ConcurrentHashMap<>();
    private final List<LiveSeries> inOrder = new CopyOnWriteArrayList<>();

    private final List<Metric> metrics = new CopyOnWriteArrayList<>();

    private volatile String notice = "";
    private volatile ReportedSystem system;

    /** @param nanos when, monotonic */
    public record ReportedSystem(SystemHealth health, long nanos) {}

    /**
     * @param ringRows events kept per series: they bridge what the store does not hold yet, and are all that a slow
     *     client may lag behind; each takes about 300 bytes
     * @param nanos local monotonic time
     */
    public LiveView(int ringRows, LongSupplier nanos) {
        this.ringRows = ringRows;
        this.nanos = nanos;
        system = new ReportedSystem(SystemHealth.UNKNOWN, nanos.getAsLong());
    }

    /** Shows a series from now on. To be called once, before anything is reported of it. */
    public void addSeries(Series series, SeriesInfo info) {
        LiveSeries live = new LiveSeries(series, info, ringRows, nanos);
        if (bySeries.putIfAbsent(series, live) != null) {
            throw new IllegalArgumentException("shown already: " + series);
        }
        inOrder.add(live);
    }

    /** Whether another series of the same name is recorded by now. */
    public boolean isSuperseded(LiveSeries series) {
        String id = series.series().id();
        return inOrder.stream()
                .anyMatch(live -> live != series && live.series().id().equals(id));
    }

    /**
     * A bar closed. A row of a bar that was reported before replaces it.
     *
     * @param row in order of time but for rows that replace
     */
    public void row(Series series, FeatureRow row) {
        of(series).row(row);
    }

    /**
     * The price moved. Each client sees the latest at most ten times a second.
     *
     * @param forming the bar as far as it is known
     * @param lastTradeTimeMicros venue time of its last trade, epoch microseconds
     */
    public void forming(Series series, Bar forming, long lastTradeTimeMicros) {
        of(series).price(new LiveSeries.Price(forming, lastTradeTimeMicros));
    }

    public void alertOpened(Series series, Alert alert) {
        of(series).alert(alert);
    }

    public void alertClosed(Series series, Alert alert) {
        of(series).alert(alert);
    }

    /** Alerts that were reported do not follow from the corrected tape: clients no longer show them. */
    public void alertsWithdrawn(Series series, Collection<Alert> withdrawn) {
        of(series).withdraw(withdrawn);
    }

    /**
     * Puts what a repair has corrected in the place of what was reported before. The thread that reports the rows calls
     * it; clients learn of it by {@link #announceCorrection}.
     *
     * @param fromMicros start of the first bar that may have changed, epoch microseconds
     * @param rows the newest of the corrected ones, oldest first; as many as were reported before are enough
     * @param alerts those that hold and opened after {@code fromMicros}; others that were reported are forgotten
     * @param signal the last change that holds; null where there is none
     */
    public void correct(
            Series series, long fromMicros, List<FeatureRow> rows, List<Alert> alerts, SignalChange signal) {
        of(series).correct(fromMicros, rows, alerts, signal);
    }

    /**
     * Has pages read again what they show from {@code fromMicros} on; they lose nothing of what they look at. To be
     * called once the store has committed the corrected rows, for that is where pages read the older ones from. Any
     * thread.
     */
    public void announceCorrection(Series series, long fromMicros) {
        of(series).announceCorrection(fromMicros);
    }

    /** {@link #correct} and {@link #announceCorrection}, where the store has the corrected rows already. */
    public void corrected(
            Series series, long fromMicros, List<FeatureRow> rows, List<Alert> alerts, SignalChange signal) {
        correct(series, fromMicros, rows, alerts, signal);
        announceCorrection(series, fromMicros);
    }

    public void signalChanged(Series series, SignalChange change) {
        of(series).signal(change);
    }

    /** How it stands now; at least once a second. */
    public void health(Series series, Health health) {
        of(series).health(health);
    }

    /** How the process stands now; about once a second, by any thread. */
    public void system(SystemHealth health) {
        system = new ReportedSystem(health, nanos.getAsLong());
    }

    /** Local monotonic time by the view's clock. */
    public long nanos() {
        return nanos.getAsLong();
    }

    /** What was reported last, and when. */
    public ReportedSystem system() {
        return system;
    }

    /** How a series stands as pages see it: stale where the recorder has not reported it for too long. */
    public Health health(Series series) {
        return of(series).health();
    }

    /** Adds rows to the table of {@code /metrics}, each under a name of its own; any thread. */
    public void addMetrics(List<Metric> rows) {
        metrics.addAll(rows);
    }

    public List<Metric> metrics() {
        return metrics;
    }

    /**
     * Why there is no series to show, in words: a page that has none shows this sentence, as disconnected. Any thread
     * may set it.
     *
     * @param sentence what is wrong and what to do; empty where nothing is
     */
    public void notice(String sentence) {
        notice = sentence;
    }

    /** The last notice; empty for none. */
    public String notice() {
        return notice;
    }

    private LiveSeries of(Series series) {
        LiveSeries live = bySeries.get(series);
        if (live == null) {
            throw new IllegalArgumentException("never added: " + series);
        }
        return live;
    }

    /** The series in the order they were added. */
    public List<LiveSeries> all() {
        return inOrder;
    }

    /** How many rows of a series are kept. */
    public int ringRows() {
        return ringRows;
    }

    /** Whether {@code series} was added. */
    public boolean shows(Series series) {
        return bySeries.containsKey(series);
    }
}
