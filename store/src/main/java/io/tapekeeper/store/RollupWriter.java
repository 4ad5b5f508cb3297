package io.tapekeeper.store;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.RollupRow;
import io.tapekeeper.series.RowRollup;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Keeps the roll-ups of all series what their rows make of them, within the transaction that changes the rows.
 *
 * <p>After every transaction, each interval of each {@link RollupLevels level} that ended at or before the end of the
 * newest row is there if it has rows, and equals what they give; the one that the newest row leaves open is not there,
 * and readers make it of the levels below.
 *
 * <p>What a row costs: those that come in order of time are gathered in memory, and every tenth writes one row of the
 * first level. All else (a row that is revised or said again, the first interval after a start, and every further
 * level) is made again from the level below, at most ten rows each, so nothing about it has to outlive the process.
 *
 * <p>Rows from before the store had roll-ups are rolled up little by little, the newest first, beside what is recorded:
 * at most a tenth of the writer's time.
 *
 * <p>The writer thread owns it.
 */
final class RollupWriter {
    /** Rows of before that are rolled up in one transaction: some milliseconds. */
    private static final int FILLED_ROWS = 2_000;

    private static final int SHARE = 10;

    private static final String COLUMNS = "series, " + RowMapper.ROLLUP;

    private static final String STORED =
            "INSERT OR REPLACE INTO rollup (%s) VALUES (%s)".formatted(COLUMNS, COLUMNS.replaceAll("\\w+", "?"));

    /** The series whose rows have the same bars. */
    private record Bars(long tape, Interval interval) {}

    /** What is known of the rows of one series. */
    private static final class Rows {
        private final long series;
        private final List<Interval> levels;
        private final Interval first; // of the levels
        private final RowRollup gathered;
        private final List<RollupRow> closed = new ArrayList<>(); // of the first level
        private final TreeSet<Long> touched = new TreeSet<>(); // starts at the first level
        private long end; // of the newest row; Long.MIN_VALUE = none
        private long endBefore; // the same before this transaction
        private long gatheredFrom; // what was gathered from this start on is all there is
        private long unrolled; // see the schema; where there are none of before, never asked for

        Rows(long series, Interval interval, OptionalLong newest, OptionalLong unrolled) {
            this.series = series;
            this.unrolled = unrolled.orElse(Long.MIN_VALUE);
            levels = RollupLevels.of(interval);
            first = levels.getFirst();
            end = newest.isPresent() ? newest.getAsLong() + interval.micros() : Long.MIN_VALUE;
            endBefore = end;
            gatheredFrom = hasRows() && end != open() ? open() + first.micros() : Long.MIN_VALUE;
            gathered = new RowRollup(first, row -> {
                if (row.bar().start() >= gatheredFrom) {
                    closed.add(row);
                }
            });
        }

        private boolean hasRows() {
            return end != Long.MIN_VALUE;
        }

        /** Start of the interval of the first level that is still open. */
        private long open() {
            return first.startOf(end);
        }

        void add(FeatureRow row) {
            if (row.bar().start() < end) {
                touch(row.bar().start());
                return;
            }
            boolean unknown = hasRows() && open() < gatheredFrom;
            long before = unknown ? open() : 0;
            end = row.bar().end();
            if (unknown && before < open()) {
                touched.add(before);
            }
            gathered.add(RollupRow.of(row));
        }

        /** A row at {@code start}, or the bar that it belongs to, has changed. */
        void touch(long start) {
            if (!hasRows() || start >= end) {
                return;
            }
            long its = first.startOf(start);
            if (its < open()) {
                touched.add(its);
            } else {
                gatheredFrom = its + first.micros();
            }
        }
    }

    private final WriterConnection sql;
    private final Map<Bars, Map<Long, Rows>> known = new HashMap<>(); // as many as are configured
    private boolean filling = true; // whether any may have rows that are still to be rolled up
    private long restUntil; // monotonic, nanoseconds

    RollupWriter(WriterConnection sql) {
        this.sql = sql;
        restUntil = System.nanoTime();
    }

    /** A row that is being said, whether new, revised or the same as before; to be called before it is written. */
    void row(long tape, long series, FeatureRow row) throws SQLException {
        Interval interval = row.bar().interval();
        Map<Long, Rows> all = all(tape, interval);
        Rows its = all.get(series);
        if (its == null) {
            its = load(series, interval);
            all.put(series, its);
        }
        its.add(row);
        if (all.size() > 1) { // the same tape was also watched with another preset
            for (Rows other : all.values()) {
                if (other != its) {
                    other.touch(row.bar().start());
                }
            }
        }
    }

    /** A feature of the row at {@code start} was computed. */
    void touch(long tape, Interval interval, long series, long start) throws SQLException {
        all(tape, interval).get(series).touch(start);
    }

    /** Brings the roll-ups up to date: before the transaction is committed. */
    void write() throws SQLException {
        fill();
        for (Map<Long, Rows> all : known.values()) {
            for (Rows rows : all.values()) {
                write(rows);
            }
        }
    }

    /** Forgets what it knows: a transaction was taken back. */
    void rollback() {
        known.clear();
        filling = true;
    }

    /** The first rows of a series were deleted; brings its roll-ups up to date. */
    void trim(long tape, long series) throws SQLException {
        Interval interval = new Interval(
                sql.number("SELECT interval FROM series WHERE id = ?", series).orElseThrow());
        OptionalLong left = sql.number(Selects.FIRST_START, series);
        for (Interval level : RollupLevels.of(interval)) {
            sql.update(
                    "DELETE FROM rollup WHERE series = ? AND interval = ? AND start < ?",
                    series,
                    level.micros(),
                    left.isPresent() ? level.startOf(left.getAsLong()) : Long.MAX_VALUE);
        }
        Rows rows = load(series, interval); // what is gathered has rows in it that are gone
        all(tape, interval).put(series, rows);
        if (left.isPresent()) {
            rows.touch(left.getAsLong());
        }
        write(rows);
    }

