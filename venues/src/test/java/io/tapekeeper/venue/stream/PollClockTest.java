package io.tapekeeper.venue.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.venue.ClockOffset;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PollClockTest {
    private long wallMicros = 1_790_000_000_000_000L;
    private long nanos = 77;
    private final PollClock clock = new PollClock(
            () -> Instant.ofEpochSecond(wallMicros / 1_000_000, wallMicros % 1_000_000 * 1_000), () -> nanos);

    private void pass(long wall, long monotonic) {
        wallMicros += wall;
        nanos += monotonic * 1_000;
    }

    @Test
    void isCarriedOnByTheMonotonicClockAlone() {
        clock.set(new ClockOffset(250, 4));
        pass(3_000_000, 1_000);
        assertEquals(1_790_000_000_001_250L, clock.now());
        assertEquals(1_000, clock.elapsed());
    }

    @Test
    void tellsAJumpOfTheWallClockOnce() {
        clock.set(new ClockOffset(0, 4));
        pass(500, 500);
        assertEquals(0, clock.jumped());
        pass(60_000_500, 500);
        assertEquals(60_000_000, clock.jumped());
        pass(500, 500);
        assertEquals(0, clock.jumped());
        pass(-4_000_000, 0);
        assertEquals(-4_000_000, clock.jumped());
    }
}
