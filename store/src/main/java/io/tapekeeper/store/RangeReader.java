package io.tapekeeper.store;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.series.RollupRow;
import io.tapekeeper.series.RowRollup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads a stretch of time from the level that holds it in few rows. What a level does not have yet, the interval that
 * is still open, is made of the levels below: at most ten rows of each.
 *
 * <p>Used within one transaction, by one thread.
 */
final class RangeReader {
    private record Extent(Long first, Long last, Long unrolled) {}

    private static final String EXTENT = """
            SELECT (SELECT min(start) FROM feature WHERE series = ?1),
                (SELECT max(start) FROM feature WHERE series = ?1),
                (SELECT unrolled FROM series WHERE id = ?1)
            """;

    private final ReaderConnection store;
    private final long series;
    private final Interval interval;
    private final List<Interval> levels; // the rows themselves before the others

    RangeReader(ReaderConnection store, long series, Interval interval) {
        this.store = store;
        this.series = series;
        this.interval = interval;
        levels = new ArrayList<>(RollupLevels.of(interval));
        levels.addFirst(interval);
    }

    RowRange read(long from, long to, int points) {
        Extent extent = store.rows(EXTENT, row -> new Extent(row.number(), row.number(), row.number()), series)
                .getFirst();
        if (extent.last() == null) {
            return new RowRange(interval, List.of(), 0, true);
        }
        boolean whole = extent.unrolled() == null;
        long end = extent.last() + interval.micros();
        long first = Math.max(from, extent.first());
        long stop = Math.min(to, end);
        if (first >= stop) {
            return new RowRange(interval, List.of(), end, whole);
        }
        int level = 0;
        while (level < levels.size() - 1 && count(levels.get(level), first, stop) > points) {
            level++;
        }
        Interval shortest = levels.get(level);
        long together = Math.ceilDiv(count(shortest, first, stop), points);
        // Cut again, they may reach over one more boundary; the longest level alone needs this.
        Interval shown = together == 1 ? shortest : times(together + 1, shortest);
        List<RollupRow> rows = new ArrayList<>();
        RowRollup rollup = new RowRollup(shown, rows::add);
        long wholeTo = Math.min(shown.startOf(stop - 1) + shown.micros(), end);
        read(level, shown.startOf(first), wholeTo, end, rollup::add);
        rollup.finish();
        return new RowRange(shown, rows, end, whole);
    }

    private static Interval times(long count, Interval interval) {
        return new Interval(count * interval.micros());
    }

    /** How many intervals a stretch reaches into. */
    private static long count(Interval interval, long from, long to) {
        return interval.numberOf(to - 1) - interval.numberOf(from) + 1;
    }

    /** @param end of the newest row */
    private void read(int level, long from, long to, long end, Consumer<RollupRow> out) {
        long next = from;
        for (int at = level; at >= 0 && next < to; at--) {
            long closed = Math.min(to, levels.get(at).startOf(end));
            if (next < closed) {
                rows(at, next, closed).forEach(out);
                next = closed;
            }
        }
    }

    private List<RollupRow> rows(int level, long from, long to) {
        return level == 0
                ? store.rows(
                        Selects.ROWS_BETWEEN, row -> RollupRow.of(row.features().row()), series, from, to)
                : store.rows(
                        Selects.ROLLUPS_BETWEEN,
                        RowMapper::rollup,
                        series,
                        levels.get(level).micros(),
                        from,
                        to);
    }
}
