package io.tapekeeper.venue.binance;

import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Stream;

/**
 * How patient to be with Binance. All of them run on monotonic time.
 *
 * @param clock our clock: stamps what arrives
 * @param requestTimeout for connecting, and for a REST answer to be complete
 * @param pollTimeout for the answer to a poll; never beyond the next boundary
 * @param readIdle without any frame, pings included, for this long a socket is taken for dead.
 *     Binance pings every 20 s, but some of its edges were seen to ping every 3 minutes; a quiet
 *     market is then reconnected for nothing, which costs no trade
 * @param firstRetry the longest first wait before another attempt; doubled at each failure
 * @param longestRetry where the doubling ends
 * @param stableAfter how long data must have come before failures are forgotten
 * @param refusedPause between attempts where the venue says that it does not want us (HTTP 403 or
 *     451, or a subscription refused): going on would bring a ban, and waiting seldom helps
 */
public record Settings(
        InstantSource clock,
        Duration requestTimeout,
        Duration pollTimeout,
        Duration readIdle,
        Duration firstRetry,
        Duration longestRetry,
        Duration stableAfter,
        Duration refusedPause) {
    public Settings {
        if (Stream.of(
                        requestTimeout,
                        pollTimeout,
                        readIdle,
                        firstRetry,
                        longestRetry,
                        stableAfter,
                        refusedPause)
                .anyMatch(duration -> duration.isNegative() || duration.isZero())) {
            throw new IllegalArgumentException("every duration of the settings must be positive");
        }
    }

    public static Settings defaults() {
        return new Settings(
                InstantSource.system(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(3),
                Duration.ofSeconds(90),
                Duration.ofMillis(500),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5));
    }
}
