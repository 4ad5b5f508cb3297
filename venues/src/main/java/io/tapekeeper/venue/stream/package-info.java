/**
 * Streams that stay open: sessions, stalled sockets, rotation with an overlap. Knows no venue: what a frame says is a
 * parser's business.
 */
package io.tapekeeper.venue.stream;
