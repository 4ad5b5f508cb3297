package io.tapekeeper.benchmarks;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.pipeline.Analyst;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.Sequencer;

/**
 * Everything that watches one tape, with nothing stored and nobody looking: Sequencer and Analyst, wired as the product
 * wires them, and counts of what they say. Owned by one thread.
 */
final class Unstored implements Sequencer.Output, Analyst.Output {
    /** The sender's. */
    static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);

    private static final long HOLD_BACK_NANOS = 30_000_000_000L;

    private final Sequencer sequencer = new Sequencer(this, HOLD_BACK_NANOS, new HoldLimit(500_000));
    private final Analyst analyst = new Analyst(BTCUSDT, Interval.SECOND, Preset.CLASSIC, this);
    private long trades;
    private long rows;
    private long alerts;

    void offer(TradeView trade, long nanoTime) {
        sequencer.offer(trade, nanoTime);
    }

    long trades() {
        return trades;
    }

    /** Prints what came out; a tape of the sender has no hole and opens alerts. */
    void report() {
        System.out.println("rows " + rows);
        System.out.println("alerts " + alerts);
        if (sequencer.hasHole() || sequencer.duplicates() > 0) {
            throw new IllegalStateException("the tape is not whole, so nothing was measured");
        }
    }

    @Override
    public void trade(TradeView trade) {
        trades++;
        analyst.trade(trade);
    }

    @Override
    public void gap(Gap gap, GapCause cause) {
        throw new IllegalStateException("trades are missing: " + gap);
    }

    @Override
    public void conflict(Trade emitted, TradeView other) {
        throw new IllegalStateException("two trades of one id: " + emitted + ", " + other);
    }

    @Override
    public void row(FeatureRow row) {
        rows++;
    }

    @Override
    public void alertOpened(Alert alert) {
        alerts++;
    }

    @Override
    public void alertClosed(Alert alert) {}

    @Override
    public void signalChanged(SignalChange change) {}
}
