/**
 * The parts of the tapes that have been played, as REST and the kline streams read them.
 *
 * <p>One thread, the player's, moves a {@link io.tapekeeper.exchange.history.History} on by publishing an immutable
 * {@link io.tapekeeper.exchange.history.Played}; any thread may read.
 */
package io.tapekeeper.exchange.history;
