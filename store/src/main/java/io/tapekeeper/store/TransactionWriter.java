package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What each {@link WriteCommand} is in SQL. A restart may say again what was said before: only sessions and checkpoints
 * are then added once more.
 *
 * <p>The writer thread owns it.
 */
final class TransactionWriter {
    private static final String ALERT_CLOSED =
            Upsert.of("alert", "series, opened, rule", "severity, closed, value, threshold, reason", 1, "");

    private static final String ALERT_OPENED = ALERT_CLOSED + ", withdrawn = 0";

    private static final String SIGNAL =
            Upsert.of("signal", "series, time", "model, signal, price, zscore", 1, ", withdrawn = 0");

    /** How many checkpoints of a series are kept: one is enough, more tell what happened. */
    private static final int CHECKPOINTS = 3;

    /** At how many open holes of a tape, the newest, the checkpoint before is kept as well. */
    private static final int PINNED = 64;

    /**
     * From how many entries on a batch is inserted before it ends: where so many come within a quarter of a second,
     * doing it at once would keep a processor for milliseconds.
     */
    private static final int AHEAD_FROM = 1_000;

    /** Entries that are inserted at a time: half a millisecond. */
    private static final int AHEAD = 500;

    private final WriterConnection sql;
    private final RollupWriter rollups;
    private final TradeInserts trades;
    private final RowInserts rows;
    private final FeatureFill fill;
    private final Map<Series, Integer> series = new HashMap<>(); // as many as are configured
    private boolean begun; // there is a transaction
    private int taken; // entries of the batch whose trades and rows are in it, or gathered for it

    TransactionWriter(WriterConnection sql, RollupWriter rollups) {
        this.sql = sql;
        this.rollups = rollups;
        trades = new TradeInserts(sql);
        rows = new RowInserts(sql);
        fill = new FeatureFill(sql, rollups);
    }

    /**
     * Inserts some of the trades and rows of a large batch that still grows, so that {@link #commit} has little to do.
     * From then on, no other program can write until the commit.
     */
    void ahead(List<WriteSlot> batch) throws SQLException {
        if (batch.size() >= AHEAD_FROM) {
            take(batch, Math.min(batch.size(), taken + AHEAD));
        }
    }

    /**
     * Puts what was said into one transaction, and ends it. Trades and rows go first, many at a time: within a
     * transaction nobody sees the order.
     *
     * @param batch where {@link #ahead} was called since the last commit or rollback, the same one, grown
     * @return how many trades it added
     */
    long commit(List<WriteSlot> batch) throws SQLException {
        take(batch, batch.size());
        trades.insertRest();
        rows.insertRest();
        for (WriteSlot said : batch) {
            if (!said.isTrade()) {
                run(said.entry());
            }
        }
        long added = trades.count();
        fill.step();
        rollups.write();
        sql.commit();
        trades.committed();
        taken = 0;
        begun = false;
        return added;
    }

    /** What is computed of features that rows of earlier versions lack. */
    FeatureFill fill() {
        return fill;
    }

    /** Takes back what {@link #ahead} and {@link #commit} did before one of them failed. */
    void rollback() throws SQLException {
        sql.rollback();
        trades.rollback();
        rows.clear();
        series.clear();
        rollups.rollback();
        fill.rollback();
        taken = 0;
        begun = false;
    }

    private void take(List<WriteSlot> batch, int upTo) throws SQLException {
        if (!begun) {
            sql.begin();
            begun = true;
        }
        for (; taken < upTo; taken++) {
            WriteSlot said = batch.get(taken);
            if (said.isTrade()) {
                trades.add(said.tape(), said.trade());
            } else if (said.entry() instanceof WriteCommand.Closed(Series of, FeatureRow row)) {
                int its = id(of);
                int tape = trades.id(of.tape());
                rollups.row(tape, its, row);
                fill.row(its, of, row, rows.add(tape, its, row));
            }
        }
    }

    private void run(WriteCommand entry) throws SQLException {
        switch (entry) {
            case WriteCommand.Closed closed -> {} // is there already
            case WriteCommand.Alerted(Series of, Alert said) -> alert(id(of), said);
            case WriteCommand.Signalled(Series of, SignalChange said) -> signal(id(of), said);
            case WriteCommand.Withdrawn(Series of, long from, long to) -> withdraw(id(of), from, to);
            case WriteCommand.Missed said -> missed(trades.id(said.tape()), said.gap(), said);
            case WriteCommand.Settled said -> settled(trades.id(said.tape()), said);
            case WriteCommand.Saved(Series of, Checkpoint said) -> checkpoint(id(of), said);
            case WriteCommand.Rewound(Series of, long from) -> rewind(id(of), from);
            case WriteCommand.Happened said -> happened(trades.id(said.tape()), said);
            case WriteCommand.Begun said ->
                begun(id(said.series()), trades.id(said.series().tape()), said);
            case WriteCommand.Forgotten said -> {} // has transactions of its own
            case WriteCommand.Barrier barrier -> {} // concerns the queue, not the file
            case WriteCommand.Stop stop -> {}
        }
    }

    private void alert(int id, Alert said) throws SQLException {
        update(
                said.isOpen() ? ALERT_OPENED : ALERT_CLOSED,
                id,
                said.opened(),
                said.rule().label(),
                said.rule().severity().label(),
                said.isOpen() ? null : said.closed(),
                ColumnValues.real(said.value()),
                ColumnValues.real(said.threshold()),
                said.reason());
    }

