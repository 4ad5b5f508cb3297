package io.tapekeeper.venue;

import io.tapekeeper.market.Amount;
import io.tapekeeper.venue.binance.JsonAnswer;

/**
 * One interval of a symbol as the venue itself sums it up.
 *
 * @param openTime epoch microseconds, included
 * @param open in units of 1e-8, as are the other prices
 * @param volume sum of sizes, in units of 1e-8
 * @param quoteVolume sum of price times size, in units of 1e-16, rounded by the venue to 1e-8
 * @param trades raw trades in it
 * @param takerBuyVolume the part of {@code volume} whose aggressor bought
 */
public record Kline(
        long openTime,
        long open,
        long high,
        long low,
        long close,
        Amount volume,
        Amount quoteVolume,
        long trades,
        Amount takerBuyVolume) {
    public static Kline of(JsonAnswer row) {
        JsonAnswer kline = row.named(
                "openTime",
                "open",
                "high",
                "low",
                "close",
                "volume",
                "closeTime",
                "quoteVolume",
                "trades",
                "takerBuyVolume");
        return new Kline(
                kline.time("openTime"),
                kline.decimal("open"),
                kline.decimal("high"),
                kline.decimal("low"),
                kline.decimal("close"),
                kline.amount("volume", Amount.SIZE_PLACES),
                kline.amount("quoteVolume", Amount.QUOTE_PLACES),
                kline.integer("trades"),
                kline.amount("takerBuyVolume", Amount.SIZE_PLACES));
    }
}
