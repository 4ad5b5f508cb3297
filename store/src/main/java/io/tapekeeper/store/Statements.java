package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Cause;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.TapeId;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What each {@link Entry} is in SQL. A restart may say again what was said before: only sessions
 * and checkpoints are then added once more.
 *
 * <p>The writer thread owns it.
 */
final class Statements {
    /**
     * Trades an INSERT: a statement's own cost, shared by many, is hardly felt. What a tape has
     * left at the end of a transaction goes in by smaller ones.
     */
    private static final int MOST_TRADES_AT_ONCE = 50;

    private static final int[] TRADES_AT_ONCE = {MOST_TRADES_AT_ONCE, 8, 1};
    private static final List<String> TRADES =
            Arrays.stream(TRADES_AT_ONCE).mapToObj(Statements::trades).toList();
    private static final int TRADE_COLUMNS = 7; // but for the tape, which is one for all

    /** Bars an INSERT, and rows of features: the same for those of a tape that is fast. */
    private static final int ROWS_AT_ONCE = 8;

    private static final String BAR = bars(1);
    private static final String BARS = bars(ROWS_AT_ONCE);
    private static final int BAR_COLUMNS = 13;

    private static final String FEATURE = features(1);
    private static final String FEATURES = features(ROWS_AT_ONCE);
    private static final int FEATURE_COLUMNS = 11;

    private static final String ALERT_CLOSED =
            upsert(
                    "alert",
                    "series, opened, rule",
                    "severity, closed, value, threshold, reason",
                    1,
                    "");

    private static final String ALERT_OPENED = ALERT_CLOSED + ", withdrawn = 0";

    private static final String SIGNAL =
            upsert("signal", "series, time", "model, signal, price, zscore", 1, ", withdrawn = 0");

    /** How many checkpoints of a series are kept: one is enough, more tell what happened. */
    private static final int CHECKPOINTS = 3;

    /** At how many open holes of a tape, the newest, the checkpoint before is kept as well. */
    private static final int PINNED = 64;

    /** Counts what was added, and moves both ends of the tape outward to it. */
    private static final String TRADES_ADDED =
            """
            UPDATE tape SET (trades, first_id, last_id) =
                (trades + ?1, min(ifnull(first_id, ?2), ?2), max(ifnull(last_id, ?3), ?3))
            WHERE id = ?4
            """;

    /** A tape's key, and which of its trades came since the last commit. */
    private static final class TapeRow {
        private final int id;
        private final List<TradeView> waiting = new ArrayList<>(); // not inserted yet, in order
        private OptionalLong timeBase = OptionalLong.empty(); // known from the first trade on
        private long added;
        private long lowest;
        private long highest;

        TapeRow(int id) {
            this.id = id;
            committed();
        }

        void came(long tradeId) {
            lowest = Math.min(lowest, tradeId);
            highest = Math.max(highest, tradeId);
        }

        void committed() {
            added = 0;
            lowest = Long.MAX_VALUE;
            highest = Long.MIN_VALUE;
        }
    }

    private final Prepared sql;
    private final RollupWriter rollups;
    private final Map<TapeId, TapeRow> tapes = new HashMap<>(); // as many as are configured
    private final Map<Series, Integer> series = new HashMap<>(); // as many as are configured
    private boolean begun; // there is a transaction
    private int taken; // entries of the batch whose trades and rows are in it, or gathered for it
    private final List<Object> bars = new ArrayList<>(ROWS_AT_ONCE * BAR_COLUMNS);
    private final List<Object> features = new ArrayList<>(ROWS_AT_ONCE * FEATURE_COLUMNS);

    Statements(Prepared sql, RollupWriter rollups) {
        this.sql = sql;
        this.rollups = rollups;
    }

    private static String trades(int count) {
        return "INSERT INTO trade (tape, id, price, size, time, received, side, raw) VALUES "
                + String.join(", ", Collections.nCopies(count, "(?1, ?, ?, ?, ?, ?, ?, ?)"))
                + " ON CONFLICT DO NOTHING";
    }

    private static String bars(int count) {
        return revised(
                "bar",
                "tape, interval, start",
                "open, high, low, close, volume, quote_volume, taker_buy_volume, trades,"
                        + " complete, carried",
                count);
    }

    private static String features(int count) {
        return revised(
                "feature",
                "series, start",
                "return, log_return, volatility, volatility_annual, baseline, zscore, signal,"
                        + " rules, complete",
                count);
    }

