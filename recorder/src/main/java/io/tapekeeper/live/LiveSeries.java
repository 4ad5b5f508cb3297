package io.tapekeeper.live;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.health.Health;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The live end of one series: its newest rows, a ring of the last events, numbered in the order they were reported, and
 * the latest price and health.
 *
 * <p>One thread writes; any number read. No I/O happens under the lock, so the writer waits at most for a copy of the
 * ring.
 */
public final class LiveSeries {
    /** What is reported in order; price and health are not, because only their latest values count. */
    public sealed interface Event {}

    /** @param revised whether a row of this bar, or of a later one, was reported before */
    public record Row(FeatureRow row, boolean revised) implements Event {}

    public record AlertSeen(Alert alert) implements Event {}

    /** Alerts were withdrawn: the client reads again all that are left. */
    public record AlertsWithdrawn() implements Event {}

    /** Rows were corrected: the client reads all from the bar {@code from} on again, and the alerts. */
    public record Corrected(long from) implements Event {}

    public record Signalled(SignalChange change) implements Event {}

    /** @param lastTradeTime epoch microseconds */
    public record Price(Bar bar, long lastTradeTime) {}

    /**
     * Where a client begins to follow.
     *
     * @param rows those after its last one that are held here, and revised ones, oldest first
     * @param cursor number of the first event that {@code rows} does not hold
     * @param signal the last change, or null before the first
     */
    public record Join(List<FeatureRow> rows, long cursor, SignalChange signal) {}

    private record AlertKey(Rule rule, long opened) {}

    private record Reported(Health health, long nanos) {}

    /** {@link #drain}'s answer where the events have left the ring. */
    public static final long FELL_BEHIND = -1;

    private static final int ALERTS_KEPT = 200;
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Series series;
    private final LongSupplier nanos; // local monotonic time
    private final SeriesInfo info;
    private final boolean recordedOnly;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Event[] ring;
    private long next; // number of the next event; the ring holds the last ring.length before it
    private final NavigableMap<Long, FeatureRow> rows = new TreeMap<>(); // the newest, by start
    private long newestEvicted = Long.MIN_VALUE; // newest bar start that is no longer among them
    private final Map<AlertKey, Alert> alerts = new LinkedHashMap<>();
    private SignalChange signal;
    private long stateChanges;

    private volatile Price price;
    private volatile Reported health;

    LiveSeries(Series series, SeriesInfo info, int ringRows, LongSupplier nanos) {
        this(series, info, ringRows, nanos, false);
    }

    private LiveSeries(Series series, SeriesInfo info, int ringRows, LongSupplier nanos, boolean recordedOnly) {
        if (ringRows < 1) {
            throw new IllegalArgumentException("the ring holds at least one row, not " + ringRows);
        }
        this.series = series;
        this.info = info;
        this.nanos = nanos;
        this.recordedOnly = recordedOnly;
        ring = new Event[ringRows];
        Health first = recordedOnly
                ? Health.only(Health.State.DISCONNECTED, "this tape is not being recorded now")
                : Health.only(Health.State.WARMING_UP, "starting");
        health = new Reported(first, nanos.getAsLong());
    }

    /** A series of the store that is not being recorded now. */
    public static LiveSeries recorded(Series series) {
        SeriesInfo info = SeriesInfo.live(series, SeriesInfo.presetOf(series.preset()));
        return new LiveSeries(series, info, 1, () -> 0, true);
    }

    public Series series() {
        return series;
    }

    public SeriesInfo info() {
        return info;
    }

    public boolean recordedOnly() {
        return recordedOnly;
    }

