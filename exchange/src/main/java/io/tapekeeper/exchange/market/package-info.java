/**
 * The parts of a market: listings, raw trades, the aggregates and klines built from them, and tapes.
 *
 * <p>Data only: no I/O, no clock, no thread. Aggregates and klines are computed here from the raw trades alone, with
 * code of their own, so that the exchange is an independent witness of what a client computes.
 */
package io.tapekeeper.exchange.market;
