package io.tapekeeper.venue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Stream;

/**
 * How patient to be with a venue. All durations run on local monotonic time.
 *
 * @param clock our clock; it stamps what arrives
 * @param requestTimeout for connecting, and for a REST answer to be complete
 * @param pollTimeout for the answer to a poll; never beyond the next boundary
 * @param firstRetry the longest first wait before another attempt; doubled at each failure
 * @param longestRetry where the doubling ends
 * @param refusedPause between attempts where the venue says that it does not want us (HTTP 403 or 451, or a
 *     subscription refused): going on would bring a ban, and waiting seldom helps
 * @param sockets for the open sockets of a stream
 */
public record ConnectionSettings(
        InstantSource clock,
        Duration requestTimeout,
        Duration pollTimeout,
        Duration firstRetry,
        Duration longestRetry,
        Duration refusedPause,
        Sockets sockets) {
    /**
     * How long to trust an open socket.
     *
     * @param readIdle without a single byte, pings included, for this long a socket is taken for dead. Some of
     *     Binance's edges were seen to ping every 3 minutes instead of every 20 s
     * @param probeTimeout a socket that is silent for half of this is sent a ping, and is taken for dead where nothing
     *     comes for all of it from then on
     * @param stableAfter how long data must have come before failures are forgotten
     * @param rotateAfter the age at which a socket gives way to a new one; up to a tenth earlier. Binance ends each
     *     after 24 hours
     * @param overlap how long the old socket is kept after its successor has had its first trade, so that it can bring
     *     what is still on its way
     * @param shortestStall how long a symbol may at least be silent before the venue is asked for its newest id
     * @param longestStall and at most, however seldom it trades
     * @param flightTime how long after the venue has answered with its id a trade may still arrive
     */
    public record Sockets(
            Duration readIdle,
            Duration probeTimeout,
            Duration stableAfter,
            Duration rotateAfter,
            Duration overlap,
            Duration shortestStall,
            Duration longestStall,
            Duration flightTime) {
        public Sockets {
            requirePositive(
                    readIdle, probeTimeout, stableAfter, rotateAfter, overlap, shortestStall, longestStall, flightTime);
            if (shortestStall.compareTo(longestStall) > 0) {
                throw new IllegalArgumentException("the shortest stall, %s, is longer than the longest, %s"
                        .formatted(shortestStall, longestStall));
            }
        }
    }

    public ConnectionSettings {
        requirePositive(requestTimeout, pollTimeout, firstRetry, longestRetry, refusedPause);
    }

    private static void requirePositive(Duration... durations) {
        if (Stream.of(durations).anyMatch(duration -> !duration.isPositive())) {
            throw new IllegalArgumentException("every duration of the settings must be positive");
        }
    }

    public static ConnectionSettings defaults() {
        return new ConnectionSettings(
                InstantSource.system(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                Duration.ofMillis(500),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                new Sockets(
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        Duration.ofHours(23),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(120),
                        Duration.ofMillis(500)));
    }
}