    void row(FeatureRow row) {
        lock.lock();
        try {
            long start = row.bar().start();
            boolean revised = !rows.isEmpty() && start <= rows.lastKey();
            put(row);
            append(new Row(row, revised));
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the newest, as many as the ring has events. */
    private void put(FeatureRow row) {
        rows.put(row.bar().start(), row);
        if (rows.size() > ring.length) {
            newestEvicted = Math.max(newestEvicted, rows.pollFirstEntry().getKey());
        }
    }

    /** See {@link LiveView#correct}. */
    void correct(long from, List<FeatureRow> corrected, List<Alert> held, SignalChange heldSignal) {
        long newest =
                corrected.isEmpty() ? Long.MAX_VALUE : corrected.getLast().bar().start();
        lock.lock();
        try {
            NavigableMap<Long, FeatureRow> outdated = rows.subMap(from, true, newest, true);
            List<Long> starts = List.copyOf(outdated.keySet());
            outdated.clear();
            corrected.forEach(this::put);
            for (long start : starts) {
                if (!rows.containsKey(start)) { // the store has it, corrected
                    newestEvicted = Math.max(newestEvicted, start);
                }
            }
            alerts.values().removeIf(alert -> alert.opened() > from);
            held.forEach(this::keep);
            signal = heldSignal;
        } finally {
            lock.unlock();
        }
    }

    /** See {@link LiveView#announceCorrection}. */
    void announceCorrection(long from) {
        lock.lock();
        try {
            append(new Corrected(from));
        } finally {
            lock.unlock();
        }
    }

    private void keep(Alert alert) {
        alerts.put(new AlertKey(alert.rule(), alert.opened()), alert);
        if (alerts.size() > ALERTS_KEPT) {
            alerts.remove(alerts.keySet().iterator().next());
        }
    }

    void alert(Alert alert) {
        lock.lock();
        try {
            keep(alert);
            append(new AlertSeen(alert));
        } finally {
            lock.unlock();
        }
    }

    /** Forgets alerts that a corrected tape no longer gives. */
    void withdraw(Collection<Alert> withdrawn) {
        lock.lock();
        try {
            withdrawn.forEach(alert -> alerts.remove(new AlertKey(alert.rule(), alert.opened())));
            append(new AlertsWithdrawn());
        } finally {
            lock.unlock();
        }
    }

    void signal(SignalChange change) {
        lock.lock();
        try {
            signal = change;
            append(new Signalled(change));
        } finally {
            lock.unlock();
        }
    }

    /** Wakes no client: clients look by themselves ten times a second, however fast the tape is. */
    void price(Price latest) {
        price = latest;
    }

    void health(Health latest) {
        Reported before = health;
        health = new Reported(latest, nanos.getAsLong());
        if (before.health().state() != latest.state()) {
            lock.lock();
            try {
                stateChanges++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void append(Event event) {
        ring[(int) (next % ring.length)] = event;
        next++;
        changed.signalAll();
    }

    private long oldest() {
        return Math.max(0, next - ring.length);
    }

    /** The price that is forming, or null before the first. */
    public Price price() {
        return price;
    }

    /** The health now: its age counted on, and stale where the recorder has not reported it for too long. */
    public Health health() {
        return health(nanos.getAsLong());
    }

    Health health(long nowNanos) {
        Reported last = health;
        if (recordedOnly) {
            return last.health();
        }
        long silence = nowNanos - last.nanos();
        Health now = last.health().aged(TimeUnit.NANOSECONDS.toMillis(silence));
        if (silence < SILENCE_NANOS || now.state() == Health.State.DISCONNECTED) {
            return now;
        }
        return now.in(
                Health.State.STALE,
                "the recorder has not reported for " + TimeUnit.NANOSECONDS.toSeconds(silence) + " s");
    }

    /**
     * Where to follow from, for a client that held every row up to that of the bar {@code held} and was sent those of
     * the store up to {@code sent} (bar starts, epoch microseconds). What the ring holds after {@code held} is among
     * the rows, for it may be newer than the store's.
     *
     * @param anyway true to join over rows that are lost to it
     * @return null where rows after that one have already left the ring: the client reads them from the store first
     */
    public Join join(long held, long sent, boolean anyway) {
        lock.lock();
        try {
            if (newestEvicted > sent && !anyway) {
                return null;
            }
            TreeMap<Long, FeatureRow> missed = new TreeMap<>(rows.tailMap(held, false));
            for (long at = oldest(); at < next; at++) {
                if (ring[(int) (at % ring.length)] instanceof Row(FeatureRow row, boolean revised) && revised) {
                    FeatureRow now = rows.get(row.bar().start()); // it may have been corrected since
                    if (now != null) {
                        missed.put(row.bar().start(), now);
                    }
                }
            }
            return new Join(List.copyOf(missed.values()), next, signal);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until an event with the number {@code cursor} is there, the state changes or a time. */
    public void await(long cursor, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long before = stateChanges;
            long left = nanos;
            while (next == cursor && stateChanges == before && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds the events from {@code cursor} on to {@code out}.
     *
     * @return the new cursor, or {@link #FELL_BEHIND}
     */
    public long drain(long cursor, List<Event> out) {
        lock.lock();
        try {
            if (cursor < oldest()) {
                return FELL_BEHIND;
            }
            for (long at = cursor; at < next; at++) {
                out.add(ring[(int) (at % ring.length)]);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** The newest rows, oldest first. */
    public List<FeatureRow> rows() {
        lock.lock();
        try {
            return List.copyOf(rows.values());
        } finally {
            lock.unlock();
        }
    }

    /** The last alerts that were reported, oldest first. */
    public List<Alert> alerts() {
        lock.lock();
        try {
            return List.copyOf(alerts.values());
        } finally {
            lock.unlock();
        }
    }
}
