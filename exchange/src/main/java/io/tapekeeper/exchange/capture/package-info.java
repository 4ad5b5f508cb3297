/**
 * Recordings of a real market, read from files into tapes. Nothing here knows the network or a clock: the times are the
 * ones in the frames.
 */
package io.tapekeeper.exchange.capture;
