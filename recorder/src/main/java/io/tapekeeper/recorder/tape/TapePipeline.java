package io.tapekeeper.recorder.tape;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.pipeline.Analyst;
import io.tapekeeper.pipeline.PipelineState;
import io.tapekeeper.recorder.repair.Rebuild;
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
import io.tapekeeper.tape.Sequencer;
import io.tapekeeper.venue.FeedEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Everything that watches one tape: Recorder first (stored as it arrives), then Sequencer, then Analyst, whose rows go
 * to the Recorder and to the live view.
 *
 * <p>Not thread-safe: the tape thread owns it. What others show of it they get from the live view and from
 * {@link #now}, an immutable snapshot.
 */
public final class TapePipeline implements Sequencer.Output, Analyst.Output {
    private static final Logger LOG = System.getLogger(TapePipeline.class.getName());

    /** Bars between two checkpoints: how far a start has to replay at most. */
    private static final int CHECKPOINT_BARS = 60;

    /**
     * What is known of the tape at one moment.
     *
     * @param holeLast the last id of the hole behind {@code lastId} that the tape waits for; −1 = it waits for none
     * @param closedUpTo end of the last bar that closed, epoch microseconds; {@link Long#MIN_VALUE} before the first
     * @param duplicates trades that came again
     * @param conflicts of these, how many said something else than the first
     * @param warm bars in the z-score's window, up to {@link #window}
     */
    public record Now(
            long price,
            long lastTradeTime,
            long lastId,
            long holeLast,
            long closedUpTo,
            long trades,
            long duplicates,
            long conflicts,
            int warm,
            FeatureRow row) {
        public boolean hole() {
            return holeLast >= 0;
        }
    }

    private final Series series;
    private final Recorder recorder;
    private final LiveView view;
    private final Preset preset;
    private final long holdBackNanos;
    private final HoldLimit budget;
    private Sequencer sequencer;
    private Analyst analyst;
    private long firstId = Long.MAX_VALUE; // where the tape begins; MAX_VALUE = it has not
    private int barsSinceCheckpoint;
    private long lastBarStart = Long.MIN_VALUE;
    private long lastPrice;
    private long lastTradeTime;
    private long trades;
    private FeatureRow lastRow;
    private Predicate<Gap> inLedger = gap -> false;
    private volatile Now now = new Now(0, 0, -1, -1, Long.MIN_VALUE, 0, 0, 0, 0, null);

    public TapePipeline(
            Series series, Preset preset, Recorder recorder, LiveView view, long holdBackNanos, HoldLimit budget) {
        this.series = series;
        this.recorder = recorder;
        this.view = view;
        this.preset = preset;
        this.holdBackNanos = holdBackNanos;
        this.budget = budget;
        begin();
    }

    private void begin() {
        sequencer = new Sequencer(this, holdBackNanos, budget);
        analyst = new Analyst(series.instrument(), series.interval(), preset, this);
    }

    /**
     * Continues where the store ends: the newest checkpoint, then what was stored behind it.
     *
     * @throws CancellationException where it was asked to stop meanwhile
     */
    public void resume(History history, BooleanSupplier stopped) {
        Optional<Checkpoint> checkpoint = history.checkpoint(series).filter(this::restore);
        long fromBar = checkpoint.isPresent() ? checkpoint.get().lastBarStart() + 1 : 0;
        switch (series.tape().kind()) {
            case RAW, AGGREGATE -> {
                TapeReplay stored = new TapeReplay(history, series.tape(), List.of());
                inLedger = stored::knows;
                stored.offerTo(sequencer, Long.MAX_VALUE, stopped);
                firstId = history.firstTradeId(series.tape()).orElse(Long.MAX_VALUE);
                inLedger = gap -> false;
            }
            case POLL ->
                history.bars(series.tape(), series.interval(), fromBar, Long.MAX_VALUE, stored -> {
                    goOnUnless(stopped);
                    polled(stored.bar());
                });
        }
        trades = 0; // counts what came in this run
        if (analyst.forming() != null) {
            lastPrice = analyst.forming().close();
            lastTradeTime = sequencer.lastTime();
        }
        publish();
    }

    private static void goOnUnless(BooleanSupplier stopped) {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("asked to stop while replaying stored trades");
        }
    }

    /** False where the checkpoint is of another version; then everything is replayed. */
    private boolean restore(Checkpoint checkpoint) {
        try {
            PipelineState.restore(checkpoint.state(), sequencer, analyst);
            lastBarStart = checkpoint.lastBarStart();
            return true;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the checkpoint of {0} is of another version", series);
            begin();
            return false;
        }
    }

    /**
     * A trade arrived. Where two sources begin a tape together, the one that is ahead may be the first to be heard;
     * what the other brings from before is not on the tape, so it is not stored.
     */
    public void traded(TradeView trade, long nanoTime) {
        if (firstId == Long.MAX_VALUE) {
            firstId = trade.id();
        }
        if (trade.id() < firstId) {
            return;
        }
        recorder.trade(series.tape(), trade);
        sequencer.offer(trade, nanoTime);
    }

    /** The price at a boundary arrived, or did not in time. */
    void polled(FeedEvent.Polled polled) {
        Bar bar = Bar.flat(series.interval(), polled.boundary(), polled.price(), !polled.carried(), polled.carried());
        if (bar.start() > lastBarStart) { // a restart within one interval asks again
            polled(bar);
            trades++;
        }
    }

    private void polled(Bar bar) {
        if (lastBarStart != Long.MIN_VALUE
                && bar.start() != lastBarStart + series.interval().micros()) {
            analyst.skipBars();
        }
        lastPrice = bar.close();
        if (!bar.carried()) { // nobody has said this price at this time
            lastTradeTime = bar.start();
        }
        analyst.bar(bar);
        checkpointIfDue();
    }

    /** Time passed: holes may be given up. */
    void advance(long nanoTime) {
        sequencer.advance(nanoTime);
    }

    @Override
    public void trade(TradeView trade) {
        trades++;
        lastPrice = trade.price();
        lastTradeTime = trade.venueTime();
        analyst.trade(trade);
        checkpointIfDue();
    }

    /** Ids will not come, as another source found out. */
    public void missing(long firstId, long lastId, GapCause cause, long nanoTime) {
        sequencer.missing(firstId, lastId, cause, nanoTime);
    }

    /** The hole that is open now cannot be filled in time: the tape goes on without it. */
    public void giveUpHole(long nanoTime) {
        sequencer.giveUp(nanoTime);
    }

    @Override
    public void gap(Gap gap, GapCause cause) {
        if (!inLedger.test(gap)) {
            enter(gap, cause);
        }
        if (cause != GapCause.BLANKED) { // of blanked ids there is nothing to miss
            checkpoint(); // where the rows are computed anew from when the trades come
            analyst.gap(gap);
        }
    }

    private void enter(Gap gap, GapCause cause) {
        LOG.log(
                cause == GapCause.BLANKED ? Level.INFO : Level.WARNING,
                "{0}: {1} trades are missing, {2} to {3} ({4})",
                series.tape().symbol(),
                Long.toString(gap.missing()),
                Long.toString(gap.firstId()),
                Long.toString(gap.lastId()),
                cause.label());
        recorder.gap(series.tape(), gap, cause);
    }

    /**
     * Goes on with the state of a corrected tape, which has come as far as this one.
     *
     * @param fromId the first trade that was added
     */
    public void adopt(Rebuild corrected, long fromId) {
        if (corrected.lastId() != sequencer.lastId()) {
            throw new IllegalStateException(
                    "corrected up to %d, live up to %d".formatted(corrected.lastId(), sequencer.lastId()));
        }
        Sequencer place = new Sequencer(this, 0, budget);
        try {
            PipelineState.restore(corrected.state(), place, analyst);
        } catch (IOException e) {
            throw new UncheckedIOException("a state just saved is of this version", e);
        }
        lastBarStart = corrected.lastBarStart();
        barsSinceCheckpoint = 0;
        corrected.finish(fromId);
        publish();
    }

    @Override
    public void conflict(Trade emitted, TradeView other) {
        LOG.log(
                Level.WARNING,
                "{0}: the venue sent the same id with other content; the first stays: {1}, then" + " {2}",
                series.tape().symbol(),
                emitted,
                other.toTrade());
    }

    @Override
    public void row(FeatureRow row) {
        lastRow = row;
        lastBarStart = row.bar().start();
        barsSinceCheckpoint++;
        recorder.row(series, row);
        view.row(series, row);
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

    private void checkpointIfDue() {
        if (barsSinceCheckpoint >= CHECKPOINT_BARS) {
            checkpoint();
        }
    }

    /** Writes the state down as it is between two trades. */
    void checkpoint() {
        if (lastBarStart == Long.MIN_VALUE) {
            return; // nothing to continue from yet
        }
        byte[] state = PipelineState.of(sequencer, analyst);
        recorder.checkpoint(series, sequencer.lastId(), lastBarStart, state);
        barsSinceCheckpoint = 0;
    }

    /** Makes the current state visible to others. */
    public void publish() {
        Bar forming = analyst.forming();
        if (forming != null) {
            view.forming(series, forming, lastTradeTime);
        }
        now = new Now(
                lastPrice,
                lastTradeTime,
                sequencer.lastId(),
                sequencer.holeLast(),
                lastBarStart == Long.MIN_VALUE
                        ? Long.MIN_VALUE
                        : lastBarStart + series.interval().micros(),
                trades,
                sequencer.duplicates(),
                sequencer.conflicts(),
                analyst.warm(),
                lastRow);
    }

    public Series series() {
        return series;
    }

    /** Bars that fill the z-score's window. */
    public int window() {
        return preset.window();
    }

    /** The last trade of the tape, −1 before the first; the tape thread only. */
    public long lastId() {
        return sequencer.lastId();
    }

    public String symbol() {
        return series.tape().symbol();
    }

    /** The last snapshot; any thread. */
    public Now now() {
        return now;
    }
}
