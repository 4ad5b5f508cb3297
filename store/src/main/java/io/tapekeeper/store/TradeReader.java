package io.tapekeeper.store;

import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.IdRange;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Reads the trades of one tape. Any thread. */
final class TradeReader {
    private static final String TRADES = "SELECT " + RowMapper.TRADE + " FROM trade WHERE tape = ?";

    private static final ChunkedQuery<Long> IDS =
            new ChunkedQuery<>("SELECT id FROM trade WHERE tape = ?", "id", RowMapper::number, id -> id);

    /** Ids; fewer trades are read before two more connections are open. */
    private static final int LONG_STRETCH = 50_000;

    private final SqliteFile file;
    private final ReaderConnection store;
    private final long tape;

    /** @param tape its key; one that is not there has no trades */
    TradeReader(SqliteFile file, ReaderConnection store, long tape) {
        this.file = file;
        this.store = store;
        this.tape = tape;
    }

    OptionalLong firstId() {
        return store.number("SELECT min(id) FROM trade WHERE tape = ?", tape);
    }

    OptionalLong lastId() {
        return store.number("SELECT max(id) FROM trade WHERE tape = ?", tape);
    }

    /** Those after {@code afterId}, at most {@code limit}, newest first. */
    List<Trade> newest(long afterId, int limit) {
        long timeBase = timeBase();
        String sql = TRADES + " AND id > ? ORDER BY id DESC LIMIT ?";
        return store.rows(sql, row -> row.trade(timeBase), tape, afterId, limit);
    }

    /** Passes on those from {@code fromId} up to {@code toId}, excluded, ascending. */
    void read(long fromId, long toId, Consumer<Trade> out) {
        long timeBase = timeBase();
        long next = Math.max(fromId, firstId().orElse(fromId));
        long end = Math.min(toId, lastId().orElse(-1) + 1); // what is recorded by now
        if (end - next > LONG_STRETCH) {
            readAhead(timeBase, next, end, out);
            next = end;
        }
        new ChunkedQuery<>(TRADES, "id", row -> row.trade(timeBase), Trade::id).read(store, next, toId, out, tape);
    }

    private void readAhead(long timeBase, long from, long to, Consumer<Trade> out) {
        try (ReadAhead reading = new ReadAhead(file, tape, timeBase)) {
            reading.read(from, to, out);
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    private long timeBase() {
        return store.number("SELECT time_base FROM tape WHERE id = ?", tape).orElse(0);
    }

    /** Passes on which ids from {@code fromId} to {@code toId}, both included, have no trade, ascending. */
    void missing(long fromId, long toId, Consumer<IdRange> out) {
        long[] next = {fromId};
        IDS.read(
                store,
                fromId,
                toId + 1,
                id -> {
                    if (id > next[0]) {
                        out.accept(new IdRange(next[0], id - 1));
                    }
                    next[0] = id + 1;
                },
                tape);
        if (next[0] <= toId) {
            out.accept(new IdRange(next[0], toId));
        }
    }

    /** How many of the ids from one to another, both included, have a trade. */
    long count(long firstId, long lastId) {
        String sql = "SELECT count(*) FROM trade WHERE tape = ? AND id BETWEEN ? AND ?";
        return store.number(sql, tape, firstId, lastId).orElse(0);
    }
}
