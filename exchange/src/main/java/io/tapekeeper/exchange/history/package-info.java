/**
 * What has been played of the tapes, as REST and the klines of the streams read it.
 *
 * <p>One thread, the player's, moves a {@link io.tapekeeper.exchange.history.History} on by publishing an immutable
 * {@link io.tapekeeper.exchange.history.Played}; any thread may read.
 */
package io.tapekeeper.exchange.history;
