package io.tapekeeper.venue.net;

import java.time.Duration;

/**
 * What a venue sends over a socket and bears from it.
 *
 * @param longestMessage in bytes; a longer one is none of the venue's and is skipped
 * @param pace the shortest time between two messages from us, pongs included
 */
public record SocketLimits(int longestMessage, Duration pace) {}