    /** An insert that changes a row, and its revision, where the key is there with other values. */
    private static String revised(String table, String key, String values, int count) {
        return upsert(table, key, values, count, ", revision = revision + 1")
                + " WHERE (%s) IS NOT (%s)".formatted(numbers(values), numbers(excluded(values)));
    }

    /** Sums are text, and earlier versions wrote all zeros of eight places. */
    private static String numbers(String columns) {
        return columns.replaceAll("(excluded\\.)?\\w*volume", "rtrim($0, '0')");
    }

    private static String upsert(String table, String key, String values, int count, String more) {
        String columns = key + ", " + values;
        String row = "(" + columns.replaceAll("\\w+", "?") + ")";
        return "INSERT INTO %s (%s) VALUES %s ON CONFLICT DO UPDATE SET (%s) = (%s)%s"
                .formatted(
                        table,
                        columns,
                        String.join(", ", Collections.nCopies(count, row)),
                        values,
                        excluded(values),
                        more);
    }

    private static String excluded(String columns) {
        return Arrays.stream(columns.split(", "))
                .map(column -> "excluded." + column)
                .collect(Collectors.joining(", "));
    }

    /**
     * Puts the trades and rows of a batch that grows into its transaction, as far as they are many
     * enough: what {@link #commit} has to do then is little.
     */
    void ahead(List<Said> batch) throws SQLException {
        if (batch.size() >= MOST_TRADES_AT_ONCE) {
            take(batch);
        }
    }

    /**
     * Puts what was said into one transaction, and ends it. Trades and rows go first, many at a
     * time: within a transaction nobody sees the order.
     *
     * @param batch the one that {@link #ahead} was given, or any where {@link #rollback} was called
     *     since
     * @return how many trades it added
     */
    long commit(List<Said> batch) throws SQLException {
        take(batch);
        for (TapeRow each : tapes.values()) {
            insertWaiting(each);
        }
        insertRows();
        for (Said said : batch) {
            if (!said.isTrade()) {
                run(said.entry());
            }
        }
        long added = countTrades();
        rollups.write();
        sql.commit();
        tapes.values().forEach(TapeRow::committed);
        taken = 0;
        begun = false;
        return added;
    }

    /** Takes back what {@link #ahead} and {@link #commit} did before one of them failed. */
    void rollback() throws SQLException {
        sql.rollback();
        tapes.clear(); // their keys may have been given in the transaction
        series.clear();
        bars.clear();
        features.clear();
        rollups.rollback();
        taken = 0;
        begun = false;
    }

    private void take(List<Said> batch) throws SQLException {
        if (!begun) {
            sql.begin();
            begun = true;
        }
        TapeId last = null;
        TapeRow tape = null;
        for (; taken < batch.size(); taken++) {
            Said said = batch.get(taken);
            if (!said.isTrade()) {
                if (said.entry() instanceof Entry.Closed closed) {
                    row(closed);
                }
                continue;
            }
            if (!said.tape().equals(last)) {
                last = said.tape();
                tape = tape(last);
            }
            tape.waiting.add(said.trade());
            if (tape.waiting.size() == MOST_TRADES_AT_ONCE) {
                insertWaiting(tape);
            }
        }
    }

    private void run(Entry entry) throws SQLException {
        switch (entry) {
            case Entry.Closed closed -> {} // is there already
            case Entry.Alerted(Series of, Alert said) -> alert(id(of), said);
            case Entry.Signalled(Series of, SignalChange said) -> signal(id(of), said);
            case Entry.Withdrawn(Series of, long from, long to) -> withdraw(id(of), from, to);
            case Entry.Missed said -> missed(tape(said.tape()).id, said.gap(), said);
            case Entry.Settled said -> settled(tape(said.tape()).id, said);
            case Entry.Saved(Series of, Checkpoint said) -> checkpoint(id(of), said);
            case Entry.Rewound(Series of, long from) -> rewind(id(of), from);
            case Entry.Happened said -> happened(tape(said.tape()).id, said);
            case Entry.Forgotten said -> {} // has transactions of its own
            case Entry.Barrier barrier -> {} // concerns the queue, not the file
            case Entry.Stop stop -> {}
        }
    }

    private long countTrades() throws SQLException {
        long all = 0;
        for (TapeRow tape : tapes.values()) {
            if (tape.added > 0) {
                update(TRADES_ADDED, tape.added, tape.lowest, tape.highest, tape.id);
                all += tape.added;
            }
        }
        return all;
    }

