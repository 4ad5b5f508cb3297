package io.tapekeeper.recorder.repair;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.PipelineState;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeReplay;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.Checkpoint;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Computes the rows of a series anew from the stored trades, after some were added: from the state that was saved
 * before the first of them, through the same classes as the live tape, so that the end result is that of a tape on
 * which nothing was ever missing. Rows that come out otherwise than before are stored with a higher revision; alerts
 * and signals that no longer come out are withdrawn.
 *
 * <p>One thread at a time; the live tape goes on beside it until it is caught up with.
 */
public final class Rebuild implements TapeListener {
    /** The newest corrected rows that are kept for the open pages. */
    private static final int KEPT_ROWS = 3_600;

    /** States at the edges of holes that are still open: as many as the store keeps. */
    private static final int KEPT_EDGES = 64;

    private final Series series;
    private final Recorder recorder;
    private final History history;
    private final List<LedgerEntry> known;
    private final long firstMicros;
    private final long withdrawnUpTo;
    private final Pipeline pipeline;
    private final Deque<PipelineState> edges = new ArrayDeque<>(); // of holes that it passed
    private final Deque<FeatureRow> newest = new ArrayDeque<>();
    private final boolean besideLive; // which may close any alert meanwhile, so all are kept
    private final List<Alert> alerts = new ArrayList<>(); // to be said again at the end
    private final List<SignalChange> lateSignals = new ArrayList<>(); // while it went on
    private SignalChange lastSignal;

    /** Beside a live tape nothing is withdrawn before all is computed: it may be stopped. */
    static final long AT_THE_END = Long.MIN_VALUE;

    /**
     * Begins: what follows the trade before {@code tradeId} is said anew by {@link #upTo}.
     *
     * @param known what is settled only now: the ledger hears of it when all is done
     * @param tradeId the first trade that was added
     * @param withdrawnAtOnce up to here, epoch microseconds, alerts and signals are withdrawn now, so that they need
     *     not be kept in memory; or {@link #AT_THE_END}
     */
    public Rebuild(
            Series series,
            Preset preset,
            Recorder recorder,
            History history,
            List<LedgerEntry> known,
            long tradeId,
            long withdrawnAtOnce) {
        this.series = series;
        this.recorder = recorder;
        this.history = history;
        this.known = known;
        pipeline = new Pipeline(series, preset, this, HoldLimit.none());
        Optional<Checkpoint> checkpoint = history.checkpointBefore(series, tradeId)
                .filter(saved -> pipeline.restore(state(saved))) // another version: from the beginning
                .or(() -> history.beginning(series)
                        .filter(before -> before.lastTradeId() < tradeId && pipeline.beginAt(state(before))));
        firstMicros = endOf(series, checkpoint);
        besideLive = withdrawnAtOnce == AT_THE_END;
        withdrawnUpTo = Math.max(firstMicros, withdrawnAtOnce);
        recorder.withdraw(series, firstMicros + 1, withdrawnUpTo + 1);
    }

    private static PipelineState state(Checkpoint saved) {
        return new PipelineState(saved.lastTradeId(), saved.lastBarStart(), saved.state());
    }

    /** Up to where rows, alerts and signals hold: the end of the last bar of a saved state. */
    private long endOf(Series one, Optional<Checkpoint> checkpoint) {
        if (checkpoint.isPresent()) {
            return checkpoint.get().lastBarStart() + one.interval().micros();
        }
        // What lies before the first trade that is stored cannot be computed, so it stays.
        long[] first = {Long.MIN_VALUE};
        history.firstTradeId(one.tape())
                .ifPresent(id -> history.trades(
                        one.tape(),
                        id,
                        id + 1,
                        trade -> first[0] = one.interval().startOf(trade.venueTime())));
        return first[0];
    }

    /**
     * Goes on to a trade. All trades up to it must have been said to the recorder.
     *
     * @throws java.util.concurrent.CancellationException where it was asked to stop
     */
    public void upTo(long lastId, BooleanSupplier stopped) {
        recorder.flush();
        // The ledger is read anew each time: the live tape may have met another hole meanwhile.
        new TapeReplay(history, series.tape(), known).playTo(lastId, pipeline, () -> 0, trade -> {
            if (stopped.getAsBoolean()) {
                throw new CancellationException("asked to stop while replaying trades");
            }
        });
    }

    /**
     * Hands the live tape the corrected state; the tape thread only, and only where both have come to the same trade.
     *
     * @param fromId the first trade that was added
     */
    public void handTo(TapePipeline live, long fromId) {
        live.adopt(pipeline.state());
        finish(fromId);
    }

    /**
     * Takes the place of what the live tape has stored since the beginning: from now on every row, alert and signal
     * stored is that of the corrected tape.
     *
     * @param fromId the first trade that was added
     */
    public void finish(long fromId) {
        recorder.withdraw(series, withdrawnUpTo + 1, Long.MAX_VALUE);
        alerts.forEach(alert -> recorder.alertOpened(series, alert));
        lateSignals.forEach(change -> recorder.signalChanged(series, change));
        for (Series other : history.series()) { // of other presets: they continue from before it
            if (other.tape().equals(series.tape())) {
                recorder.rewind(other, fromId);
                if (!other.equals(series)) { // its next start says anew which of them hold
                    long end = endOf(other, history.checkpointBefore(other, fromId));
                    recorder.withdraw(other, end + 1, Long.MAX_VALUE);
                }
            }
        }
        edges.forEach(this::checkpoint);
        if (pipeline.hasState()) {
            checkpoint(pipeline.state());
        }
    }

    private void checkpoint(PipelineState state) {
        recorder.checkpoint(series, state.lastId(), state.lastBarStart(), state.bytes());
    }

    @Override
    public void gap(Gap gap, GapCause cause) {
        boolean mayBeFilled = cause == GapCause.MISSED || cause == GapCause.UNRESOLVED;
        if (mayBeFilled && pipeline.hasState()) {
            edges.addLast(pipeline.state());
            if (edges.size() > KEPT_EDGES) {
                edges.removeFirst();
            }
        }
    }

    @Override
    public void conflict(Trade first, TradeView other) {
        throw new IllegalStateException("the store holds id " + other.id() + " twice");
    }

    @Override
    public void row(FeatureRow row) {
        recorder.row(series, row);
        newest.addLast(row);
        if (newest.size() > KEPT_ROWS) {
            newest.removeFirst();
        }
    }

    @Override
    public void alertOpened(Alert alert) {
        alert(alert);
    }

    @Override
    public void alertClosed(Alert alert) {
        alert(alert);
    }

    private void alert(Alert alert) {
        recorder.alertOpened(series, alert);
        if (besideLive || alert.opened() > withdrawnUpTo) {
            alerts.add(alert);
        }
    }

    @Override
    public void signalChanged(SignalChange change) {
        lastSignal = change;
        recorder.signalChanged(series, change);
        if (change.time() > withdrawnUpTo) {
            lateSignals.add(change);
        }
    }

    /** The last trade it has come to, −1 before the first. */
    public long lastId() {
        return pipeline.lastId();
    }

    /** From this time on rows may have changed, epoch microseconds. */
    long firstMicros() {
        return firstMicros;
    }

    /** The last change of the signal that came out, or null. */
    SignalChange lastSignal() {
        return lastSignal;
    }

    /** The newest rows, ascending. */
    List<FeatureRow> newestRows() {
        return List.copyOf(newest);
    }
}
