package io.tapekeeper.store;

import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeId;

/** The SELECT statements that the writer and the readers of a store have in common. */
final class Selects {
    /** A tape's key, by {@link #names(TapeId)}. */
    static final String TAPE_ID = "SELECT id FROM tape WHERE (venue, symbol, kind, simulated) = (?, ?, ?, ?)";

    /** A series' key, by {@link #names(long, Series)}. */
    static final String SERIES_ID = "SELECT id FROM series WHERE (tape, preset, interval) = (?, ?, ?)";

    /** What a store's content takes in bytes, its log included and free room left out. */
    static final String USED_BYTES = "SELECT (page_count - freelist_count) * page_size"
            + " FROM pragma_page_count, pragma_freelist_count, pragma_page_size";

    private static final String OF_SERIES = " FROM series JOIN feature ON feature.series = series.id"
            + " JOIN bar USING (tape, interval, start) WHERE series.id = ?";

    /** The feature rows of a series with their bars, by its key. */
    static final String ROWS = "SELECT " + RowMapper.FEATURES + OF_SERIES;

    /** When the first of them starts. */
    static final String FIRST_START = "SELECT start" + OF_SERIES + " ORDER BY start LIMIT 1";

    /** The closes of these rows from a start on, and their returns; at most so many. */
    static final String CLOSES_FROM =
            "SELECT start, close, return" + OF_SERIES + " AND start >= ? ORDER BY start LIMIT ?";

    /** When the first trade of a tape was made, by its key. */
    static final String FIRST_TRADE_TIME = """
            SELECT time + (SELECT time_base FROM tape WHERE id = ?1) FROM trade WHERE tape = ?1 ORDER BY id LIMIT 1
            """;

    private static final String BETWEEN = " AND start >= ? AND start < ? ORDER BY start";

    /** Those that start in a stretch of time, its end excluded. */
    static final String ROWS_BETWEEN = ROWS + BETWEEN;

    /** The roll-ups of a series at one interval that start in a stretch of time, its end excluded. */
    static final String ROLLUPS_BETWEEN =
            "SELECT " + RowMapper.ROLLUP + " FROM rollup WHERE series = ? AND interval = ?" + BETWEEN;

    private Selects() {}

    /** What a tape is found by. */
    static Object[] names(TapeId tape) {
        return new Object[] {tape.venue(), tape.symbol(), tape.kind().label(), ColumnValues.flag(tape.simulated())};
    }

    /**
     * What a series is found by.
     *
     * @param tape the key of its tape
     */
    static Object[] names(long tape, Series series) {
        return new Object[] {tape, series.preset(), series.interval().micros()};
    }
}
