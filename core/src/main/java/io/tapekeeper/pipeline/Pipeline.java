package io.tapekeeper.pipeline;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.Sequencer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Everything that is computed from one tape: trades from any number of sources go in; the {@link TapeListener} receives
 * gaps, closed bars with their features, alerts and signals. Live recording, the repair of a gap, an audit and a replay
 * all run this class, so the same trades give the same rows, bit for bit.
 *
 * <p>A pure function of tape and preset: reads no clock (monotonic time is passed in), starts no thread, does no I/O.
 * O(1) and no allocation for a trade in order. Not thread-safe: one thread owns a pipeline.
 */
public final class Pipeline {
    /** Bars between two states to be saved: what a start has to replay at most. */
    private static final int BARS_PER_STATE = 60;

    private static final long NONE = Long.MIN_VALUE;

    private final Series series;
    private final Preset preset;
    private final TapeListener listener;
    private final HoldLimit holdLimit;
    private Sequencer sequencer;
    private Analyst analyst;
    private int barsSinceState;
    private long lastBarStart = NONE;
    private long lastPrice;
    private long lastTradeTime;
    private long trades;
    private FeatureRow lastRow;
    private TapeTail tail; // null = no second pipeline is catching up

    /** @param holdLimit shared by the pipelines of one thread; {@link HoldLimit#none} for a replay */
    public Pipeline(Series series, Preset preset, TapeListener listener, HoldLimit holdLimit) {
        this.series = series;
        this.preset = preset;
        this.listener = listener;
        this.holdLimit = holdLimit;
        begin();
    }

    private void begin() {
        sequencer = new Sequencer(new Order(), holdLimit);
        analyst = new Analyst(series.instrument(), series.interval(), preset, new Closed());
    }

    /**
     * Takes a trade from any source.
     *
     * @param nanoTime local monotonic time
     */
    public void offer(TradeView trade, long nanoTime) {
        sequencer.offer(trade, nanoTime);
    }

    /**
     * These ids will not come, for the reason given: the tape goes on without them. Ids that are on the tape already
     * stay.
     *
     * @param nanoTime local monotonic time
     */
    public void missing(long firstId, long lastId, GapCause cause, long nanoTime) {
        sequencer.missing(firstId, lastId, cause, nanoTime);
    }

    /** Passes gaps that have been open for longer than the hold-back time. */
    public void advance(long nanoTime) {
        sequencer.advance(nanoTime);
    }

    /** Passes the gap that is open now, if any: waiting longer would not fill it. */
    public void giveUp(long nanoTime) {
        sequencer.giveUp(nanoTime);
    }

    /**
     * The next bar of a tape that is polled and has no trades; where bars are missing before it, the windows begin
     * again. One that is not newer than the last is ignored: a restart within one interval polls again.
     */
    public void polled(Bar bar) {
        if (bar.start() <= lastBarStart) {
            return;
        }
        if (lastBarStart != NONE
                && bar.start() != lastBarStart + series.interval().micros()) {
            analyst.skipBars();
        }
        trades++;
        lastPrice = bar.close();
        if (!bar.carried()) { // a carried price was not seen at this time
            lastTradeTime = bar.start();
        }
        analyst.bar(bar);
        stateIfDue();
    }

    /** What the sequencer has put in order. */
    private final class Order implements Sequencer.Output {
        @Override
        public void trade(TradeView trade) {
            trades++;
            lastPrice = trade.price();
            lastTradeTime = trade.venueTime();
            if (tail != null) {
                tail.add(trade);
            }
            analyst.trade(trade);
            stateIfDue();
        }

        @Override
        public void gap(Gap gap, GapCause cause) {
            if (tail != null) {
                tail.add(gap, cause);
            }
            listener.gap(gap, cause);
            if (cause != GapCause.BLANKED) { // of blanked ids nothing is missing
                stateDue();
                analyst.gap(gap);
            }
        }

        @Override
        public void conflict(Trade emitted, TradeView other) {
            listener.conflict(emitted, other);
        }
    }

    /** What the analyst finds when a bar has closed. */
    private final class Closed implements TapeListener {
        @Override
        public void row(FeatureRow row) {
            lastRow = row;
            lastBarStart = row.bar().start();
            barsSinceState++;
            listener.row(row);
        }

        @Override
        public void alertOpened(Alert alert) {
            listener.alertOpened(alert);
        }

        @Override
        public void alertClosed(Alert alert) {
            listener.alertClosed(alert);
        }

        @Override
        public void signalChanged(SignalChange change) {
            listener.signalChanged(change);
        }
    }

