/**
 * Feeds that stay open: sessions over sockets, stalled sockets, rotation with an overlap, polling. Knows no venue: what
 * a frame says is the business of a {@link io.tapekeeper.venue.stream.FrameParser}.
 *
 * <p>Threads of a stream: one reads and writes all sockets and never waits; each socket has one that parses and calls
 * the listener; each session has one that supervises its sockets.
 */
package io.tapekeeper.venue.stream;
