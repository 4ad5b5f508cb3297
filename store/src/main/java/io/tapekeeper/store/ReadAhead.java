package io.tapekeeper.store;

import io.tapekeeper.market.Trade;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Reads a long stretch of a tape ahead of its consumer: threads with connections of their own take blocks of ids in
 * turn, and the caller gets them in order. Fetching a row from SQLite takes some 500 ns of a core, most of a replay.
 *
 * <p>At most {@value #BLOCKS} blocks of {@value #BLOCK_IDS} ids are in memory. Owned by the thread that reads; an
 * interrupt is kept for later and ends nothing.
 */
final class ReadAhead implements AutoCloseable {
    private static final int BLOCK_IDS = 8_192;
    private static final int BLOCKS = 4;
    private static final int MOST_THREADS = 2; // the consumer keeps up with no more

    private static final String BLOCK =
            "SELECT " + RowMapper.TRADE + " FROM trade WHERE tape = ? AND id >= ? AND id < ? ORDER BY id";

    private static final String NEXT = "SELECT min(id) FROM trade WHERE tape = ? AND id >= ?";

    /** A connection and its statements; one block at a time. */
    private record Line(Connection connection, PreparedStatement block, PreparedStatement next) {}

    private record Block(long from, CompletableFuture<List<Trade>> trades) {}

    private final SqliteFile file;
    private final long tape;
    private final long timeBase;
    private final int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    private final ExecutorService executor = Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("read-ahead-", 1).daemon().factory());
    private final BlockingQueue<Line> idle = new LinkedBlockingQueue<>(); // one for each thread

    /** @throws SQLException where the file cannot be opened again */
    ReadAhead(SqliteFile file, long tape, long timeBase) throws SQLException {
        this.file = file;
        this.tape = tape;
        this.timeBase = timeBase;
        try {
            for (int i = 0; i < threads; i++) {
                Connection connection = file.openForReading();
                idle.add(new Line(connection, connection.prepareStatement(BLOCK), connection.prepareStatement(NEXT)));
            }
        } catch (SQLException | StoreException e) {
            close();
            throw e;
        }
    }

    /** Passes on the trades from {@code from} up to {@code to}, excluded, ascending. */
    void read(long from, long to, Consumer<Trade> out) {
        Deque<Block> ahead = new ArrayDeque<>(BLOCKS);
        long next = from;
        while (next < to || !ahead.isEmpty()) {
            while (next < to && ahead.size() < BLOCKS) {
                long begin = next;
                long end = to - begin > BLOCK_IDS ? begin + BLOCK_IDS : to;
                ahead.add(new Block(begin, ask(line -> block(line, begin, end))));
                next = end;
            }
            Block first = ahead.removeFirst();
            List<Trade> trades = join(first.trades());
            trades.forEach(out);
            if (trades.isEmpty()) { // the gap may be longer than any number of blocks
                ahead.forEach(block -> block.trades().cancel(false));
                ahead.clear();
                OptionalLong after = join(ask(line -> next(line, first.from())));
                next = Math.min(to, after.orElse(to));
            }
        }
    }

    private interface Question<T> {
        T over(Line line) throws SQLException;
    }

    private <T> CompletableFuture<T> ask(Question<T> question) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Line line = idle.remove(); // there is one: there are as many as threads
                    try {
                        return question.over(line);
                    } catch (SQLException e) {
                        throw file.failure(e);
                    } finally {
                        idle.add(line);
                    }
                },
                executor);
    }

    private static <T> T join(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw new StoreException(failure.kind(), failure.getMessage(), failure);
            }
            throw e;
        }
    }

    private List<Trade> block(Line line, long from, long to) throws SQLException {
        line.block.setLong(1, tape);
        line.block.setLong(2, from);
        line.block.setLong(3, to);
        List<Trade> trades = new ArrayList<>(BLOCK_IDS);
        try (ResultSet result = line.block.executeQuery()) {
            RowMapper row = new RowMapper(result);
            while (row.next()) {
                trades.add(row.trade(timeBase));
            }
        }
        return trades;
    }

    private OptionalLong next(Line line, long from) throws SQLException {
        return RowMapper.all(line.next, RowMapper::optional, tape, from).getFirst();
    }

    /** Ends the threads, once they have read what they are reading, and their connections. */
    @Override
    public void close() {
        executor.close();
        for (Line line : idle) {
            try {
                line.connection.close(); // its statements with it
            } catch (SQLException e) {
                throw file.failure(e);
            }
        }
    }
}
