package io.tapekeeper.exchange.market;

import io.tapekeeper.market.Amount;

/**
 * Open, high, low, close and sums of consecutive trades; exact. Without trades the four prices are
 * the close before and the ids −1.
 *
 * @param volume units of 1e-8, as is {@code takerVolume}, what buyers took
 * @param quoteVolume units of 1e-16, as is {@code takerQuote}
 */
public record Kline(
        long first,
        long last,
        long open,
        long high,
        long low,
        long close,
        long trades,
        Amount volume,
        Amount quoteVolume,
        Amount takerVolume,
        Amount takerQuote) {
    /** A kline in which nothing has traded since the price was {@code close}. */
    public static Kline empty(long close) {
        return new Kline(
                -1,
                -1,
                close,
                close,
                close,
                close,
                0,
                Amount.ZERO,
                Amount.ZERO,
                Amount.ZERO,
                Amount.ZERO);
    }

    /** The same with one later trade. */
    public Kline plus(RawTrade trade) {
        Amount quote = Amount.product(trade.price(), trade.size());
        boolean bought = !trade.buyerIsMaker();
        return new Kline(
                trades == 0 ? trade.id() : first,
                trade.id(),
                trades == 0 ? trade.price() : open,
                trades == 0 ? trade.price() : Math.max(high, trade.price()),
                trades == 0 ? trade.price() : Math.min(low, trade.price()),
                trade.price(),
                trades + 1,
                volume.plus(trade.size()),
                quoteVolume.plus(quote),
                bought ? takerVolume.plus(trade.size()) : takerVolume,
                bought ? takerQuote.plus(quote) : takerQuote);
    }

    /** Both together, where {@code later} follows this one at once. */
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
                volume.plus(later.volume),
                quoteVolume.plus(later.quoteVolume),
                takerVolume.plus(later.takerVolume),
                takerQuote.plus(later.takerQuote));
    }
}