    /**
     * Tapes may come mixed; of each, trades are inserted together, in their order, as many an
     * INSERT as there is a statement for.
     */
    private void insertWaiting(TapeRow tape) throws SQLException {
        List<TradeView> waiting = tape.waiting;
        int from = 0;
        for (int size = 0; size < TRADES_AT_ONCE.length; size++) {
            int count = TRADES_AT_ONCE[size];
            for (; waiting.size() - from >= count; from += count) {
                insert(sql.prepared(TRADES.get(size)), tape, waiting.subList(from, from + count));
            }
        }
        waiting.clear();
    }

    private void insert(PreparedStatement insert, TapeRow tape, List<TradeView> trades)
            throws SQLException {
        long timeBase = timeBase(tape, trades.getFirst());
        insert.setInt(1, tape.id);
        int bound = 1;
        for (TradeView trade : trades) {
            bind(insert, bound, timeBase, trade);
            tape.came(trade.id());
            bound += TRADE_COLUMNS;
        }
        tape.added += insert.executeUpdate();
    }

    /** What is taken from the times of a tape's trades; that of the first one decides. */
    private long timeBase(TapeRow tape, TradeView first) throws SQLException {
        if (tape.timeBase.isEmpty()) {
            update(
                    "UPDATE tape SET time_base = ? WHERE id = ? AND time_base IS NULL",
                    first.venueTime(),
                    tape.id);
            tape.timeBase = sql.number("SELECT time_base FROM tape WHERE id = ?", tape.id);
        }
        return tape.timeBase.getAsLong();
    }

    private static void bind(PreparedStatement insert, int before, long timeBase, TradeView trade)
            throws SQLException {
        insert.setLong(before + 1, trade.id());
        insert.setLong(before + 2, trade.price());
        insert.setLong(before + 3, trade.size());
        insert.setLong(before + 4, trade.venueTime() - timeBase);
        insert.setLong(before + 5, trade.receivedTime() - trade.venueTime());
        insert.setInt(before + 6, trade.aggressor() == Side.BUY ? 1 : 0);
        insert.setInt(before + 7, trade.rawTrades());
    }

    /** A bar that closed, and its features. */
    private void row(Entry.Closed closed) throws SQLException {
        int series = id(closed.series());
        int tape = tape(closed.series().tape()).id;
        rollups.row(tape, series, closed.row());
        bars.addAll(bar(tape, closed.row().bar()));
        features.addAll(features(series, closed.row()));
        if (bars.size() == ROWS_AT_ONCE * BAR_COLUMNS) {
            update(BARS, bars.toArray());
            update(FEATURES, features.toArray());
            bars.clear();
            features.clear();
        }
    }

    /** The rows that are too few for an INSERT of many. */
    private void insertRows() throws SQLException {
        for (int at = 0; at < bars.size(); at += BAR_COLUMNS) {
            update(BAR, bars.subList(at, at + BAR_COLUMNS).toArray());
        }
        for (int at = 0; at < features.size(); at += FEATURE_COLUMNS) {
            update(FEATURE, features.subList(at, at + FEATURE_COLUMNS).toArray());
        }
        bars.clear();
        features.clear();
    }

    private static List<Object> bar(int tape, Bar bar) {
        return Arrays.asList(
                tape,
                bar.interval().micros(),
                bar.start(),
                bar.open(),
                bar.high(),
                bar.low(),
                bar.close(),
                sum(bar.volume(), Amount.SIZE_PLACES),
                sum(bar.quoteVolume(), Amount.QUOTE_PLACES),
                sum(bar.takerBuyVolume(), Amount.SIZE_PLACES),
                bar.trades(),
                flag(bar.complete()),
                flag(bar.carried()));
    }

    private static List<Object> features(int series, FeatureRow row) {
        FeatureValues values = row.values();
        return Arrays.asList(
                series,
                row.bar().start(),
                real(values.change()),
                real(values.logReturn()),
                real(values.volatility()),
                real(values.annualised()),
                real(values.baseline()),
                real(values.zScore()),
                position(row.signal()),
                row.rules(),
                flag(row.complete()));
    }

    private void alert(int id, Alert said) throws SQLException {
        update(
                said.isOpen() ? ALERT_OPENED : ALERT_CLOSED,
                id,
                said.opened(),
                said.rule().label(),
                said.rule().severity().label(),
                said.isOpen() ? null : said.closed(),
                real(said.value()),
                real(said.threshold()),
                said.reason());
    }

    private void signal(int id, SignalChange said) throws SQLException {
        int position = position(said.signal());
        update(SIGNAL, id, said.time(), said.model(), position, said.price(), real(said.zScore()));
    }

