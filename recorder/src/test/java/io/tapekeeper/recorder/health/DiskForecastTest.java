package io.tapekeeper.recorder.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.health.SystemHealth;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DiskForecastTest {
    private final DiskForecast forecast = new DiskForecast();

    private SystemHealth.Disk after(long minutes, long storeBytes, long freeBytes) {
        return forecast.disk(storeBytes, freeBytes, TimeUnit.MINUTES.toNanos(minutes));
    }

    @Test
    void tenMinutesOfGrowthTellWhenTheDiskIsFull() {
        assertEquals(Double.NaN, after(0, 1_000, 5_000_000).daysLeft());
        assertEquals(Double.NaN, after(9, 5_000, 5_000_000).bytesPerDay());
        SystemHealth.Disk known = after(10, 11_000, 1_440_000); // 10,000 in 10 minutes
        assertEquals(1_440_000, known.bytesPerDay(), 1e-6);
        assertEquals(1, known.daysLeft(), 1e-9);
    }

    @Test
    void onlyTheLastHourCounts() {
        after(0, 0, 1);
        for (long minute = 1; minute <= 60; minute++) {
            after(minute, 1_000_000_000, 1); // what was fetched at the start
        }
        double calm = after(61, 1_000_000_060, 1).bytesPerDay();
        assertEquals(60 * 24.0, calm, 60); // 60 bytes in about an hour
    }

    @Test
    void aStoreThatDoesNotGrowIsNeverFull() {
        after(0, 1_000, 5);
        SystemHealth.Disk known = after(20, 900, 5);
        assertEquals(0, known.bytesPerDay());
        assertEquals(Double.POSITIVE_INFINITY, known.daysLeft());
    }
}
