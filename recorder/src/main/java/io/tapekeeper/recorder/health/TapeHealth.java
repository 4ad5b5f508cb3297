package io.tapekeeper.recorder.health;

import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Freshness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Health.State;
import io.tapekeeper.health.Latency;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeKind;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The health of one tape, put together from snapshots that others publish. One thread assembles it; the measurements
 * may be set, and {@link #isQuiet} read, by any.
 */
public final class TapeHealth {
    private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The feed asks the venue when a symbol's limit is over; the answer takes a while. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** The answer to a poll may take this long. */
    private static final long POLL_MICROS = TimeUnit.SECONDS.toMicros(3);

    /**
     * What the tape thread publishes of a tape.
     *
     * @param trades trades put on the tape since the start
     * @param lastTradeTime venue time of the last one, epoch microseconds; 0 before the first
     * @param warm bars in the window of the z-score
     * @param warmOf bars that fill it
     */
    public record Progress(long trades, long lastTradeTime, int warm, int warmOf) {}

    /** @param trades trades of the tape in the store; negative where they are not counted */
    public record Stored(long trades, Completeness completeness, Latency latency) {
        static final Stored UNKNOWN = new Stored(-1, Completeness.UNKNOWN, Latency.UNKNOWN);
    }

    private record Verdict(State state, String reason) {}

    private final Series series;
    private final Supplier<Progress> progress;
    private final Freshness freshness;
    private volatile Stored stored = Stored.UNKNOWN;
    private volatile boolean byRest;
    private volatile boolean quiet;
    private long windowTrades;
    private long windowBegan;
    private double perSecond = Double.NaN;

    /**
     * @param progress the newest snapshot of the tape; must not wait
     * @param now local monotonic time
     */
    public TapeHealth(Series series, Supplier<Progress> progress, long now) {
        this.series = series;
        this.progress = progress;
        freshness = freshness(series, now);
        windowBegan = now;
    }

    private static Freshness freshness(Series series, long now) {
        if (series.tape().kind() != TapeKind.POLL) {
            return Freshness.ofTrades(GRACE_NANOS, now);
        }
        long micros = 2 * series.interval().micros() + POLL_MICROS; // a polled price comes once an interval
        long limit = TimeUnit.MICROSECONDS.toNanos(micros);
        return new Freshness(limit, limit, GRACE_NANOS, now);
    }

    public Series series() {
        return series;
    }

    /** What was read of the tape in the store, about once a second. */
    public void stored(Stored measured) {
        stored = measured;
    }

    /** Whether the tape continues from REST because no socket is open. */
    public void byRest(boolean follows) {
        byRest = follows;
    }

    /** Whether the tape has been silent for long and the venue has confirmed that it has nothing newer. */
    public boolean isQuiet() {
        return quiet;
    }

    /** The feed has connected: the silence before that says nothing. */
    void connected(long since) {
        freshness.restart(since);
    }

    /** The health at {@code now}, local monotonic time. */
    Health assemble(long now, FeedState feed, VenueTimes times) {
        Progress at = progress.get();
        freshness.follow(at.trades(), now);
        feed.quietAt(series.tape().symbol()).ifPresent(freshness::confirm);
        quiet = freshness.isQuiet(now);
        followRate(at.trades(), now);
        Verdict verdict = judge(at, feed.connection(), now);
        Stored kept = stored;
        return new Health(
                verdict.state(),
                verdict.reason(),
                at.lastTradeTime(),
                times.ageMillis(at.lastTradeTime()),
                at.warm(),
                at.warmOf(),
                kept.trades(),
                series.tape().kind() == TapeKind.POLL ? Double.NaN : perSecond,
                times.agesMeaningful(),
                TimeUnit.NANOSECONDS.toMillis(freshness.limitNanos()),
                kept.completeness(),
                times.offsetMillis(),
                times.latency(kept.latency()));
    }

    private void followRate(long trades, long now) {
        if (now - windowBegan >= RATE_NANOS) {
            perSecond = (trades - windowTrades) * 1e9 / (now - windowBegan);
            windowTrades = trades;
            windowBegan = now;
        }
    }

    private Verdict judge(Progress at, FeedState.Connection feed, long now) {
        boolean overdue = freshness.isOverdue(now);
        if (!feed.connected() && (!byRest || overdue)) {
            return new Verdict(State.DISCONNECTED, feed.reason());
        }
        if (overdue) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(freshness.silenceNanos(now));
            return new Verdict(State.STALE, "nothing came for %d s".formatted(seconds));
        }
        State state = at.warm() < at.warmOf() ? State.WARMING_UP : State.LIVE;
        if (!feed.connected()) {
            return new Verdict(state, "from REST, for want of a socket: " + feed.reason());
        }
        return new Verdict(state, freshness.isConfirmed() ? "quiet: the venue has nothing newer" : "");
    }
}
