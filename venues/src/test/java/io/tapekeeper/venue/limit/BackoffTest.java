package io.tapekeeper.venue.limit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waitsAtMostHalfASecondThenTwiceAsLongUpToThirtySeconds() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        long[] most = {500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000};
        long[] longest = new long[most.length];
        for (int run = 0; run < 1_000; run++) {
            Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), random);
            for (int i = 0; i < most.length; i++) {
                long millis = backoff.next().toMillis();
                assertTrue(millis >= 0 && millis <= most[i], "seed " + seed + ": " + millis);
                longest[i] = Math.max(longest[i], millis);
            }
        }
        for (int i = 0; i < most.length; i++) {
            assertTrue(longest[i] > most[i] * 0.9, "seed " + seed + ": no full jitter at " + i);
        }
    }

    @Test
    void neverOverflowsHoweverOftenItFails() {
        Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), new SplittableRandom(1));
        for (int i = 0; i < 10_000; i++) {
            assertTrue(backoff.next().compareTo(Duration.ofSeconds(30)) <= 0);
        }
    }

    @Test
    void beginsAnewAfterAReset() {
        Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), new SplittableRandom(1));
        assertTrue(backoff.fresh());
        for (int i = 0; i < 9; i++) {
            backoff.next();
        }
        backoff.reset();
        assertTrue(backoff.fresh());
        assertTrue(backoff.next().toMillis() <= 500);
    }
}
