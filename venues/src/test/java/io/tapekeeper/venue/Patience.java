package io.tapekeeper.venue;

import java.time.Duration;
import java.time.InstantSource;

/** Settings for tests: short waits, but room for a busy machine. */
public final class Patience {
    public InstantSource clock = InstantSource.system();
    public Duration request = Duration.ofSeconds(10);
    public Duration firstRetry = Duration.ofMillis(5);
    public Duration longestRetry = Duration.ofMillis(20);
    public Duration readIdle = Duration.ofSeconds(60);
    public Duration probeTimeout = Duration.ofSeconds(60);
    public Duration stableAfter = Duration.ofMillis(1);
    public Duration rotateAfter = Duration.ofHours(23);
    public Duration overlap = Duration.ofMillis(100);
    public Duration shortestStall = Duration.ofMinutes(1);
    public Duration longestStall = Duration.ofMinutes(2);
    public Duration flightTime = Duration.ofMillis(200);

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
