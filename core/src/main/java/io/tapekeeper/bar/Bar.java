package io.tapekeeper.bar;

import io.tapekeeper.market.Amount;

/**
 * One closed interval of a tape, exact.
 *
 * @param interval its length
 * @param start epoch microseconds, included; a multiple of the interval
 * @param open price of its first trade, in units of 1e-8; without trades all four prices are the previous close
 * @param volume sum of sizes, in units of 1e-8
 * @param quoteVolume sum of price times size, in units of 1e-16
 * @param trades raw trades in it, as the venue counts them
 * @param takerBuyVolume the part of {@code volume} whose aggressor bought
 * @param complete false for the first bar of a tape, a bar that a gap touches and a carried one
 * @param carried true where no price came in time and the last one stands in for it (poll mode)
 */
public record Bar(
        Interval interval,
        long start,
        long open,
        long high,
        long low,
        long close,
        Amount volume,
        Amount quoteVolume,
        long trades,
        Amount takerBuyVolume,
        boolean complete,
        boolean carried) {
    public Bar {
        if (start != interval.startOf(start)) {
            throw new IllegalArgumentException("bar start %d is no multiple of %s".formatted(start, interval));
        }
        if (low > open || low > close || high < open || high < close) {
            throw new IllegalArgumentException(
                    "bar at %d: open %d, high %d, low %d, close %d".formatted(start, open, high, low, close));
        }
    }

    /** A bar without trades, its prices all {@code price}. */
    public static Bar flat(Interval interval, long start, long price, boolean complete, boolean carried) {
        return new Bar(
                interval,
                start,
                price,
                price,
                price,
                price,
                Amount.ZERO,
                Amount.ZERO,
                0,
                Amount.ZERO,
                complete,
                carried);
    }

    /** Epoch microseconds, excluded: when the bar could be known. */
    public long end() {
        return start + interval.micros();
    }
}
