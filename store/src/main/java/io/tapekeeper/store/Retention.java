package io.tapekeeper.store;

import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeId;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Deletes what is old, a few rows at a time so that recording goes on, and keeps the roll-ups what the rest makes of
 * them. The writer thread owns it.
 */
final class Retention {
    /** Rows of a table in one transaction: some milliseconds. */
    private static final int ROWS = 2_000;

    /**
     * A tape begins after a trade that is or will be deleted. A gap that the ledger knows is forgotten with the trades
     * before it.
     */
    static final String BEGIN = """
            UPDATE tape SET first_id = max(first_id, CASE
                WHEN EXISTS (SELECT 1 FROM gap
                             WHERE tape = ?1 AND first_id <= ?2 + 1 AND last_id > ?2)
                THEN (SELECT min(id) FROM trade WHERE tape = ?1 AND id > ?2)
                ELSE ?2 + 1 END)
            WHERE id = ?1
            """;

    /** What may go of a tape: trades before a time and up to an id, rows before a time; epoch microseconds. */
    private record Due(long tradesBefore, long lastTradeId, long rowsBefore) {
        Due and(Due later) {
            return new Due(
                    Math.max(tradesBefore, later.tradesBefore),
                    Math.max(lastTradeId, later.lastTradeId),
                    Math.max(rowsBefore, later.rowsBefore));
        }
    }

    private final WriterConnection sql;
    private final RollupWriter rollups;
    private final Map<TapeId, Due> due = new LinkedHashMap<>(); // as many as are configured

    Retention(WriterConnection sql, RollupWriter rollups) {
        this.sql = sql;
        this.rollups = rollups;
    }

    /**
     * What is older than a time is due.
     *
     * @param before epoch microseconds of the venue's clock
     */
    void add(TapeId tape, long before) {
        due.merge(tape, new Due(before, Long.MAX_VALUE, before), Due::and);
    }

    /** What led to the state at which a series begins is due. */
    void add(Series series, Checkpoint before) {
        long rowsBefore = before.lastBarStart() + series.interval().micros();
        due.merge(series.tape(), new Due(Long.MAX_VALUE, before.lastTradeId(), rowsBefore), Due::and);
    }

    boolean isDue() {
        return !due.isEmpty();
    }

    /** Runs one transaction of what is due. */
    void step() throws SQLException {
        Map.Entry<TapeId, Due> first = due.entrySet().iterator().next();
        TapeId tape = first.getKey();
        sql.begin();
        OptionalLong id = sql.number(Selects.TAPE_ID, Selects.names(tape));
        boolean more = id.isPresent() && forget(id.getAsLong(), first.getValue());
        sql.commit();
        if (!more) {
            due.remove(tape);
        }
    }

    /** Returns whether there may be more. */
    private boolean forget(long tape, Due old) throws SQLException {
        int most = forgetTrades(tape, old);
        List<Long> all = sql.rows("SELECT id FROM series WHERE tape = ?", RowMapper::number, tape);
        for (long series : all) {
            most = Math.max(most, forgetRows(tape, series, old.rowsBefore));
        }
        for (long series : all) { // when the bars that they share are gone
            rollups.trim(tape, series);
        }
        return most == ROWS;
    }

    /** Returns how many trades went. */
    private int forgetTrades(long tape, Due old) throws SQLException {
        // A start goes on from the last trade, and replays those after the newest checkpoint. A
        // trade with a time far ahead of its neighbours stops nothing.
        OptionalLong last = sql.number("""
                        SELECT max(id) FROM (
                            SELECT id, time FROM trade WHERE tape = ?1 AND id <= min(
                                (SELECT max(id) FROM trade WHERE tape = ?1) - 1,
                                ?4,
                                ifnull(
                                    (SELECT max(last_trade_id) FROM checkpoint
                                     WHERE series IN (SELECT id FROM series WHERE tape = ?1)),
                                    9223372036854775807))
                            ORDER BY id LIMIT ?2)
                        WHERE time < ?3 - (SELECT time_base FROM tape WHERE id = ?1)
                        """, tape, ROWS, old.tradesBefore, old.lastTradeId);
        if (last.isEmpty()) {
            return 0;
        }
        int forgotten = sql.update("DELETE FROM trade WHERE tape = ? AND id <= ?", tape, last.getAsLong());
        sql.update(BEGIN, tape, last.getAsLong());
        sql.update("DELETE FROM gap WHERE tape = ? AND last_id <= ?", tape, last.getAsLong());
        // A replay from these would begin with a gap.
        sql.update("""
                DELETE FROM beginning WHERE last_trade_id < ?
                    AND series IN (SELECT id FROM series WHERE tape = ?)
                """, last.getAsLong(), tape);
        sql.update("""
                DELETE FROM checkpoint WHERE last_trade_id < ?
                    AND series IN (SELECT id FROM series WHERE tape = ?)
                """, last.getAsLong(), tape);
        return forgotten;
    }

    /** Returns how many rows went from the table that lost the most. */
    private int forgetRows(long tape, long series, long before) throws SQLException {
        long interval =
                sql.number("SELECT interval FROM series WHERE id = ?", series).orElseThrow();
        long lastStart = before - interval;
        int features = sql.update("""
                        DELETE FROM feature WHERE series = ?1 AND start IN (
                            SELECT start FROM feature WHERE series = ?1 AND start <= ?2
                            ORDER BY start LIMIT ?3)
                        """, series, lastStart, ROWS);
        int bars = sql.update("""
                        DELETE FROM bar WHERE tape = ?1 AND interval = ?2 AND start IN (
                            SELECT start FROM bar
                            WHERE tape = ?1 AND interval = ?2 AND start <= ?3
                            ORDER BY start LIMIT ?4)
                        """, tape, interval, lastStart, ROWS);
        int alerts = sql.update("""
                        DELETE FROM alert WHERE series = ?1 AND (opened, rule) IN (
                            SELECT opened, rule FROM alert
                            WHERE series = ?1 AND opened < ?2 AND (closed < ?2 OR withdrawn)
                            ORDER BY opened LIMIT ?3)
                        """, series, before, ROWS);
        int signals = sql.update("""
                        DELETE FROM signal WHERE series = ?1 AND time IN (
                            SELECT time FROM signal WHERE series = ?1 AND time < ?2
                            ORDER BY time LIMIT ?3)
                        """, series, before, ROWS);
        return Math.max(Math.max(features, bars), Math.max(alerts, signals));
    }
}
