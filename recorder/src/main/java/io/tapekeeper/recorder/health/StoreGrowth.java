package io.tapekeeper.recorder.health;

import java.time.Duration;
import java.util.Locale;

/**
 * How fast a store grows while it is recorded, by what it has become in all the time that it was. What {@code --keep}
 * will forget is not taken off.
 *
 * @param bytes what its content takes
 * @param recorded for how long was recorded, pauses left out
 */
public record StoreGrowth(long bytes, Duration recorded) {
    /** In less the empty file itself and an hour's mood weigh too much. */
    private static final Duration SHORTEST = Duration.ofHours(1);

    private static final double DAY_SECONDS = Duration.ofDays(1).toSeconds();

    /** Of recording; NaN where too little was recorded to tell. */
    public double bytesPerDay() {
        return recorded.compareTo(SHORTEST) < 0 ? Double.NaN : bytes * DAY_SECONDS / recorded.toSeconds();
    }

    /** @param daysLeft until the disk is full; NaN where that cannot be told */
    public String inWords(double daysLeft) {
        return Double.isNaN(daysLeft)
                ? "when it is full cannot be told yet: %d minutes are recorded, an hour is needed"
                        .formatted(recorded.toMinutes())
                : String.format(
                        Locale.ROOT,
                        "full in %.0f days: a day of recording takes %.0f MB",
                        daysLeft,
                        bytesPerDay() / 1e6);
    }
}
