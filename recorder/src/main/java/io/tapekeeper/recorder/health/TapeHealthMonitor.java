package io.tapekeeper.recorder.health;

import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.pipeline.TapeSnapshot;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeKind;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells how far each series can be trusted at this moment: warming up, live, stale, disconnected.
 *
 * <p>Whether a tape is stale is judged by local monotonic time against the tape's own pace: nothing for twenty times
 * the usual pause between trades, but at least 5 and at most 120 seconds. Owned by the tape thread; {@link #latest} may
 * be read by any.
 */
public final class TapeHealthMonitor {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SHORTEST_STALL = TimeUnit.SECONDS.toNanos(5);
    private static final long LONGEST_STALL = TimeUnit.SECONDS.toNanos(120);
    private static final int PAUSES = 20;

    /** The feed asks the venue when a symbol's limit is over; its answer takes a while. */
    private static final long GRACE = TimeUnit.SECONDS.toNanos(3);

    /** How a tape's pace is followed. */
    private static final class Pace {
        private final long shortestStall;
        private final long longestStall;
        private long trades;
        private volatile long changedAt;
        private volatile long confirmedAt;
        private volatile boolean confirmed;
        private long windowTrades;
        private long windowBegan;
        private double perSecond = Double.NaN;
        private double usualPauseNanos = Double.NaN;

        Pace(Series series, long now) {
            // A polled price comes once an interval, and its answer may take up to 3 s.
            long polled = 2 * series.interval().micros() * 1_000 + 3_000_000_000L;
            boolean polls = series.tape().kind() == TapeKind.POLL;
            shortestStall = polls ? polled : SHORTEST_STALL;
            longestStall = polls ? polled : LONGEST_STALL;
            changedAt = now;
            windowBegan = now;
        }

        /** Takes note of how many trades there were by now. */
        void follow(long count, long now) {
            if (count != trades) {
                double pause = (double) (now - changedAt) / (count - trades);
                usualPauseNanos =
                        Double.isNaN(usualPauseNanos) ? pause : usualPauseNanos + 0.05 * (pause - usualPauseNanos);
                trades = count;
                changedAt = now;
            }
            if (now - windowBegan >= RATE_NANOS) {
                perSecond = (count - windowTrades) * 1e9 / (now - windowBegan);
                windowTrades = count;
                windowBegan = now;
            }
        }

        /** The venue itself has nothing newer; any thread. */
        void quiet(long now) {
            confirmedAt = now;
            confirmed = true;
        }

        /** Since when nobody knows whether something ought to have come. */
        long knownAt() {
            return isConfirmed() ? confirmedAt : changedAt;
        }

        /** Whether the venue has said since the last trade that there is nothing newer. */
        boolean isConfirmed() {
            return confirmed && confirmedAt - changedAt > 0;
        }

        /** For how long nothing may come; behind a confirmed silence it is asked for seldom. */
        long limitNanos() {
            if (isConfirmed()) {
                return longestStall + GRACE;
            }
            double limit = Double.isNaN(usualPauseNanos) ? 0 : PAUSES * usualPauseNanos;
            return Math.clamp((long) limit, shortestStall, longestStall) + GRACE;
        }
    }

    private final List<TapePipeline> watches;
    private final Map<TapePipeline, Pace> paces = new HashMap<>();
    private final LiveView view;
    private final ClockOffsetMonitor clock;
    private final boolean agesMeaningful;
    private final boolean offsetMeaningful;
    private volatile Map<TapePipeline, Long> stored = Map.of();
    private volatile Map<TapePipeline, Completeness> completeness = Map.of();
    private volatile Map<TapePipeline, Latency> latencies = Map.of();
    private volatile boolean connected;
    private volatile Set<TapePipeline> byRest = Set.of();
    private String reason;
    private long toldAt;
    private volatile Map<TapePipeline, Health> latest = Map.of();

    /**
     * @param agesMeaningful false where a recording is played faster or slower than it was
     * @param offsetMeaningful whether the venue's clock says anything about this machine's
     * @param reason why nothing comes yet
     */
    public TapeHealthMonitor(
            Collection<TapePipeline> watches,
            LiveView view,
            ClockOffsetMonitor clock,
            boolean agesMeaningful,
            boolean offsetMeaningful,
            String reason) {
        this.watches = List.copyOf(watches);
        this.view = view;
        this.clock = clock;
        this.agesMeaningful = agesMeaningful;
        this.offsetMeaningful = offsetMeaningful;
        this.reason = reason;
        long now = System.nanoTime();
        for (TapePipeline watch : watches) {
            paces.put(watch, new Pace(watch.series(), now));
        }
        toldAt = now - EVERY_NANOS;
    }

    public void connected() {
        connected = true;
        clock.measureAgain();
        long now = System.nanoTime();
        paces.values().forEach(pace -> pace.changedAt = now);
    }

    public void disconnected(String why) {
        connected = false;
        reason = why;
    }

    /** Whether the feed delivers; any thread. */
    public boolean isConnected() {
        return connected;
    }

    /** Tells the live view, four times a second. */
    public void tell(long now) {
        for (TapePipeline watch : watches) {
            paces.get(watch).follow(watch.now().trades(), now);
        }
        if (now - toldAt < EVERY_NANOS) {
            return;
        }
        toldAt = now;
        Map<TapePipeline, Health> told = new HashMap<>();
        for (TapePipeline watch : watches) {
            Health health = of(watch, paces.get(watch), now);
            told.put(watch, health);
            view.health(watch.series(), health);
        }
        latest = Map.copyOf(told);
    }

    private Health of(TapePipeline watch, Pace pace, long now) {
        TapeSnapshot at = watch.now();
        long age = at.lastTradeTime() == 0 ? 0 : clock.nowMicros() - at.lastTradeTime();
        Health.State state = Health.State.LIVE;
        String why = "";
        boolean stalled = now - pace.knownAt() > pace.limitNanos();
        if (!connected && (!byRest.contains(watch) || stalled)) {
            state = Health.State.DISCONNECTED;
            why = reason;
        } else if (stalled) {
            state = Health.State.STALE;
            why = "nothing came for %d s".formatted((now - pace.changedAt) / 1_000_000_000L);
        } else if (at.warm() < watch.window()) {
            state = Health.State.WARMING_UP;
        }
        if (why.isEmpty() && !connected) {
            why = "from REST, for want of a socket: " + reason;
        } else if (why.isEmpty() && pace.isConfirmed()) {
            why = "quiet: the venue has nothing newer";
        }
        return new Health(
                state,
                why,
                at.lastTradeTime(),
                Math.max(0, age / 1_000),
                at.warm(),
                watch.window(),
                stored.getOrDefault(watch, -1L),
                watch.series().tape().kind() == TapeKind.POLL ? Double.NaN : pace.perSecond,
                agesMeaningful && clock.isMeasured(),
                TimeUnit.NANOSECONDS.toMillis(pace.limitNanos()),
                completeness.getOrDefault(watch, Completeness.UNKNOWN),
                offsetMeaningful ? clock.offsetMillis() : Double.NaN,
                agesMeaningful ? latencies.getOrDefault(watch, Latency.UNKNOWN) : Latency.UNKNOWN);
    }

    /** The venue says that it has nothing newer; any thread. */
    public void quiet(String symbol) {
        for (TapePipeline watch : watches) {
            if (watch.symbol().equals(symbol)) {
                paces.get(watch).quiet(System.nanoTime());
            }
        }
    }

    /** Whether a tape has been silent for long and the venue says that this is right. */
    public boolean isQuiet(TapePipeline watch, long now) {
        Pace pace = paces.get(watch);
        return pace.isConfirmed() && now - pace.changedAt > pace.longestStall;
    }

    /** Which tapes go on from REST, for want of a socket; any thread. */
    public void byRest(Set<TapePipeline> now) {
        byRest = Set.copyOf(now);
    }

    /** What each tape still misses; any thread, whoever keeps the ledger says so. */
    public void completeness(Map<TapePipeline, Completeness> now) {
        completeness = Map.copyOf(now);
    }

    /** How many trades of each tape the store has; any thread, the main one asks the store. */
    public void stored(Map<TapePipeline, Long> counts) {
        stored = Map.copyOf(counts);
    }

    /** How long the trades of each tape are on their way; any thread, the main one measures. */
    public void latencies(Map<TapePipeline, Latency> measured) {
        latencies = Map.copyOf(measured);
    }

    /** What was told last; any thread. */
    public Map<TapePipeline, Health> latest() {
        return latest;
    }
}
