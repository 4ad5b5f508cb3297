package io.tapekeeper.dashboard;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;

/** Series and rows whose numbers can be checked by hand. */
public final class Rows {
    public static final Series BTC = series("BTCUSDT", 1_000_000);
    public static final String BTC_ID = "binance.BTCUSDT.aggregate.classic.1s";

    private Rows() {}

    public static Series series(String symbol, long priceStep) {
        return new Series(
                new TapeId("binance", symbol, TapeKind.AGGREGATE, false),
                new Instrument("binance", symbol, priceStep, 1_000),
                "classic",
                Interval.SECOND);
    }

    public static Bar bar(long second, String close) {
        long price = Decimals.parse(close);
        return new Bar(
                Interval.SECOND,
                second * 1_000_000,
                price,
                price,
                price,
                price,
                Amount.of(150_000_000),
                Amount.product(150_000_000, price),
                3,
                Amount.ZERO,
                true,
                false);
    }

    /** A complete row of the second bar of warming up: no value but the return. */
    public static FeatureRow row(long second, String close) {
        return new FeatureRow(bar(second, close), FeatureValues.of(0.5), Signal.NEUTRAL, 0, true);
    }

    public static FeatureRow row(long second) {
        return row(second, Long.toString(second + 1));
    }
}
