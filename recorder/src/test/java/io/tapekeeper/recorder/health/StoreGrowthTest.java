package io.tapekeeper.recorder.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreGrowthTest {
    @Test
    void aStoreGrowsAsItHasGrownInTheTimeRecorded() {
        StoreGrowth growth = new StoreGrowth(50_000_000, Duration.ofHours(12));
        assertEquals(100_000_000, growth.bytesPerDay());
        assertEquals("full in 7 days: a day of recording takes 100 MB", growth.inWords(7));
    }

    @Test
    void lessThanAnHourTellsNothing() {
        StoreGrowth growth = new StoreGrowth(50_000_000, Duration.ofMinutes(59));
        assertEquals(Double.NaN, growth.bytesPerDay());
        assertEquals(
                "when it will be full is not known yet: 59 minutes are recorded, an hour is needed",
                growth.inWords(Double.NaN));
    }
}
