package io.tapekeeper.store;

import io.tapekeeper.market.Side;
import io.tapekeeper.market.TradeView;
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

/** Inserts tapes and their trades within the transaction of {@link TransactionWriter}, whose thread owns it. */
final class TradeInserts {
    /**
     * Trades of one INSERT: shared by so many, a statement's own cost hardly counts. What a tape has left at the end of
     * a transaction goes in by smaller ones.
     */
    private static final int MOST_AT_ONCE = 50;

    private static final int[] AT_ONCE = {MOST_AT_ONCE, 8, 1};
    private static final List<String> INSERTS =
            Arrays.stream(AT_ONCE).mapToObj(TradeInserts::insert).toList();
    private static final int COLUMNS = 7; // without the tape, which is the same for all

    /** Counts what was added, and moves both ends of the tape outward to it. */
    private static final String ADDED = """
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

    private final WriterConnection sql;
    private final Map<TapeId, TapeRow> tapes = new HashMap<>(); // as many as are configured
    private TapeId latestId;
    private TapeRow latest; // of the last trade: most come from one tape for a while

    TradeInserts(WriterConnection sql) {
        this.sql = sql;
    }

    private static String insert(int count) {
        return "INSERT INTO trade (tape, id, price, size, time, received, side, raw) VALUES "
                + String.join(", ", Collections.nCopies(count, "(?1, ?, ?, ?, ?, ?, ?, ?)"))
                + " ON CONFLICT DO NOTHING";
    }

    /** The key of a tape, which is added where it is not there. */
    int id(TapeId tape) throws SQLException {
        return row(tape).id;
    }

    /** Takes a trade, to be inserted with others; it must stay as it is until {@link #insertRest}. */
    void add(TapeId tape, TradeView trade) throws SQLException {
        if (!tape.equals(latestId)) {
            latest = row(tape);
            latestId = tape;
        }
        latest.waiting.add(trade);
        if (latest.waiting.size() == MOST_AT_ONCE) {
            insertWaiting(latest);
        }
    }

    /** Inserts the trades that were too few for an INSERT of many. */
    void insertRest() throws SQLException {
        for (TapeRow each : tapes.values()) {
            insertWaiting(each);
        }
    }

    /** Writes into the tapes what was added; returns how many trades. */
    long count() throws SQLException {
        long all = 0;
        for (TapeRow tape : tapes.values()) {
            if (tape.added > 0) {
                sql.update(ADDED, tape.added, tape.lowest, tape.highest, tape.id);
                all += tape.added;
            }
        }
        return all;
    }

    void committed() {
        tapes.values().forEach(TapeRow::committed);
    }

    /** Forgets all: a key may have been given in the transaction that was taken back. */
    void rollback() {
        tapes.clear();
        latestId = null;
        latest = null;
    }

    /**
     * Tapes may come mixed; the trades of each are inserted together, in their order, by the largest statements that
     * they fill.
     */
    private void insertWaiting(TapeRow tape) throws SQLException {
        List<TradeView> waiting = tape.waiting;
        int from = 0;
        for (int size = 0; size < AT_ONCE.length; size++) {
            int count = AT_ONCE[size];
            for (; waiting.size() - from >= count; from += count) {
                insert(sql.prepared(INSERTS.get(size)), tape, waiting.subList(from, from + count));
            }
        }
        waiting.clear();
    }

    private void insert(PreparedStatement insert, TapeRow tape, List<TradeView> trades) throws SQLException {
        long timeBase = timeBase(tape, trades.getFirst());
        insert.setInt(1, tape.id);
        int bound = 1;
        for (TradeView trade : trades) {
            bind(insert, bound, timeBase, trade);
            tape.came(trade.id());
            bound += COLUMNS;
        }
        tape.added += insert.executeUpdate();
    }

    /** What is subtracted from the times of a tape's trades: the time of its first one. */
    private long timeBase(TapeRow tape, TradeView first) throws SQLException {
        if (tape.timeBase.isEmpty()) {
            sql.update("UPDATE tape SET time_base = ? WHERE id = ? AND time_base IS NULL", first.venueTime(), tape.id);
            tape.timeBase = sql.number("SELECT time_base FROM tape WHERE id = ?", tape.id);
        }
        return tape.timeBase.getAsLong();
    }

    private static void bind(PreparedStatement insert, int before, long timeBase, TradeView trade) throws SQLException {
        insert.setLong(before + 1, trade.id());
        insert.setLong(before + 2, trade.price());
        insert.setLong(before + 3, trade.size());
        insert.setLong(before + 4, trade.venueTime() - timeBase);
        insert.setLong(before + 5, trade.receivedTime() - trade.venueTime());
        insert.setInt(before + 6, ColumnValues.flag(trade.aggressor() == Side.BUY));
        insert.setInt(before + 7, trade.rawTrades());
    }

    private TapeRow row(TapeId tape) throws SQLException {
        TapeRow known = tapes.get(tape);
        if (known == null) {
            Object[] names = Selects.names(tape);
            sql.update("""
                    INSERT INTO tape (venue, symbol, kind, simulated)
                    VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """, names);
            known = new TapeRow((int) sql.number(Selects.TAPE_ID, names).orElseThrow());
            tapes.put(tape, known);
        }
        return known;
    }
}
