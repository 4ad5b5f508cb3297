package io.tapekeeper.benchmarks;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.pipeline.TapeSnapshot;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;

/**
 * The pipeline of one tape, with nothing stored and nothing shown, and counts of what it reports. Owned by one thread.
 */
final class Unstored implements TapeListener {
    /** The sender's. */
    static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);

    private static final Series SERIES = new Series(
            new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true),
            BTCUSDT,
            Preset.CLASSIC.label(),
            Interval.SECOND);

    private static final long HOLD_BACK_NANOS = 30_000_000_000L;

    private final Pipeline pipeline =
            new Pipeline(SERIES, Preset.CLASSIC, this, new HoldLimit(HOLD_BACK_NANOS, 500_000));
    private long rows;
    private long alerts;

    void offer(TradeView trade, long nanoTime) {
        pipeline.offer(trade, nanoTime);
    }

    long trades() {
        return pipeline.snapshot().trades();
    }

    /** Prints what came out; a tape of the sender has no gap and opens alerts. */
    void report() {
        System.out.println("rows " + rows);
        System.out.println("alerts " + alerts);
        TapeSnapshot now = pipeline.snapshot();
        if (now.waits() || now.duplicates() > 0) {
            throw new IllegalStateException("the tape is not whole, so nothing was measured");
        }
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
}
