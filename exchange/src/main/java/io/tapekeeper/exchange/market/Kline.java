package io.tapekeeper.exchange.market;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Open, high, low, close and sums of consecutive trades; exact. Without trades the four prices are the previous close,
 * and the ids are −1.
 *
 * @param volume in units of 1e-8, like {@code takerVolume}, the volume that buyers took
 * @param quoteVolume in units of 1e-16, like {@code takerQuote}
 */
public record Kline(
        long first,
        long last,
        long open,
        long high,
        long low,
        long close,
        long trades,
        BigInteger volume,
        BigInteger quoteVolume,
        BigInteger takerVolume,
        BigInteger takerQuote) {
    /** A kline without trades after the price {@code close}. */
    public static Kline empty(long close) {
        BigInteger none = BigInteger.ZERO;
        return new Kline(-1, -1, close, close, close, close, 0, none, none, none, none);
    }

    /** The kline of consecutive trades, {@code from} to before {@code to}. */
    static Kline of(RawTrade[] trades, int from, int to, long closeBefore) {
        if (from == to) {
            return empty(closeBefore);
        }
        long high = Long.MIN_VALUE;
        long low = Long.MAX_VALUE;
        Sum volume = new Sum();
        Sum quoteVolume = new Sum();
        Sum takerVolume = new Sum();
        Sum takerQuote = new Sum();
        for (int i = from; i < to; i++) {
            long price = trades[i].price();
            long size = trades[i].size();
            high = Math.max(high, price);
            low = Math.min(low, price);
            volume.add(size, 1);
            quoteVolume.add(size, price);
            if (!trades[i].buyerIsMaker()) {
                takerVolume.add(size, 1);
                takerQuote.add(size, price);
            }
        }
        return new Kline(
                trades[from].id(),
                trades[to - 1].id(),
                trades[from].price(),
                high,
                low,
                trades[to - 1].price(),
                to - from,
                volume.total(),
                quoteVolume.total(),
                takerVolume.total(),
                takerQuote.total());
    }

    /** An exact sum of products that leaves no garbage, for most klines consist of very many trades. */
    private static final class Sum {
        private long high;
        private long low;

        /** Adds the product of two non-negative numbers. */
        void add(long a, long b) {
            long product = a * b;
            low += product;
            high += Math.multiplyHigh(a, b) + (Long.compareUnsigned(low, product) < 0 ? 1 : 0);
        }

        BigInteger total() {
            return new BigInteger(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(high)
                    .putLong(low)
                    .array());
        }
    }

    /** Both together; {@code later} follows immediately. */
    public Kline plus(Kline later) {
        if (later.trades == 0) {
            return this;
        }
        if (trades == 0) {
            return later;
        }
        return new Kline(
                first,
                later.last,
                open,
                Math.max(high, later.high),
                Math.min(low, later.low),
                later.close,
                trades + later.trades,
                volume.add(later.volume),
                quoteVolume.add(later.quoteVolume),
                takerVolume.add(later.takerVolume),
                takerQuote.add(later.takerQuote));
    }
}