    private void stateIfDue() {
        if (barsSinceState >= BARS_PER_STATE) {
            stateDue();
        }
    }

    private void stateDue() {
        if (lastBarStart != NONE) { // else there is nothing to continue from
            barsSinceState = 0;
            listener.stateDue(this::state);
        }
    }

    /** The exact state between the last trade and the next, for {@link #restore} and {@link #adopt}. */
    public PipelineState state() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(8_192);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            sequencer.save(out);
            analyst.save(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return new PipelineState(sequencer.lastId(), lastBarStart, bytes.toByteArray());
    }

    /**
     * Continues exactly where {@link #state} was called, on a pipeline of the same series and preset. Only on a new
     * pipeline.
     *
     * @return false where the state is of another version of format or formulas; the pipeline is then as new
     */
    public boolean restore(PipelineState state) {
        try {
            read(state, sequencer);
        } catch (IOException e) {
            begin();
            return false;
        }
        lastBarStart = state.lastBarStart();
        if (analyst.forming() != null) {
            lastPrice = analyst.forming().close();
            lastTradeTime = sequencer.lastTime();
        }
        return true;
    }

    /**
     * Begins with a state of a tape whose trades up to it were deleted; features that the state lacks begin there too.
     * Only on a new pipeline.
     *
     * @return false where the state is of another version; the pipeline is then as new
     */
    public boolean beginAt(PipelineState before) {
        boolean restored = restore(before);
        if (restored) {
            analyst.further().beginUnknown();
        }
        return restored;
    }

    /**
     * Takes over the further features, which are unknown after a state of an earlier version, as they were computed
     * elsewhere from the closes of the same bars.
     *
     * @param barStart start of the last bar in {@code further}, epoch microseconds
     */
    public void learn(long barStart, byte[] further) {
        try {
            analyst.further().learn(series.interval().numberOf(barStart), further);
        } catch (IOException e) {
            throw new UncheckedIOException("a state just made is of this version", e);
        }
    }

    /** The part of {@link #state} that {@link #learn} takes. */
    public byte[] furtherState() {
        return analyst.further().state();
    }

    /**
     * Goes on with the state of a corrected tape that has come as far as this one. Trades that are held back stay.
     *
     * @throws IllegalStateException where it has come to another trade
     */
    public void adopt(PipelineState corrected) {
        if (corrected.lastId() != lastId()) {
            throw new IllegalStateException(
                    "corrected up to %d, live up to %d".formatted(corrected.lastId(), lastId()));
        }
        try {
            read(corrected, new Sequencer(new Order(), holdLimit)); // the tape stands at the same trade already
        } catch (IOException e) {
            throw new UncheckedIOException("a state just saved is of this version", e);
        }
        lastBarStart = corrected.lastBarStart();
        barsSinceState = 0;
    }

    /** From now on everything that is put on the tape is copied to {@code next} too; null ends that. */
    public void copyTo(TapeTail next) {
        tail = next;
    }

    /** Takes what another pipeline of the same tape has copied so far, and passes its gaps with their causes. */
    public void follow(TapeTail other) {
        for (TapeTail.Entry entry : other.take()) {
            if (entry.trade() != null) {
                offer(entry.trade(), 0);
            } else {
                missing(entry.gap().firstId(), entry.gap().lastId(), entry.cause(), 0);
            }
        }
    }

    private void read(PipelineState state, Sequencer place) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state.bytes()))) {
            place.restore(in);
            analyst.restore(in);
        }
    }

    /** From now on {@link TapeSnapshot#trades} counts from 0: what was replayed at a start is not new. */
    public void countFromHere() {
        trades = 0;
    }

    /** What is known of the tape now. */
    public TapeSnapshot snapshot() {
        return new TapeSnapshot(
                lastPrice,
                lastTradeTime,
                sequencer.lastId(),
                sequencer.gapLast(),
                lastBarStart == NONE ? NONE : lastBarStart + series.interval().micros(),
                trades,
                sequencer.duplicates(),
                sequencer.conflicts(),
                analyst.warm(),
                lastRow);
    }

    /** The bar that is still forming, or null before the first trade. */
    public Bar forming() {
        return analyst.forming();
    }

    /** The last trade on the tape; −1 before the first. */
    public long lastId() {
        return sequencer.lastId();
    }

    /** Start of the last bar that closed, epoch microseconds; {@link Long#MIN_VALUE} before the first. */
    public long lastBarStart() {
        return lastBarStart;
    }

    /** Whether a bar has closed, so that there is a state to continue from. */
    public boolean hasState() {
        return lastBarStart != NONE;
    }
}
