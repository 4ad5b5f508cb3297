/**
 * Recordings of a real market, read from files into tapes. Nothing here knows the network or a clock: all times come
 * from the frames.
 */
package io.tapekeeper.exchange.capture;
