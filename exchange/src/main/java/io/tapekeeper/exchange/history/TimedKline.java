package io.tapekeeper.exchange.history;

import io.tapekeeper.exchange.market.Kline;

/**
 * A kline and the time it stands for, in microseconds since the epoch.
 *
 * @param open where it starts, included
 * @param next where the next one starts
 */
public record TimedKline(long open, long next, Kline kline) {}