    private void signal(int id, SignalChange said) throws SQLException {
        int position = ColumnValues.position(said.signal());
        update(SIGNAL, id, said.time(), said.model(), position, said.price(), ColumnValues.real(said.zScore()));
    }

    private void withdraw(int id, long from, long to) throws SQLException {
        // One that opened before holds; its end is what the corrected tape may say anew.
        update("""
                UPDATE alert SET closed = NULL
                WHERE series = ? AND opened < ? AND closed >= ? AND closed < ?
                """, id, from, from, to);
        update("UPDATE alert SET withdrawn = 1 WHERE series = ? AND opened >= ? AND opened < ?", id, from, to);
        update("UPDATE signal SET withdrawn = 1 WHERE series = ? AND time >= ? AND time < ?", id, from, to);
    }

    private void missed(int id, Gap gap, WriteCommand.Missed said) throws SQLException {
        // A replay says a hole as missed again, whatever was found out about it since.
        update(
                """
                INSERT INTO gap (tape, first_id, last_id, before, after, cause, opened, closed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET (cause, closed) = (excluded.cause, excluded.closed)
                WHERE closed IS NULL AND excluded.cause <> 'missed'
                """,
                id,
                gap.firstId(),
                gap.lastId(),
                gap.before(),
                gap.after(),
                said.cause().label(),
                said.time(),
                fillable(said.cause()) ? null : said.time());
    }

    private void settled(int id, WriteCommand.Settled said) throws SQLException {
        boolean open = said.repairedBy().isEmpty() && fillable(said.cause());
        update(
                """
                UPDATE gap SET (cause, closed, repaired_by) = (?, ?, ?)
                WHERE tape = ? AND first_id = ? AND last_id = ? AND closed IS NULL
                """,
                said.cause().label(),
                open ? null : said.time(),
                said.repairedBy().orElse(null),
                id,
                said.ids().first(),
                said.ids().last());
    }

    private static boolean fillable(GapCause cause) {
        return switch (cause) {
            case MISSED, UNRESOLVED -> true;
            case ABSENT, BLANKED, BEYOND_RETENTION -> false;
        };
    }

    private void checkpoint(int id, Checkpoint said) throws SQLException {
        update("DELETE FROM checkpoint WHERE series = ? AND last_trade_id = ?", id, said.lastTradeId());
        update("""
                INSERT INTO checkpoint (series, last_trade_id, last_bar_start, state)
                VALUES (?, ?, ?, ?)
                """, id, said.lastTradeId(), said.lastBarStart(), said.state());
        update("""
                DELETE FROM checkpoint WHERE series = ?1
                    AND id NOT IN
                        (SELECT id FROM checkpoint WHERE series = ?1 ORDER BY id DESC LIMIT ?2)
                    AND last_trade_id + 1 NOT IN
                        (SELECT first_id FROM gap
                         WHERE tape = (SELECT tape FROM series WHERE id = ?1) AND closed IS NULL
                         ORDER BY first_id DESC LIMIT ?3)
                """, id, CHECKPOINTS, PINNED);
    }

    private void rewind(int id, long fromTradeId) throws SQLException {
        update("DELETE FROM checkpoint WHERE series = ? AND last_trade_id >= ?", id, fromTradeId);
        update("DELETE FROM beginning WHERE series = ? AND last_trade_id >= ?", id, fromTradeId);
    }

    /** The tape begins after the trade of {@code said}, also while older ones wait to be deleted. */
    private void begun(int id, int tape, WriteCommand.Begun said) throws SQLException {
        Checkpoint before = said.before();
        update("""
                INSERT OR REPLACE INTO beginning (series, last_trade_id, last_bar_start, state, further)
                VALUES (?, ?, ?, ?, ?)
                """, id, before.lastTradeId(), before.lastBarStart(), before.state(), said.further());
        update(Retention.BEGIN, tape, before.lastTradeId());
        fill.beginsAfter(id, before.lastBarStart());
    }

    private void happened(int id, WriteCommand.Happened said) throws SQLException {
        learnSteps(id, said.instrument());
        update(
                "INSERT INTO session (tape, time, event, detail) VALUES (?, ?, ?, ?)",
                id,
                said.time(),
                said.event(),
                said.detail());
    }

    private int id(Series of) throws SQLException {
        Integer known = series.get(of);
        if (known == null) {
            int tape = trades.id(of.tape());
            learnSteps(tape, of.instrument());
            Object[] names = Selects.names(tape, of);
            update("""
                    INSERT INTO series (tape, preset, interval)
                    VALUES (?, ?, ?) ON CONFLICT DO NOTHING
                    """, names);
            known = (int) sql.number(Selects.SERIES_ID, names).orElseThrow();
            series.put(of, known);
        }
        return known;
    }

    /** Venues change their steps now and then: the last ones said are kept. */
    private void learnSteps(int tape, Instrument instrument) throws SQLException {
        update("""
                UPDATE tape SET (price_step, size_step) = (?1, ?2)
                WHERE id = ?3 AND (price_step, size_step) IS NOT (?1, ?2)
                """, instrument.priceStep(), instrument.sizeStep(), tape);
    }

    private int update(String statement, Object... values) throws SQLException {
        return sql.update(statement, values);
    }
}
