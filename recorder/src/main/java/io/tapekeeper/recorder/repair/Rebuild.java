package io.tapekeeper.recorder.repair;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.PipelineState;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.pipeline.TapeTail;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Computes the rows of a series again from the stored trades, after some were added: from the state that was saved
 * before the first of them, through the same pipeline as the live tape, so that the end result is that of a tape on
 * which nothing was ever missing. Rows that come out otherwise than before are stored with a higher revision; alerts
 * and signals that no longer come out are withdrawn.
 *
 * <p>One thread at a time; the live tape goes on beside it until it is caught up with.
 */
final class Rebuild implements TapeListener {
    /** The newest corrected rows that are kept for the open pages. */
    private static final int KEPT_ROWS = 3_600;

    /** States at the edges of gaps that are still open: as many as the store keeps. */
    private static final int KEPT_EDGES = 64;

    private static final int KEPT_ALERTS = 200;

    /** No tape goes on beside it: all that was reported before is withdrawn at the beginning. */
    private static final long NOTHING_LIVE = Long.MAX_VALUE - 1;

    /**
     * What was added to a tape.
     *
     * @param fromId the first trade that was added
     * @param settled entries that the ledger will have only when all is done
     */
    record Added(long fromId, List<LedgerEntry> settled) {}

    /** A series of another preset, and up to where what was computed of it holds, epoch microseconds. */
    private record Other(Series series, long end) {}

    private record AlertKey(Rule rule, long opened) {}

    private final Series series;
    private final Recorder recorder;
    private final History history;
    private final Added added;
    private final long firstMicros;
    private final long withdrawnUpTo;
    private final Pipeline pipeline;
    private final List<Other> others = new ArrayList<>();
    private final Deque<PipelineState> edges = new ArrayDeque<>(); // of gaps that it passed
    private final Deque<FeatureRow> newest = new ArrayDeque<>();
    private final boolean besideLive; // which may close any alert meanwhile, so all are kept
    private final List<Alert> alerts = new ArrayList<>(); // to be reported again at the end
    private final List<SignalChange> lateSignals = new ArrayList<>(); // while it went on
    private SignalChange lastSignal;

    /**
     * Begins: {@link #upTo} computes what follows the trade before the first one that was added.
     *
     * @param besideLive a live tape goes on, so nothing is withdrawn before all is computed: the rebuild may be
     *     stopped. Where none does, alerts and signals are withdrawn now, so that they need not be kept in memory
     */
    Rebuild(Series series, Preset preset, RepairTools tools, Added added, boolean besideLive) {
        this.series = series;
        this.recorder = tools.recorder();
        this.history = tools.history();
        this.added = added;
        this.besideLive = besideLive;
        recorder.flush(); // the state saved before the first trade may be on its way
        pipeline = new Pipeline(series, preset, this, HoldLimit.none());
        Optional<Checkpoint> checkpoint = history.checkpointBefore(series, added.fromId())
                .filter(saved -> pipeline.restore(state(saved))) // another version: from the beginning
                .or(() -> history.beginning(series)
                        .filter(before -> before.lastTradeId() < added.fromId() && pipeline.beginAt(state(before))));
        firstMicros = endOf(series, checkpoint);
        withdrawnUpTo = besideLive ? firstMicros : NOTHING_LIVE;
        recorder.withdraw(series, firstMicros + 1, withdrawnUpTo + 1);
        for (Series other : history.series()) {
            if (other.tape().equals(series.tape()) && !other.equals(series)) {
                others.add(new Other(other, endOf(other, history.checkpointBefore(other, added.fromId()))));
            }
        }
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
     * Goes on to a trade. The recorder must have been given all trades up to it.
     *
     * @throws CancellationException where it was asked to stop
     */
    void upTo(long lastId, BooleanSupplier stopped) {
        recorder.flush();
        // The ledger is read again each time: the live tape may have met another gap meanwhile.
        TapeReplay stored = new TapeReplay(history, series.tape(), added.settled());
        stored.playTo(lastId, pipeline, () -> 0, trade -> {
            if (stopped.getAsBoolean()) {
                throw new CancellationException("asked to stop while replaying trades");
            }
        });
    }

    /** Goes on with what a live tape has put on its tape since; nothing is read. */
    void follow(TapeTail tail) {
        pipeline.follow(tail);
    }

    /**
     * Takes the place of what a live tape has stored since the beginning: from now on every row, alert and signal
     * stored is that of the corrected tape. Reads nothing.
     */
    void finish() {
        recorder.withdraw(series, withdrawnUpTo + 1, Long.MAX_VALUE);
        alerts.forEach(alert -> recorder.alertOpened(series, alert));
        lateSignals.forEach(change -> recorder.signalChanged(series, change));
        recorder.rewind(series, added.fromId());
        for (Other other : others) { // its next start continues from before it, and reports which of them hold
            recorder.rewind(other.series, added.fromId());
            recorder.withdraw(other.series, other.end + 1, Long.MAX_VALUE);
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
        throw new IllegalStateException("the tape holds id " + other.id() + " twice");
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
        if (besideLive) {
            alerts.add(alert);
        }
    }

    @Override
    public void signalChanged(SignalChange change) {
        lastSignal = change;
        recorder.signalChanged(series, change);
        if (besideLive) {
            lateSignals.add(change);
        }
    }

    /** The last trade it has come to, −1 before the first. */
    long lastId() {
        return pipeline.lastId();
    }

    /** From this time on rows may have changed, epoch microseconds. */
    long firstMicros() {
        return firstMicros;
    }

    /** The state at {@link #lastId}, for a live tape that has come to the same trade. */
    PipelineState state() {
        return pipeline.state();
    }

    /** The newest alerts that may differ from what was reported before, each as it stands, ascending. */
    List<Alert> newestAlerts() {
        Map<AlertKey, Alert> latest = new LinkedHashMap<>();
        alerts.stream()
                .filter(alert -> alert.opened() > firstMicros)
                .forEach(alert -> latest.put(new AlertKey(alert.rule(), alert.opened()), alert));
        List<Alert> all = List.copyOf(latest.values());
        return all.subList(Math.max(0, all.size() - KEPT_ALERTS), all.size());
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
