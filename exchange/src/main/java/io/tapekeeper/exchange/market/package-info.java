/**
 * What a market of the local exchange is made of: listings, raw trades, the aggregates and klines they make, and the
 * tapes they stand on.
 *
 * <p>Data only: no I/O, no clock, no thread. Aggregates and klines are made here from the raw trades alone, with none
 * of the recorder's code, so that the exchange is a second witness of what the recorder computes.
 */
package io.tapekeeper.exchange.market;
