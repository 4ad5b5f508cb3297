/**
 * The nouns of a market: instrument, trade, side, and the exact numbers they are made of.
 *
 * <p>Data only: no I/O, no clock, no thread. Prices and sizes are integers in units of 1e-8, their sums and products
 * are 128-bit integers; doubles exist only inside statistics.
 */
package io.tapekeeper.market;
