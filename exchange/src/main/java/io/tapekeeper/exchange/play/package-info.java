/**
 * Plays the tapes: the tape's clock, the one thread that moves the market on, and the streams that it tells events to.
 *
 * <p>The player thread owns every position on every tape. Others subscribe (copy-on-write lists), read the
 * {@link io.tapekeeper.exchange.history.History histories} and the clock, and nothing else.
 */
package io.tapekeeper.exchange.play;
