package io.tapekeeper.recorder.health;

import java.time.Duration;
import java.util.Locale;

/**
 * How fast a store grows while trades are recorded: its size over all the time recorded so far. What {@code --keep}
 * will delete is not subtracted.
 *
 * @param bytes size of its content
 * @param recorded how long trades were recorded, without pauses
 */
public record StoreGrowth(long bytes, Duration recorded) {
    /** Over less time the empty file and one busy or calm hour would weigh too much. */
    private static final Duration SHORTEST = Duration.ofHours(1);

    private static final double DAY_SECONDS = Duration.ofDays(1).toSeconds();

    /** Growth by a day of recording; NaN until enough is recorded. */
    public double bytesPerDay() {
        return recorded.compareTo(SHORTEST) < 0 ? Double.NaN : bytes * DAY_SECONDS / recorded.toSeconds();
    }

    /** @param daysLeft days until the disk is full; NaN where that is not known */
    public String inWords(double daysLeft) {
        return Double.isNaN(daysLeft)
                ? "when it will be full is not known yet: %d minutes are recorded, an hour is needed"
                        .formatted(recorded.toMinutes())
                : String.format(
                        Locale.ROOT,
                        "full in %.0f days: a day of recording takes %.0f MB",
                        daysLeft,
                        bytesPerDay() / 1e6);
    }
}
