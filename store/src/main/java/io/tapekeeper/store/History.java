package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.bar.Rollup;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Reads a store file, also while a recorder writes it.
 *
 * <p>Any thread may call. All share one read-only connection, one query at a time; a long read is many short queries of
 * at most {@value #CHUNK} rows, and its consumer runs between them, so neither other readers nor the recorder wait for
 * it, and a consumer may call back. What is recorded meanwhile may therefore turn up in it. A long read of trades has
 * connections of its own and reads ahead of its consumer.
 *
 * <p>A series or tape that the store does not have gives nothing. All methods throw {@link StoreException} where the
 * file can no longer be read.
 */
public final class History implements AutoCloseable {
    /** A tape's key. */
    static final String TAPE_ID = "SELECT id FROM tape WHERE (venue, symbol, kind, simulated) = (?, ?, ?, ?)";

    /** A series' key. */
    static final String SERIES_ID = "SELECT id FROM series WHERE (tape, preset, interval) = (?, ?, ?)";

    private static final String BARS = "SELECT " + RowMapper.BAR + " FROM bar WHERE tape = ? AND interval = ?";

    private static final String FEATURES = "SELECT "
            + RowMapper.FEATURES
            + " FROM series JOIN feature ON feature.series = series.id"
            + " JOIN bar USING (tape, interval, start) WHERE series.id = ?";

    private static final String ALERTS = "SELECT " + RowMapper.ALERT + " FROM alert WHERE series = ? AND NOT withdrawn";

    private static final int CHUNK = 4_096;

    /** Ids; fewer trades are there before two more connections are. */
    private static final int LONG_STRETCH = 50_000;

    private final SqliteFile file;
    private final Connection connection;
    private final ReentrantLock lock = new ReentrantLock();

    private History(SqliteFile file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** @throws StoreException MISSING, NOT_A_DATABASE, DAMAGED, NEWER_SCHEMA, CANNOT_OPEN */
    public static History open(Path path) {
        SqliteFile file = SqliteFile.recorded(path);
        try {
            return new History(file, file.openForReading());
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    /** All series, in the order in which they were first recorded. */
    public List<Series> series() {
        return query(
                "SELECT %s FROM series JOIN tape ON tape.id = series.tape ORDER BY series.id"
                        .formatted(RowMapper.SERIES),
                RowMapper::series);
    }

    /** The lowest trade id of the tape. */
    public OptionalLong firstTradeId(TapeId tape) {
        return number("SELECT min(id) FROM trade WHERE tape = ?", id(tape));
    }

    /** The highest trade id of the tape. */
    public OptionalLong lastTradeId(TapeId tape) {
        return number("SELECT max(id) FROM trade WHERE tape = ?", id(tape));
    }

    /**
     * From which id to which one the tape reaches: those of its first and last trade, what was forgotten left out,
     * whether the rows are still there or not. O(1): the recorder notes them in the transaction that adds trades.
     */
    public Optional<IdRange> reach(TapeId tape) {
        String sql = "SELECT first_id, last_id FROM tape WHERE id = ? AND first_id IS NOT NULL";
        return query(sql, RowMapper::ids, id(tape)).stream().findFirst();
    }

    /** How many trades of the tape are stored. O(1): the recorder counts them. */
    public long tradeCount(TapeId tape) {
        return number("SELECT trades FROM tape WHERE id = ?", id(tape)).orElse(0);
    }

    /** The newest trades beyond {@code afterId}, at most {@code limit} of them, newest first. */
    public List<Trade> newestTrades(TapeId tape, long afterId, int limit) {
        String sql =
                "SELECT %s FROM trade WHERE tape = ? AND id > ? ORDER BY id DESC LIMIT ?".formatted(RowMapper.TRADE);
        long id = id(tape);
        long timeBase = timeBase(id);
        return query(sql, row -> row.trade(timeBase), id, afterId, limit);
    }

    private long timeBase(long tape) {
        return number("SELECT time_base FROM tape WHERE id = ?", tape).orElse(0);
    }

    /** What the store's content takes, its log included and room that is free left out; bytes. */
    public long usedBytes() {
        return number("SELECT (page_count - freelist_count) * page_size"
                        + " FROM pragma_page_count, pragma_freelist_count, pragma_page_size")
                .orElse(0);
    }

    /** For how long was recorded: the bars of the tape that has the most time in them. Reads all bars. */
    public Duration recordedTime() {
        String sql =
                "SELECT max(micros) FROM" + " (SELECT count(*) * interval AS micros FROM bar GROUP BY tape, interval)";
        return Duration.of(number(sql).orElse(0), ChronoUnit.MICROS);
    }

    /** The trades from {@code fromId} on, ascending. */
    public void trades(TapeId tape, long fromId, Consumer<Trade> out) {
        trades(tape, fromId, Long.MAX_VALUE, out);
    }

    /** The trades from {@code fromId} up to {@code toId}, excluded, ascending. */
    public void trades(TapeId tape, long fromId, long toId, Consumer<Trade> out) {
        String sql = "SELECT " + RowMapper.TRADE + " FROM trade WHERE tape = ?";
        long id = id(tape);
        long timeBase = timeBase(id);
        long next = Math.max(fromId, firstTradeId(tape).orElse(fromId));
        long end = Math.min(toId, lastTradeId(tape).orElse(-1) + 1); // what is recorded by now
        if (end - next > LONG_STRETCH) {
            readAhead(id, timeBase, next, end, out);
            next = end;
        }
        stream(sql, "id", next, toId, row -> row.trade(timeBase), Trade::id, out, id);
    }

    private void readAhead(long tape, long timeBase, long from, long to, Consumer<Trade> out) {
        try (ReadAhead reading = new ReadAhead(file, tape, timeBase)) {
            reading.read(from, to, out);
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    /**
     * Closed bars, ascending: those of a stored interval as they are, others made from the bars of the shortest
     * interval stored. A made bar is there once the tape has reached its end.
     *
     * @param fromStart first start, epoch microseconds
     * @param toStart behind the last start
     * @throws IllegalArgumentException where the interval is no multiple of the shortest one stored
     */
    public void bars(TapeId tape, Interval interval, long fromStart, long toStart, Consumer<StoredBar> out) {
        long id = id(tape);
        OptionalLong shortest = number("SELECT min(interval) FROM bar WHERE tape = ?", id);
        OptionalLong asked =
                number("SELECT max(interval) FROM bar WHERE tape = ? AND interval = ?", id, interval.micros());
        if (asked.isPresent()) {
            storedBars(id, interval.micros(), fromStart, toStart, out);
        } else if (shortest.isPresent()) {
            madeBars(id, new Interval(shortest.getAsLong()), interval, fromStart, toStart, out);
        }
    }

    private void storedBars(long tape, long micros, long from, long to, Consumer<StoredBar> out) {
        stream(BARS, "start", from, to, RowMapper::bar, bar -> bar.bar().start(), out, tape, micros);
    }

    private void madeBars(long tape, Interval parts, Interval whole, long from, long to, Consumer<StoredBar> out) {
        if (whole.micros() % parts.micros() != 0) {
            throw new IllegalArgumentException(
                    "%s bars cannot be made from the %s bars of this tape".formatted(whole, parts));
        }
        long end = firstFrom(whole, to);
        Making making = new Making(whole, end, out);
        storedBars(tape, parts.micros(), firstFrom(whole, from), end, making::add);
        // The last one may lack its last part; then a part of a later bar tells that it is closed.
        String next = BARS + " AND start >= ? ORDER BY start LIMIT 1";
        query(next, RowMapper::bar, tape, parts.micros(), end).forEach(making::add);
    }

    /** The first start of a bar at or after {@code time}. */
    private static long firstFrom(Interval interval, long time) {
        long length = interval.micros();
        return interval.startOf(Math.min(time, Long.MAX_VALUE - length) + length - 1);
    }

    /** Rolls stored bars up and adds their revisions. */
    private static final class Making {
        private final Interval interval;
        private final long end;
        private final Consumer<StoredBar> out;
        private final Rollup rollup;
        private long start = Long.MIN_VALUE; // of the bar that the last part belongs to
        private int revision; // sum over its parts
        private int revisionBefore; // the same of the bar before it

        Making(Interval interval, long end, Consumer<StoredBar> out) {
            this.interval = interval;
            this.end = end;
            this.out = out;
            rollup = new Rollup(interval, this::made);
        }

        void add(StoredBar part) {
            long now = interval.startOf(part.bar().start());
            if (now != start) {
                start = now;
                revisionBefore = revision;
                revision = 0;
            }
            revision += part.revision();
            rollup.add(part.bar());
        }

        private void made(Bar bar) {
            if (bar.start() < end) {
                out.accept(new StoredBar(bar, bar.start() == start ? revision : revisionBefore));
            }
        }
    }

    /**
     * Feature rows with bars that start from {@code fromStart} to {@code toStart}, excluded, ascending; epoch
     * microseconds. The mean is not stored: NaN.
     */
    public void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out) {
        storedRows(series, fromStart, toStart, stored -> out.accept(stored.row()));
    }

    void storedRows(Series series, long from, long to, Consumer<StoredRow> out) {
        ToLongFunction<StoredRow> start = stored -> stored.row().bar().start();
        stream(FEATURES, "start", from, to, RowMapper::features, start, out, id(series));
    }

    /** The last {@code limit} feature rows, ascending. */
    public List<FeatureRow> latestFeatures(Series series, int limit) {
        return featuresBefore(series, Long.MAX_VALUE, limit);
    }

    /**
     * The last {@code limit} feature rows with bars that start before {@code toStart}, ascending. O(limit), however far
     * back they lie.
     */
    public List<FeatureRow> featuresBefore(Series series, long toStart, int limit) {
        String sql = FEATURES + " AND start < ? ORDER BY start DESC LIMIT ?";
        List<FeatureRow> rows = query(sql, row -> row.features().row(), id(series), toStart, limit);
        Collections.reverse(rows);
        return rows;
    }

    /**
     * The rows of a stretch of time, of the shortest interval of which it holds no more than {@code points}: the rows
     * themselves, or what is stored of them rolled up, so that no extreme is lost and the cost does not grow with the
     * store.
     *
     * @param from first time, epoch microseconds; the first row contains it
     * @param to behind the last time, which the last row contains
     * @param points more than 0
     */
    public RowRange range(Series series, long from, long to, int points) {
        lock.lock();
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN"); // all its queries see the same rows
            try {
                return new RangeReader(this::query, id(series), series.interval()).read(from, to, points);
            } finally {
                statement.execute("COMMIT");
            }
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** The last {@code limit} alerts that hold for the tape as it is now, newest first. */
    public List<Alert> alerts(Series series, int limit) {
        String sql = ALERTS + " ORDER BY opened DESC, rule DESC LIMIT ?";
        return query(sql, RowMapper::alert, id(series), limit);
    }

    /** All of them, ascending. */
    void alerts(Series series, Consumer<Alert> out) {
        // Several rules may open at the same time, so the position is the pair of both.
        String sql = ALERTS + " AND (opened, rule) > (?, ?) ORDER BY opened, rule LIMIT ?";
        long id = id(series);
        List<Alert> chunk = query(sql, RowMapper::alert, id, Long.MIN_VALUE, "", CHUNK);
        while (!chunk.isEmpty()) {
            chunk.forEach(out);
            Alert last = chunk.getLast();
            chunk = query(sql, RowMapper::alert, id, last.opened(), last.rule().label(), CHUNK);
        }
    }

    /** The changes of the signal that hold for the tape as it is now, ascending. */
    public void signals(Series series, Consumer<SignalChange> out) {
        String sql = "SELECT " + RowMapper.SIGNAL + " FROM signal WHERE series = ? AND NOT withdrawn";
        stream(
                sql,
                "time",
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                RowMapper::signalChange,
                SignalChange::time,
                out,
                id(series));
    }

    /** The ledger of holes, ascending, open ones and settled ones. */
    public List<LedgerEntry> gaps(TapeId tape) {
        return gaps(tape, "");
    }

    /** Those holes of the ledger that somebody should still try to fill, ascending. */
    public List<LedgerEntry> openGaps(TapeId tape) {
        return gaps(tape, " AND closed IS NULL");
    }

    private List<LedgerEntry> gaps(TapeId tape, String which) {
        String sql = "SELECT %s FROM gap WHERE tape = ?%s ORDER BY first_id, last_id".formatted(RowMapper.GAP, which);
        return query(sql, RowMapper::gap, id(tape));
    }

    /**
     * Which ids from {@code fromId} to {@code toId}, both included, are not stored, ascending. O(1) memory, O(trades
     * that are there) time.
     */
    public void missingRanges(TapeId tape, long fromId, long toId, Consumer<IdRange> out) {
        long[] next = {fromId};
        String sql = "SELECT id FROM trade WHERE tape = ?";
        stream(
                sql,
                "id",
                fromId,
                toId + 1,
                RowMapper::number,
                id -> id,
                id -> {
                    if (id > next[0]) {
                        out.accept(new IdRange(next[0], id - 1));
                    }
                    next[0] = id + 1;
                },
                id(tape));
        if (next[0] <= toId) {
            out.accept(new IdRange(next[0], toId));
        }
    }

    /** How many trades of a hole are not stored; 0 = it was filled. O(trades that are there). */
    public long missing(TapeId tape, Gap gap) {
        String sql = "SELECT count(*) FROM trade WHERE tape = ? AND id BETWEEN ? AND ?";
        return gap.missing()
                - number(sql, id(tape), gap.firstId(), gap.lastId()).orElse(0);
    }

    /** The newest checkpoint. */
    public Optional<Checkpoint> checkpoint(Series series) {
        return checkpointBefore(series, Long.MAX_VALUE);
    }

    /** The newest checkpoint that has neither this trade nor a later one in it. */
    public Optional<Checkpoint> checkpointBefore(Series series, long tradeId) {
        String sql = "SELECT %s FROM checkpoint WHERE series = ? AND last_trade_id < ?".formatted(RowMapper.CHECKPOINT)
                + " ORDER BY id DESC LIMIT 1";
        return query(sql, RowMapper::checkpoint, id(series), tradeId).stream().findFirst();
    }

    /**
     * Another number than before whenever something was committed in between. Cheap: made for asking several times a
     * second. Only comparable within one {@code History}.
     */
    public long dataVersion() {
        return number("PRAGMA data_version").orElse(0);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            lock.unlock();
        }
    }

    /** The tape's key, 0 where the store does not have it. */
    private long id(TapeId tape) {
        int simulated = tape.simulated() ? 1 : 0;
        return number(TAPE_ID, tape.venue(), tape.symbol(), tape.kind().label(), simulated)
                .orElse(0);
    }

    private long id(Series series) {
        long tape = id(series.tape());
        return number(SERIES_ID, tape, series.preset(), series.interval().micros())
                .orElse(0);
    }

    /** The first number of the first row; empty where there is no row or it is NULL. */
    private OptionalLong number(String sql, Object... values) {
        List<Long> rows = query(sql, RowMapper::number, values);
        Long first = rows.isEmpty() ? null : rows.getFirst();
        return first == null ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /**
     * Reads chunk by chunk what {@code sql} gives for {@code keys}.
     *
     * @param column orders the rows, each value once
     * @param position its value in what was read
     */
    private <T> void stream(
            String sql,
            String column,
            long from,
            long to,
            WriterConnection.Reading<T> reading,
            ToLongFunction<T> position,
            Consumer<T> out,
            Object... keys) {
        String ranged = "%1$s AND %2$s >= ? AND %2$s < ? ORDER BY %2$s LIMIT ?".formatted(sql, column);
        Object[] values = Arrays.copyOf(keys, keys.length + 3);
        values[keys.length + 1] = to;
        values[keys.length + 2] = CHUNK;
        long next = from;
        boolean more = true;
        while (more) {
            values[keys.length] = next;
            List<T> chunk = query(ranged, reading, values);
            chunk.forEach(out);
            more = chunk.size() == CHUNK;
            next = more ? position.applyAsLong(chunk.getLast()) + 1 : next;
        }
    }

    private <T> List<T> query(String sql, WriterConnection.Reading<T> reading, Object... values) {
        List<T> rows = new ArrayList<>();
        lock.lock();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                RowMapper row = new RowMapper(result);
                while (row.next()) {
                    rows.add(reading.of(row));
                }
            }
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            lock.unlock();
        }
        return rows;
    }
}