    private Map<Long, Rows> all(long tape, Interval interval) throws SQLException {
        Bars bars = new Bars(tape, interval);
        Map<Long, Rows> all = known.get(bars);
        if (all == null) {
            all = new HashMap<>();
            known.put(bars, all);
            String same = "SELECT id FROM series WHERE tape = ? AND interval = ?";
            for (long series : sql.rows(same, RowMapper::number, tape, interval.micros())) {
                all.put(series, load(series, interval));
            }
        }
        return all;
    }

    private Rows load(long series, Interval interval) throws SQLException {
        return new Rows(
                series,
                interval,
                sql.number("SELECT max(start) FROM feature WHERE series = ?", series),
                sql.number("SELECT unrolled FROM series WHERE id = ?", series));
    }

    private void write(Rows rows) throws SQLException {
        if (rows.closed.isEmpty() && rows.touched.isEmpty() && rows.end == rows.endBefore) {
            return;
        }
        TreeSet<Long> written = new TreeSet<>(rows.touched);
        for (RollupRow row : rows.closed) {
            store(rows.series, row);
            written.add(row.bar().start());
        }
        for (long start : rows.touched) {
            List<RollupRow> parts = fromRows(rows.series, start, start + rows.first.micros());
            make(rows.series, rows.first, start, parts);
        }
        for (int at = 1; at < rows.levels.size(); at++) {
            Interval below = rows.levels.get(at - 1);
            Interval level = rows.levels.get(at);
            TreeSet<Long> wholes = new TreeSet<>();
            written.forEach(start -> wholes.add(level.startOf(start)));
            if (rows.endBefore != Long.MIN_VALUE) { // it may have ended in a gap
                wholes.add(level.startOf(rows.endBefore));
            }
            written = new TreeSet<>(wholes.headSet(level.startOf(rows.end)));
            for (long start : written) {
                List<RollupRow> parts = sql.rows(
                        Selects.ROLLUPS_BETWEEN,
                        RowMapper::rollup,
                        rows.series,
                        below.micros(),
                        start,
                        start + level.micros());
                make(rows.series, level, start, parts);
            }
        }
        rows.closed.clear();
        rows.touched.clear();
        rows.endBefore = rows.end;
    }

    private List<RollupRow> fromRows(long series, long from, long to) throws SQLException {
        return sql.rows(Selects.ROWS_BETWEEN, row -> RollupRow.of(row.features().row()), series, from, to);
    }

    /** Writes what the parts of one interval give; deletes what is there where there are none. */
    private void make(long series, Interval interval, long start, List<RollupRow> parts) throws SQLException {
        if (parts.isEmpty()) {
            sql.update(
                    "DELETE FROM rollup WHERE series = ? AND interval = ? AND start = ?",
                    series,
                    interval.micros(),
                    start);
            return;
        }
        List<RollupRow> whole = new ArrayList<>(1);
        RowRollup rollup = new RowRollup(interval, whole::add);
        parts.forEach(rollup::add);
        rollup.finish();
        store(series, whole.getFirst());
    }

    private void store(long series, RollupRow row) throws SQLException {
        List<Object> values = new ArrayList<>();
        values.add(series);
        BarColumns.add(values, row.bar());
        for (Feature feature : RollupRow.FEATURES) {
            values.add(ColumnValues.real(row.low().of(feature)));
            values.add(ColumnValues.real(row.high().of(feature)));
        }
        values.add(ColumnValues.position(row.signal()));
        values.add(row.rules());
        values.add(ColumnValues.flag(row.complete()));
        sql.update(STORED, values.toArray());
    }

    /** Rolls some of the rows up that were recorded before there were roll-ups. */
    private void fill() throws SQLException {
        if (!filling || System.nanoTime() - restUntil < 0) {
            return;
        }
        long began = System.nanoTime();
        OptionalLong next = sql.number("SELECT id FROM series WHERE unrolled IS NOT NULL LIMIT 1");
        if (next.isEmpty()) {
            filling = false;
            return;
        }
        long series = next.getAsLong();
        long tape = sql.number("SELECT tape FROM series WHERE id = ?", series).orElseThrow();
        long micros =
                sql.number("SELECT interval FROM series WHERE id = ?", series).orElseThrow();
        fill(all(tape, new Interval(micros)).get(series));
        long now = System.nanoTime();
        restUntil = now + SHARE * (now - began);
    }

    private void fill(Rows rows) throws SQLException {
        OptionalLong oldest = sql.number("""
                        SELECT start FROM feature WHERE series = ? AND start < ?
                        ORDER BY start DESC LIMIT 1 OFFSET ?
                        """, rows.series, rows.unrolled, FILLED_ROWS);
        long from = oldest.isPresent() ? rows.first.startOf(oldest.getAsLong()) : Long.MIN_VALUE;
        RowRollup rollup = new RowRollup(rows.first, row -> {
            if (row.bar().start() < rows.open()) {
                rows.closed.add(row);
            }
        });
        fromRows(rows.series, from, rows.unrolled).forEach(rollup::add);
        rollup.finish();
        rows.unrolled = from;
        sql.update("UPDATE series SET unrolled = ? WHERE id = ?", oldest.isPresent() ? from : null, rows.series);
    }
}
