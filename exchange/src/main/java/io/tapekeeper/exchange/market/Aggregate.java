package io.tapekeeper.exchange.market;

/**
 * Consecutive raw trades of the same time, price and side: what one taker order took from one price
 * level.
 *
 * @param id consecutive per symbol
 * @param size sum of the raw sizes, in units of 1e-8
 * @param first id of the first raw trade
 * @param last id of the last raw trade; the next aggregate's {@code first} is one more
 */
public record Aggregate(
        long id, long price, long size, long first, long last, long time, boolean buyerIsMaker)
        implements Print {}
