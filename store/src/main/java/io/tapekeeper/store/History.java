package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.bar.Rollup;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
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
 * <p>Any thread may call. All share one read-only connection, one query at a time; a long read is
 * many short queries of at most {@value #CHUNK} rows, and its consumer runs between them, so
 * neither other readers nor the recorder wait for it, and a consumer may call back. What is
 * recorded meanwhile may therefore turn up in it.
 *
 * <p>A series or tape that the store does not have gives nothing. All methods throw {@link
 * StoreException} where the file can no longer be read.
 */
public final class History implements AutoCloseable {
    /** A tape's key. */
    static final String TAPE_ID =
            "SELECT id FROM tape WHERE (venue, symbol, kind, simulated) = (?, ?, ?, ?)";

    /** A series' key. */
    static final String SERIES_ID =
            "SELECT id FROM series WHERE (tape, preset, interval) = (?, ?, ?)";

    private static final int CHUNK = 4_096;

    private static final String BARS =
            """
            start, open, high, low, close, volume, quote_volume, taker_buy_volume, bar.trades,
            bar.complete, carried, bar.revision, interval\
            """;

    private static final String FEATURES =
            """
            SELECT %s, return, log_return, volatility, volatility_annual, baseline, zscore, signal,
                rules, feature.complete, feature.revision
            FROM series JOIN feature ON feature.series = series.id JOIN bar USING (tape, interval, start)
            WHERE series.id = ? AND start\
            """
                    .formatted(BARS);

    private static final String ALERTS =
            """
            SELECT rule, opened, closed, value, threshold, reason
            FROM alert WHERE series = ? AND NOT withdrawn\
            """;

    /** Makes one row of a result into what it stands for. */
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final SqliteFile file;
    private final Connection connection;
    private final ReentrantLock lock = new ReentrantLock();

    private History(SqliteFile file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * @throws StoreException MISSING, NOT_A_DATABASE, NEWER_SCHEMA, CANNOT_OPEN
     */
    public static History open(Path path) {
        SqliteFile file = place(path);
        if (!file.holdsStore()) {
            throw new StoreException(
                    Kind.MISSING, "nothing has been recorded in %s yet.".formatted(file.path()));
        }
        try {
            return new History(file, file.openForReading());
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    private static SqliteFile place(Path path) {
        if (!Files.exists(path)) {
            throw new StoreException(
                    Kind.MISSING,
                    "there is no file %s: record first, or name another file."
                            .formatted(path.toAbsolutePath()));
        }
        if (Files.isDirectory(path)) {
            throw new StoreException(
                    Kind.CANNOT_OPEN, path.toAbsolutePath() + " is a folder: name a file in it.");
        }
        try {
            return new SqliteFile(path.toRealPath());
        } catch (IOException e) {
            throw new StoreException(
                    Kind.CANNOT_OPEN,
                    "%s cannot be read (%s): check the permissions."
                            .formatted(path.toAbsolutePath(), e.getMessage()),
                    e);
        }
    }

    /** All series, in the order in which they were first recorded. */
    public List<Series> series() {
        return query(
                """
                SELECT venue, symbol, kind, simulated, price_step, size_step, preset, interval
                FROM series JOIN tape ON tape.id = series.tape ORDER BY series.id\
                """,
                row ->
                        new Series(
                                new TapeId(
                                        row.getString(1),
                                        row.getString(2),
                                        TapeKind.parse(row.getString(3)),
                                        row.getBoolean(4)),
                                new Instrument(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getLong(5),
                                        row.getLong(6)),
                                row.getString(7),
                                new Interval(row.getLong(8))));
    }

    /** The highest trade id of the tape. */
    public OptionalLong lastTradeId(TapeId tape) {
        return queryNumber("SELECT max(id) FROM trade WHERE tape = ?", id(tape));
    }

    /** How many trades of the tape are stored. O(1): the recorder counts them. */
    public long tradeCount(TapeId tape) {
        return queryNumber("SELECT trades FROM tape WHERE id = ?", id(tape)).orElse(0);
    }

    /** The trades from {@code fromId} on, ascending. */
    public void trades(TapeId tape, long fromId, Consumer<Trade> out) {
        stream(
                """
                SELECT id, price, size, side, time, time + received, raw
                FROM trade WHERE tape = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?\
                """,
                id(tape),
                fromId,
                Long.MAX_VALUE,
                row ->
                        new Trade(
                                row.getLong(1),
                                row.getLong(2),
                                row.getLong(3),
                                row.getInt(4) == 1 ? Side.BUY : Side.SELL,
                                row.getLong(5),
                                row.getLong(6),
                                row.getInt(7)),
                Trade::id,
                out);
    }

    /**
     * Closed bars, ascending: those of a stored interval as they are, others made from the bars of
     * the shortest interval stored. A made bar is there once the tape has reached its end.
     *
     * @param fromStart first start, epoch microseconds
     * @param toStart behind the last start
     * @throws IllegalArgumentException where the interval is no multiple of the shortest one stored
     */
    public void bars(
            TapeId tape, Interval interval, long fromStart, long toStart, Consumer<StoredBar> out) {
        long id = id(tape);
        String stored = "SELECT max(interval) FROM bar WHERE tape = ? AND interval = ?";
        OptionalLong shortest = queryNumber("SELECT min(interval) FROM bar WHERE tape = ?", id);
        if (queryNumber(stored, id, interval.micros()).isPresent()) {
            storedBars(id, interval, fromStart, toStart, out);
        } else if (shortest.isPresent()) {
            madeBars(id, new Interval(shortest.getAsLong()), interval, fromStart, toStart, out);
        }
    }

    private void storedBars(
            long tape, Interval interval, long from, long to, Consumer<StoredBar> out) {
        stream(
                """
                SELECT %s FROM bar WHERE tape = ? AND interval = %d AND start >= ? AND start < ?
                ORDER BY start LIMIT ?\
                """
                        .formatted(BARS, interval.micros()),
                tape,
                from,
                to,
                History::storedBar,
                bar -> bar.bar().start(),
                out);
    }

    private void madeBars(
            long tape,
            Interval parts,
            Interval interval,
            long from,
            long to,
            Consumer<StoredBar> out) {
        if (interval.micros() % parts.micros() != 0) {
            throw new IllegalArgumentException(
                    "%s bars cannot be made from the %s bars of this tape"
                            .formatted(interval, parts));
        }
        long first = firstFrom(interval, from);
        long end = firstFrom(interval, to);
        Making making = new Making(interval, end, out);
        storedBars(tape, parts, first, end, making::add);
        // The last one may lack its last part; then a part of a later bar tells that it is closed.
        List<StoredBar> next =
                query(
                        """
                        SELECT %s FROM bar WHERE tape = ? AND interval = ? AND start >= ?
                        ORDER BY start LIMIT 1\
                        """
                                .formatted(BARS),
                        History::storedBar,
                        tape,
                        parts.micros(),
                        end);
        next.forEach(making::add);
    }

    /** The first start of a bar at or after {@code time}. */
    private static long firstFrom(Interval interval, long time) {
        long length = interval.micros();
        return interval.startOf(Math.min(time, Long.MAX_VALUE - length) + length - 1);
    }

    /** Rolls stored bars up and adds their revisions. */
    private static final class Making {
        private final Interval interval;
        private final Rollup rollup;
        private long start = Long.MIN_VALUE; // of the bar that the last part belongs to
        private int revision; // sum over its parts
        private int revisionBefore; // the same of the bar before it

        Making(Interval interval, long end, Consumer<StoredBar> out) {
            this.interval = interval;
            rollup =
                    new Rollup(
                            interval,
                            bar -> {
                                if (bar.start() < end) {
                                    boolean last = bar.start() == start;
                                    out.accept(
                                            new StoredBar(bar, last ? revision : revisionBefore));
                                }
                            });
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
    }

    /**
     * Feature rows with bars that start from {@code fromStart} to {@code toStart}, excluded,
     * ascending; epoch microseconds. The mean is not stored: NaN.
     */
    public void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out) {
        storedRows(series, fromStart, toStart, stored -> out.accept(stored.row()));
    }

    void storedRows(Series series, long fromStart, long toStart, Consumer<StoredRow> out) {
        stream(
                FEATURES + " AND start >= ? AND start < ? ORDER BY start LIMIT ?",
                id(series),
                fromStart,
                toStart,
                History::storedRow,
                stored -> stored.row().bar().start(),
                out);
    }

    /** The last {@code limit} feature rows, ascending. */
    public List<FeatureRow> latestFeatures(Series series, int limit) {
        List<FeatureRow> rows =
                query(
                        FEATURES + " ORDER BY start DESC LIMIT ?",
                        row -> storedRow(row).row(),
                        id(series),
                        limit);
        Collections.reverse(rows);
        return rows;
    }

    /** The last {@code limit} alerts that hold for the tape as it is now, newest first. */
    public List<Alert> alerts(Series series, int limit) {
        return query(
                ALERTS + " ORDER BY opened DESC, rule DESC LIMIT ?",
                History::alert,
                id(series),
                limit);
    }

    /** All of them, ascending. */
    void alerts(Series series, Consumer<Alert> out) {
        long id = id(series);
        long opened = Long.MIN_VALUE;
        String rule = "";
        boolean more = true;
        while (more) {
            List<Alert> chunk =
                    query(
                            ALERTS + " AND (opened, rule) > (?, ?) ORDER BY opened, rule LIMIT ?",
                            History::alert,
                            id,
                            opened,
                            rule,
                            CHUNK);
            chunk.forEach(out);
            more = chunk.size() == CHUNK;
            if (more) {
                opened = chunk.getLast().opened();
                rule = chunk.getLast().rule().label();
            }
        }
    }

    /** The changes of the signal that hold for the tape as it is now, ascending. */
    public void signals(Series series, Consumer<SignalChange> out) {
        stream(
                """
                SELECT model, time, signal, price, zscore FROM signal
                WHERE series = ? AND time >= ? AND time < ? AND NOT withdrawn
                ORDER BY time LIMIT ?\
                """,
                id(series),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                row ->
                        new SignalChange(
                                row.getString(1),
                                row.getLong(2),
                                signal(row.getInt(3)),
                                row.getLong(4),
                                real(row, 5)),
                SignalChange::time,
                out);
    }

    /** The ledger of holes, ascending, those included that were filled later. */
    public List<LedgerEntry> gaps(TapeId tape) {
        return query(
                """
                SELECT first_id, last_id, before, after, cause, opened FROM gap
                WHERE tape = ? ORDER BY first_id, last_id\
                """,
                row ->
                        new LedgerEntry(
                                new Gap(
                                        row.getLong(1),
                                        row.getLong(2),
                                        row.getLong(3),
                                        row.getLong(4)),
                                row.getString(5),
                                row.getLong(6)),
                id(tape));
    }

    /** How many trades of a hole are not stored; 0 = it was filled. O(trades that are there). */
    public long missing(TapeId tape, Gap gap) {
        return gap.missing()
                - queryNumber(
                                "SELECT count(*) FROM trade WHERE tape = ? AND id BETWEEN ? AND ?",
                                id(tape),
                                gap.firstId(),
                                gap.lastId())
                        .orElse(0);
    }

    /** The newest checkpoint. */
    public Optional<Checkpoint> checkpoint(Series series) {
        return query(
                        """
                        SELECT last_trade_id, last_bar_start, state FROM checkpoint
                        WHERE series = ? ORDER BY id DESC LIMIT 1\
                        """,
                        row -> new Checkpoint(row.getLong(1), row.getLong(2), row.getBytes(3)),
                        id(series))
                .stream()
                .findFirst();
    }

    /**
     * Another number than before whenever something was committed in between. Cheap: made for
     * asking several times a second. Only comparable within one {@code History}.
     */
    public long dataVersion() {
        return queryNumber("PRAGMA data_version").orElse(0);
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
        return queryNumber(
                        TAPE_ID,
                        tape.venue(),
                        tape.symbol(),
                        tape.kind().label(),
                        tape.simulated() ? 1 : 0)
                .orElse(0);
    }

    private long id(Series series) {
        return queryNumber(
                        SERIES_ID, id(series.tape()), series.preset(), series.interval().micros())
                .orElse(0);
    }

    /** The first number of the first row; empty where there is no row or it is NULL. */
    private OptionalLong queryNumber(String sql, Object... values) {
        List<OptionalLong> rows =
                query(
                        sql,
                        row -> {
                            long number = row.getLong(1);
                            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
                        },
                        values);
        return rows.isEmpty() ? OptionalLong.empty() : rows.getFirst();
    }

    /** Reads chunk by chunk; {@code sql} takes key, from, to (excluded) and limit. */
    private <T> void stream(
            String sql,
            long key,
            long from,
            long to,
            RowReader<T> reader,
            ToLongFunction<T> position,
            Consumer<T> out) {
        long next = from;
        boolean more = next < to;
        while (more) {
            List<T> chunk = query(sql, reader, key, next, to, CHUNK);
            chunk.forEach(out);
            more = chunk.size() == CHUNK;
            if (more) {
                next = position.applyAsLong(chunk.getLast()) + 1;
            }
        }
    }

    private <T> List<T> query(String sql, RowReader<T> reader, Object... values) {
        List<T> rows = new ArrayList<>();
        lock.lock();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            lock.unlock();
        }
        return rows;
    }

    private static StoredBar storedBar(ResultSet row) throws SQLException {
        return new StoredBar(
                new Bar(
                        new Interval(row.getLong(13)),
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        amount(row.getString(6), Amount.SIZE_PLACES),
                        amount(row.getString(7), Amount.QUOTE_PLACES),
                        row.getLong(9),
                        amount(row.getString(8), Amount.SIZE_PLACES),
                        row.getBoolean(10),
                        row.getBoolean(11)),
                row.getInt(12));
    }

    private static StoredRow storedRow(ResultSet row) throws SQLException {
        FeatureValues values =
                new FeatureValues(
                        real(row, 14),
                        real(row, 15),
                        real(row, 16),
                        real(row, 17),
                        real(row, 18),
                        Double.NaN,
                        real(row, 19));
        return new StoredRow(
                new FeatureRow(
                        storedBar(row).bar(),
                        values,
                        signal(row.getInt(20)),
                        row.getInt(21),
                        row.getBoolean(22)),
                row.getInt(23));
    }

    private static Alert alert(ResultSet row) throws SQLException {
        return new Alert(
                rule(row.getString(1)),
                row.getLong(2),
                row.getLong(3), // NULL reads as 0, which is OPEN
                real(row, 4),
                real(row, 5),
                row.getString(6));
    }

    private static Rule rule(String label) {
        for (Rule rule : Rule.values()) {
            if (rule.label().equals(label)) {
                return rule;
            }
        }
        throw new IllegalArgumentException("no rule: \"" + label + "\"");
    }

    private static Signal signal(int position) {
        return switch (Integer.signum(position)) {
            case 1 -> Signal.BUY;
            case -1 -> Signal.SELL;
            default -> Signal.NEUTRAL;
        };
    }

    private static double real(ResultSet row, int column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Double.NaN : value;
    }

    private static Amount amount(String text, int places) {
        return Amount.of(new BigDecimal(text).movePointRight(places).toBigIntegerExact());
    }
}
