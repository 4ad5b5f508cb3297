package io.tapekeeper.venue.binance;

import io.tapekeeper.venue.ConnectionSettings;
import java.time.Duration;
import java.time.InstantSource;

/** Settings for tests: short waits, but room for a busy machine. */
public final class Patience {
    InstantSource clock = InstantSource.system();
    Duration request = Duration.ofSeconds(10);
    Duration firstRetry = Duration.ofMillis(5);
    Duration longestRetry = Duration.ofMillis(20);
    Duration readIdle = Duration.ofSeconds(60);
    Duration probeTimeout = Duration.ofSeconds(60);
    Duration stableAfter = Duration.ofMillis(1);
    Duration rotateAfter = Duration.ofHours(23);
    Duration overlap = Duration.ofMillis(100);
    Duration shortestStall = Duration.ofMinutes(1);
    Duration longestStall = Duration.ofMinutes(2);
    Duration flightTime = Duration.ofMillis(200);

    public ConnectionSettings settings() {
        return new ConnectionSettings(
                clock,
                request,
                Duration.ofSeconds(3),
                firstRetry,
                longestRetry,
                Duration.ofMinutes(5),
                new ConnectionSettings.Sockets(
                        readIdle,
                        probeTimeout,
                        stableAfter,
                        rotateAfter,
                        overlap,
                        shortestStall,
                        longestStall,
                        flightTime));
    }

    public static ConnectionSettings shortRetries() {
        return new Patience().settings();
    }

    public static ConnectionSettings settings(InstantSource clock, Duration request, Duration readIdle) {
        Patience patience = new Patience();
        patience.clock = clock;
        patience.request = request;
        patience.readIdle = readIdle;
        return patience.settings();
    }
}
