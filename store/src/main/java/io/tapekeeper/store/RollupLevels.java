package io.tapekeeper.store;

import io.tapekeeper.bar.Interval;
import java.util.Arrays;
import java.util.List;

/**
 * The lengths at which the rows of a series are kept rolled up, shortest first.
 *
 * <p>Of seconds: 10 s, 1 min, 10 min, 1 h, 6 h, 2 d. Each is at most ten of the one before, so any range of more than
 * 2,000 rows is at least 200 rows of one of them and at most 2,000, up to eleven years; and they are lengths that
 * people know.
 */
final class RollupLevels {
    private static final int[] ROWS = {10, 60, 600, 3_600, 21_600, 172_800};

    private RollupLevels() {}

    static List<Interval> of(Interval series) {
        return Arrays.stream(ROWS).mapToObj(rows -> times(rows, series)).toList();
    }

    private static Interval times(int rows, Interval series) {
        return new Interval(rows * series.micros());
    }
}
