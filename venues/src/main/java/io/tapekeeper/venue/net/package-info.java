/** Sockets and frames: what the wire is made of, before anything knows what a message means. Knows no venue. */
package io.tapekeeper.venue.net;
