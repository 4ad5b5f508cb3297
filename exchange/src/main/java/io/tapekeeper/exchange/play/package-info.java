/**
 * Plays the tapes: the tape's clock, the thread that moves the market on, and the streams on which it sends events.
 *
 * <p>The player thread owns every position on every tape. Others subscribe (copy-on-write lists), read the
 * {@link io.tapekeeper.exchange.history.History histories} and the clock, nothing else.
 */
package io.tapekeeper.exchange.play;
