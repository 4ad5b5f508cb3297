package io.tapekeeper.store;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.series.RollupRow;
import java.util.List;

/**
 * The rows of a stretch of time, few enough to be drawn.
 *
 * @param interval what each of them covers
 * @param rows ascending; one whose interval the tape has not passed yet is not complete
 * @param end after the newest row that the series has, epoch microseconds; 0 where it has none
 * @param whole false while rows from before the store had roll-ups are still to be rolled up: then the oldest may be
 *     missing
 */
public record RowRange(Interval interval, List<RollupRow> rows, long end, boolean whole) {}
