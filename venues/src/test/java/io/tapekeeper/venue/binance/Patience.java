package io.tapekeeper.venue.binance;

import java.time.Duration;
import java.time.InstantSource;

/** Settings for tests: short waits, but room for a busy machine. */
final class Patience {
    private Patience() {}

    static Settings shortRetries() {
        return settings(InstantSource.system(), Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    static Settings settings(InstantSource clock, Duration request, Duration readIdle) {
        return new Settings(
                clock,
                request,
                Duration.ofSeconds(3),
                readIdle,
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofMillis(1),
                Duration.ofMinutes(5));
    }
}
