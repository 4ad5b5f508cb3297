package io.tapekeeper.recorder;

import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Latency;
import io.tapekeeper.pipeline.TapeSnapshot;
import io.tapekeeper.recorder.health.ClockOffsetMonitor;
import io.tapekeeper.recorder.health.LatencyMeter;
import io.tapekeeper.recorder.health.TapeHealth;
import io.tapekeeper.recorder.repair.BackgroundRepair;
import io.tapekeeper.recorder.repair.LiveRepair;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.util.List;

/** One tape with the repairs that keep it whole: what the monitor and the metrics read of it. */
record MonitoredTape(
        TapePipeline pipeline, LiveRepair live, BackgroundRepair background, TapeHealth health, LatencyMeter latency) {
    /** @param now local monotonic time */
    static MonitoredTape of(TapePipeline pipeline, LiveRepair live, BackgroundRepair background, long now) {
        TapeHealth health = new TapeHealth(pipeline.series(), () -> progress(pipeline), now);
        return new MonitoredTape(pipeline, live, background, health, new LatencyMeter());
    }

    private static TapeHealth.Progress progress(TapePipeline pipeline) {
        TapeSnapshot at = pipeline.now();
        return new TapeHealth.Progress(at.trades(), at.lastTradeTime(), at.warm(), pipeline.window());
    }

    private TapeId tape() {
        return pipeline.series().tape();
    }

    /** Whether the tape continues from REST because no socket is open. */
    boolean isByRest() {
        return live.isFollowing(pipeline);
    }

    /** Trades that filled a gap, since the start. */
    long repaired() {
        return live.repaired(pipeline) + background.repaired(pipeline);
    }

    /** Trades that REST brought where no gap was known, since the start. */
    long followed() {
        return live.followed(pipeline);
    }

    /** Reads from the store what the tape's health shows of it. {@code now} is local monotonic time. */
    void readStore(History history, ClockOffsetMonitor clock, long now) {
        if (tape().kind() != TapeKind.POLL) { // which has no trades
            health.stored(new TapeHealth.Stored(
                    history.tradeCount(tape()), completeness(history), latency(history, clock, now)));
        }
    }

    /** Of what is stored, a few trades a look, so that the tape thread has no part in it. */
    private Latency latency(History history, ClockOffsetMonitor clock, long now) {
        if (!clock.isMeasured()) {
            return Latency.UNKNOWN;
        }
        latency.add(history.newestTrades(tape(), latency.lastId(), LatencyMeter.SAMPLE), clock.offsetMillis(), now);
        return latency.latency(now);
    }

    /** The gaps that are open in the ledger, and the one that the tape waits for now. */
    private Completeness completeness(History history) {
        TapeSnapshot at = pipeline.now();
        List<LedgerEntry> open = history.openGaps(tape());
        int gaps = open.size() + (at.waits() ? 1 : 0);
        if (gaps == 0) {
            return Completeness.WHOLE;
        }
        long missing = at.waits() ? at.gapLast() - at.lastId() : 0;
        for (LedgerEntry entry : open) {
            missing += history.missing(tape(), entry.gap());
        }
        Completeness.Repair repair =
                background.progress(pipeline).map(MonitoredTape::repair).orElse(null);
        return new Completeness(gaps, missing, at.waits(), repair);
    }

    private static Completeness.Repair repair(BackgroundRepair.Progress one) {
        long left = Double.isNaN(one.secondsLeft()) ? -1 : Math.round(one.secondsLeft());
        return new Completeness.Repair(one.done(), one.total(), left);
    }

    /**
     * Whether no gap is left that can be filled, and the venue confirms that it has nothing newer.
     *
     * @throws VenueException where the venue does not answer
     */
    boolean isComplete(Venue venue) {
        long newest = venue.history().newestId(tape().symbol(), tape().kind()).orElse(-1);
        return live.hasAll(pipeline, newest) && !pipeline.now().waits() && !background.hasWork(pipeline);
    }
}
