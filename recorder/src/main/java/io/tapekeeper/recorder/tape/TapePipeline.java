package io.tapekeeper.recorder.tape;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.PipelineState;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.pipeline.TapeSnapshot;
import io.tapekeeper.pipeline.TapeTail;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.Checkpoint;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.venue.FeedEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One tape that is being recorded: a trade goes to the Recorder first (stored as it arrives), then through the
 * {@link Pipeline}, whose rows go to the Recorder and to the live view.
 *
 * <p>Not thread-safe: the tape thread owns it. Others read {@link #now}, an immutable snapshot, and the live view.
 */
public final class TapePipeline implements TapeListener {
    private static final Logger LOG = System.getLogger(TapePipeline.class.getName());

    private final Series series;
    private final Recorder recorder;
    private final LiveView view;
    private final Preset preset;
    private final Pipeline pipeline;
    private long firstId = Long.MAX_VALUE; // where the tape begins; MAX_VALUE = it has not
    private Predicate<Gap> inLedger = gap -> false;
    private GapListener gapListener = (gap, cause) -> {};
    private volatile TapeSnapshot now;

    public TapePipeline(Series series, Preset preset, Recorder recorder, LiveView view, HoldLimit holdLimit) {
        this.series = series;
        this.recorder = recorder;
        this.view = view;
        this.preset = preset;
        pipeline = new Pipeline(series, preset, this, holdLimit);
        now = pipeline.snapshot();
    }

    /**
     * Continues where the store ends: from the newest checkpoint, then with what was stored after it.
     *
     * @param nanos local monotonic time
     * @throws CancellationException where it was asked to stop meanwhile
     */
    public void resume(History history, BooleanSupplier stopped, LongSupplier nanos) {
        Optional<Checkpoint> checkpoint = history.checkpoint(series)
                .filter(this::restore)
                .or(() -> history.beginning(series).filter(before -> pipeline.beginAt(TapeTrim.state(before))));
        switch (series.tape().kind()) {
            case RAW, AGGREGATE -> {
                TapeReplay stored = new TapeReplay(history, series.tape(), List.of());
                inLedger = stored::knows;
                stored.playTo(Long.MAX_VALUE, pipeline, nanos, trade -> goOnUnless(stopped));
                firstId = history.firstTradeId(series.tape()).orElse(Long.MAX_VALUE);
                inLedger = gap -> false;
            }
            case POLL -> {
                long fromBar = checkpoint.isPresent() ? checkpoint.get().lastBarStart() + 1 : 0;
                history.bars(series.tape(), series.interval(), fromBar, Long.MAX_VALUE, stored -> {
                    goOnUnless(stopped);
                    pipeline.polled(stored.bar());
                });
            }
        }
        pipeline.countFromHere();
        publish();
    }

    private static void goOnUnless(BooleanSupplier stopped) {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("asked to stop while replaying stored trades");
        }
    }

    /** False where the checkpoint is of another version; then everything is replayed. */
    private boolean restore(Checkpoint saved) {
        boolean known = pipeline.restore(TapeTrim.state(saved));
        if (!known) {
            LOG.log(Level.WARNING, "the checkpoint of {0} is of another version", series);
        }
        return known;
    }

    /**
     * Has a repair learn of each gap that the tape passes and that may still be filled. Before the tape thread starts.
     */
    public void onGap(GapListener listener) {
        gapListener = listener;
    }

    /** Takes a gap that has just been written to the ledger; the tape thread calls it, and it must not wait. */
    @FunctionalInterface
    public interface GapListener {
        void gap(Gap gap, GapCause cause);
    }

    /**
     * A trade arrived. Where two sources begin a tape together, the one that is ahead may arrive first; what the other
     * brings from before is not on the tape, so it is not stored.
     */
    public void traded(TradeView trade, long nanoTime) {
        if (firstId == Long.MAX_VALUE) {
            firstId = trade.id();
        }
        if (trade.id() < firstId) {
            return;
        }
        recorder.trade(series.tape(), trade);
        pipeline.offer(trade, nanoTime);
    }

    /** The price at a boundary arrived, or did not in time. */
    void polled(FeedEvent.Polled polled) {
        boolean carried = polled.carried();
        pipeline.polled(Bar.flat(series.interval(), polled.boundary(), polled.price(), !carried, carried));
    }

    /** Time passed: gaps may be given up. */
    void advance(long nanoTime) {
        pipeline.advance(nanoTime);
    }

    /** Ids will not come, as another source found out. */
    public void missing(long firstId, long lastId, GapCause cause, long nanoTime) {
        pipeline.missing(firstId, lastId, cause, nanoTime);
    }

    /** The gap that is open now cannot be filled in time: the tape goes on without it. */
    public void giveUpGap(long nanoTime) {
        pipeline.giveUp(nanoTime);
    }

    @Override
    public void gap(Gap gap, GapCause cause) {
        if (inLedger.test(gap)) {
            return;
        }
        LOG.log(
                cause == GapCause.BLANKED ? Level.INFO : Level.WARNING,
                "{0}: {1} trades are missing, {2} to {3} ({4})",
                symbol(),
                Long.toString(gap.missing()),
                Long.toString(gap.firstId()),
                Long.toString(gap.lastId()),
                cause.label());
        recorder.gap(series.tape(), gap, cause);
        if (cause == GapCause.MISSED || cause == GapCause.UNRESOLVED) {
            gapListener.gap(gap, cause);
        }
    }

    /** Goes on with the state of a corrected tape, which has come as far as this one. */
    public void adopt(PipelineState corrected) {
        pipeline.adopt(corrected);
        publish();
    }

    /** From now on what the tape receives is copied to {@code tail} too, for a rebuild; null ends that. */
    public void copyTo(TapeTail tail) {
        pipeline.copyTo(tail);
    }

    @Override
    public void conflict(Trade first, TradeView other) {
        LOG.log(
                Level.WARNING,
                "{0}: the venue sent the same id with other content; the first stays: {1}, then {2}",
                symbol(),
                first,
                other.toTrade());
    }

    @Override
    public void row(FeatureRow row) {
        recorder.row(series, row);
        view.row(series, row);
        if (!row.values().isWhole()) { // the recorder computes what it lacks, from the closes
            recorder.computed(series).ifPresent(computed -> pipeline.learn(computed.lastBarStart(), computed.state()));
        }
    }

    @Override
    public void alertOpened(Alert alert) {
        view.alertOpened(series, alert); // an alert waits for no commit
        recorder.alertOpened(series, alert);
    }

    @Override
    public void alertClosed(Alert alert) {
        view.alertClosed(series, alert);
        recorder.alertClosed(series, alert);
    }

    @Override
    public void signalChanged(SignalChange change) {
        recorder.signalChanged(series, change);
        view.signalChanged(series, change);
    }

    @Override
    public void stateDue(Supplier<PipelineState> due) {
        PipelineState state = due.get();
        recorder.checkpoint(series, state.lastId(), state.lastBarStart(), state.bytes());
    }

    /** Saves the state as it is between two trades, where there is one to continue from. */
    void checkpoint() {
        if (pipeline.hasState()) {
            stateDue(pipeline::state);
        }
    }

    /** Makes the current state visible to others. */
    public void publish() {
        now = pipeline.snapshot();
        Bar forming = pipeline.forming();
        if (forming != null) {
            view.forming(series, forming, now.lastTradeTime());
        }
    }

    public Series series() {
        return series;
    }

    public Preset preset() {
        return preset;
    }

    /** Bars that fill the z-score's window; {@link TapeSnapshot#warm} says how many it has. */
    public int window() {
        return preset.window();
    }

    /** The last trade of the tape, −1 before the first; the tape thread only. */
    public long lastId() {
        return pipeline.lastId();
    }

    public String symbol() {
        return series.tape().symbol();
    }

    /** The last snapshot; any thread. */
    public TapeSnapshot now() {
        return now;
    }
}