    private void withdraw(int id, long from, long to) throws SQLException {
        // One that opened before holds; its end is what the corrected tape may say anew.
        update(
                """
                UPDATE alert SET closed = NULL
                WHERE series = ? AND opened < ? AND closed >= ? AND closed < ?
                """,
                id,
                from,
                from,
                to);
        update(
                "UPDATE alert SET withdrawn = 1 WHERE series = ? AND opened >= ? AND opened < ?",
                id,
                from,
                to);
        update(
                "UPDATE signal SET withdrawn = 1 WHERE series = ? AND time >= ? AND time < ?",
                id,
                from,
                to);
    }

    private void missed(int id, Gap gap, Entry.Missed said) throws SQLException {
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

    private void settled(int id, Entry.Settled said) throws SQLException {
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

    private static boolean fillable(Cause cause) {
        return switch (cause) {
            case MISSED, UNRESOLVED -> true;
            case ABSENT, BLANKED, BEYOND_RETENTION -> false;
        };
    }

    private void checkpoint(int id, Checkpoint said) throws SQLException {
        update(
                "DELETE FROM checkpoint WHERE series = ? AND last_trade_id = ?",
                id,
                said.lastTradeId());
        update(
                """
                INSERT INTO checkpoint (series, last_trade_id, last_bar_start, state)
                VALUES (?, ?, ?, ?)
                """,
                id,
                said.lastTradeId(),
                said.lastBarStart(),
                said.state());
        update(
                """
                DELETE FROM checkpoint WHERE series = ?1
                    AND id NOT IN
                        (SELECT id FROM checkpoint WHERE series = ?1 ORDER BY id DESC LIMIT ?2)
                    AND last_trade_id + 1 NOT IN
                        (SELECT first_id FROM gap
                         WHERE tape = (SELECT tape FROM series WHERE id = ?1) AND closed IS NULL
                         ORDER BY first_id DESC LIMIT ?3)
                """,
                id,
                CHECKPOINTS,
                PINNED);
    }

    private void rewind(int id, long fromTradeId) throws SQLException {
        update("DELETE FROM checkpoint WHERE series = ? AND last_trade_id >= ?", id, fromTradeId);
    }

    private void happened(int id, Entry.Happened said) throws SQLException {
        learnSteps(id, said.instrument());
        update(
                "INSERT INTO session (tape, time, event, detail) VALUES (?, ?, ?, ?)",
                id,
                said.time(),
                said.event(),
                said.detail());
    }

    private TapeRow tape(TapeId tape) throws SQLException {
        TapeRow known = tapes.get(tape);
        if (known == null) {
            Object[] key = {
                tape.venue(), tape.symbol(), tape.kind().label(), flag(tape.simulated())
            };
            update(
                    """
                    INSERT INTO tape (venue, symbol, kind, simulated)
                    VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                    key);
            known = new TapeRow(key(History.TAPE_ID, key));
            tapes.put(tape, known);
        }
        return known;
    }

    private int id(Series of) throws SQLException {
        Integer known = series.get(of);
        if (known == null) {
            int tape = tape(of.tape()).id;
            learnSteps(tape, of.instrument());
            Object[] key = {tape, of.preset(), of.interval().micros()};
            update(
                    """
                    INSERT INTO series (tape, preset, interval)
                    VALUES (?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                    key);
            known = key(History.SERIES_ID, key);
            series.put(of, known);
        }
        return known;
    }

    /** Venues change their steps now and then: the last ones said are kept. */
    private void learnSteps(int tape, Instrument instrument) throws SQLException {
        update(
                """
                UPDATE tape SET (price_step, size_step) = (?1, ?2)
                WHERE id = ?3 AND (price_step, size_step) IS NOT (?1, ?2)
                """,
                instrument.priceStep(),
                instrument.sizeStep(),
                tape);
    }

    private int update(String statement, Object... values) throws SQLException {
        return sql.update(statement, values);
    }

    /** The key of a row that is there. */
    private int key(String select, Object... values) throws SQLException {
        return (int) sql.number(select, values).orElseThrow();
    }

    /** Exact, with one zero behind the point at most: on disk each costs a byte. */
    static String sum(Amount amount, int places) {
        String text = amount.format(places);
        int end = text.length();
        while (text.charAt(end - 1) == '0' && text.charAt(end - 2) != '.') {
            end--;
        }
        return text.substring(0, end);
    }

    static int flag(boolean value) {
        return value ? 1 : 0;
    }

    static Double real(double value) {
        return Double.isNaN(value) ? null : value;
    }

    static int position(Signal signal) {
        return switch (signal) {
            case BUY -> 1;
            case SELL -> -1;
            case NEUTRAL -> 0;
        };
    }
}
