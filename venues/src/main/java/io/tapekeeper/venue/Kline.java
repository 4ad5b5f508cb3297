package io.tapekeeper.venue;

import io.tapekeeper.market.Amount;

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
        Amount takerBuyVolume) {}
