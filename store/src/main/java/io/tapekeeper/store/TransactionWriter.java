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
 * Writes batches of trades and commands, each {@link WriteCommand} in its SQL, one transaction a batch. After a restart
 * entries may come a second time: only sessions and checkpoints are then added once more.
 *
 * <p>The writer thread owns it.
 */
final class TransactionWriter {
    private static final String ALERT_CLOSED =
            Upsert.of("alert", "series, opened, rule", "severity, closed, value, threshold, reason", 1, "");

    private static final String ALERT_OPENED = ALERT_CLOSED + ", withdrawn = 0";

    private static final String SIGNAL =
            Upsert.of("signal", "series, time", "model, signal, price, zscore", 1, ", withdrawn = 0");

    /** How many checkpoints of a series are kept: one is enough, more show what happened. */
    private static final int CHECKPOINTS = 3;

    /** At how many open gaps of a tape, the newest, the checkpoint before is kept as well. */
    private static final int PINNED = 64;

    /**
     * From how many entries on a batch is inserted before it ends: where so many come within a quarter of a second,
     * inserting them all at its end would keep a processor for milliseconds.
     */
    private static final int AHEAD_FROM = 1_000;

    /** Entries that are inserted ahead at a time: half a millisecond. */
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
     * Puts a batch into one transaction, and ends it. Trades and rows go first, many at a time: no reader sees the
     * order within a transaction.
     *
     * @param batch where {@link #ahead} was called since the last commit or rollback, the same one, grown
     * @return how many trades it added
     */
    long commit(List<WriteSlot> batch) throws SQLException {
        take(batch, batch.size());
        trades.insertRest();
        rows.insertRest();
        for (WriteSlot slot : batch) {
            if (!slot.isTrade()) {
                run(slot.command());
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
            WriteSlot slot = batch.get(taken);
            if (slot.isTrade()) {
                trades.add(slot.tape(), slot.trade());
            } else if (slot.command() instanceof WriteCommand.Closed(Series of, FeatureRow row)) {
                int its = id(of);
                int tape = trades.id(of.tape());
                rollups.row(tape, its, row);
                fill.row(its, of, row, rows.add(tape, its, row));
            }
        }
    }

    private void run(WriteCommand command) throws SQLException {
        switch (command) {
            case WriteCommand.Closed closed -> {} // is there already
            case WriteCommand.Alerted(Series of, Alert alert) -> alert(id(of), alert);
            case WriteCommand.Signalled(Series of, SignalChange change) -> signal(id(of), change);
            case WriteCommand.Withdrawn(Series of, long from, long to) -> withdraw(id(of), from, to);
            case WriteCommand.Missed missed -> missed(trades.id(missed.tape()), missed.gap(), missed);
            case WriteCommand.Settled settled -> settled(trades.id(settled.tape()), settled);
            case WriteCommand.Saved(Series of, Checkpoint checkpoint) -> checkpoint(id(of), checkpoint);
            case WriteCommand.Rewound(Series of, long from) -> rewind(id(of), from);
            case WriteCommand.Happened happened -> happened(trades.id(happened.tape()), happened);
            case WriteCommand.Begun begun ->
                begun(id(begun.series()), trades.id(begun.series().tape()), begun);
            case WriteCommand.Forgotten forgotten -> {} // has transactions of its own
            case WriteCommand.Barrier barrier -> {} // concerns the queue, not the file
            case WriteCommand.Stop stop -> {}
        }
    }

    private void alert(int id, Alert alert) throws SQLException {
        sql.update(
                alert.isOpen() ? ALERT_OPENED : ALERT_CLOSED,
                id,
                alert.opened(),
                alert.rule().label(),
                alert.rule().severity().label(),
                alert.isOpen() ? null : alert.closed(),
                ColumnValues.real(alert.value()),
                ColumnValues.real(alert.threshold()),
                alert.reason());
    }

    private void signal(int id, SignalChange change) throws SQLException {
        int position = ColumnValues.position(change.signal());
        sql.update(
                SIGNAL,
                id,
                change.time(),
                change.model(),
                position,
                change.price(),
                ColumnValues.real(change.zScore()));
    }

    private void withdraw(int id, long from, long to) throws SQLException {
        // One that opened before holds; the corrected tape may give it another end.
        sql.update("""
                UPDATE alert SET closed = NULL
                WHERE series = ? AND opened < ? AND closed >= ? AND closed < ?
                """, id, from, from, to);
        sql.update("UPDATE alert SET withdrawn = 1 WHERE series = ? AND opened >= ? AND opened < ?", id, from, to);
        sql.update("UPDATE signal SET withdrawn = 1 WHERE series = ? AND time >= ? AND time < ?", id, from, to);
    }

    private void missed(int id, Gap gap, WriteCommand.Missed missed) throws SQLException {
        // A replay reports a gap as missed again, whatever was found out about it since.
        sql.update(
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
                missed.cause().label(),
                missed.time(),
                fillable(missed.cause()) ? null : missed.time());
    }

    private void settled(int id, WriteCommand.Settled settled) throws SQLException {
        boolean open = settled.repairedBy().isEmpty() && fillable(settled.cause());
        sql.update(
                """
                UPDATE gap SET (cause, closed, repaired_by) = (?, ?, ?)
                WHERE tape = ? AND first_id = ? AND last_id = ? AND closed IS NULL
                """,
                settled.cause().label(),
                open ? null : settled.time(),
                settled.repairedBy().orElse(null),
                id,
                settled.ids().first(),
                settled.ids().last());
    }

    private static boolean fillable(GapCause cause) {
        return switch (cause) {
            case MISSED, UNRESOLVED -> true;
            case ABSENT, BLANKED, BEYOND_RETENTION -> false;
        };
    }

    private void checkpoint(int id, Checkpoint checkpoint) throws SQLException {
        sql.update("DELETE FROM checkpoint WHERE series = ? AND last_trade_id = ?", id, checkpoint.lastTradeId());
        sql.update("""
                INSERT INTO checkpoint (series, last_trade_id, last_bar_start, state)
                VALUES (?, ?, ?, ?)
                """, id, checkpoint.lastTradeId(), checkpoint.lastBarStart(), checkpoint.state());
        sql.update("""
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
        sql.update("DELETE FROM checkpoint WHERE series = ? AND last_trade_id >= ?", id, fromTradeId);
        sql.update("DELETE FROM beginning WHERE series = ? AND last_trade_id >= ?", id, fromTradeId);
    }

    /** The tape begins after the trade of {@code begun}, also while older ones wait to be deleted. */
    private void begun(int id, int tape, WriteCommand.Begun begun) throws SQLException {
        Checkpoint before = begun.before();
        sql.update("""
                INSERT OR REPLACE INTO beginning (series, last_trade_id, last_bar_start, state, further)
                VALUES (?, ?, ?, ?, ?)
                """, id, before.lastTradeId(), before.lastBarStart(), before.state(), begun.further());
        sql.update(Retention.BEGIN, tape, before.lastTradeId());
        fill.beginsAfter(id, before.lastBarStart());
    }

    private void happened(int id, WriteCommand.Happened happened) throws SQLException {
        learnSteps(id, happened.instrument());
        sql.update(
                "INSERT INTO session (tape, time, event, detail) VALUES (?, ?, ?, ?)",
                id,
                happened.time(),
                happened.event(),
                happened.detail());
    }

    private int id(Series of) throws SQLException {
        Integer known = series.get(of);
        if (known == null) {
            int tape = trades.id(of.tape());
            learnSteps(tape, of.instrument());
            Object[] names = Selects.names(tape, of);
            sql.update("""
                    INSERT INTO series (tape, preset, interval)
                    VALUES (?, ?, ?) ON CONFLICT DO NOTHING
                    """, names);
            known = (int) sql.number(Selects.SERIES_ID, names).orElseThrow();
            series.put(of, known);
        }
        return known;
    }

    /** Venues change their steps now and then: the latest are kept. */
    private void learnSteps(int tape, Instrument instrument) throws SQLException {
        sql.update("""
                UPDATE tape SET (price_step, size_step) = (?1, ?2)
                WHERE id = ?3 AND (price_step, size_step) IS NOT (?1, ?2)
                """, instrument.priceStep(), instrument.sizeStep(), tape);
    }
}
