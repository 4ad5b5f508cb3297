package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Reads a store file, also while a recorder writes it.
 *
 * <p>Any thread may call. All share one read-only connection, one query at a time; a long read is many short queries of
 * at most {@value ChunkedQuery#ROWS} rows, and its consumer runs between them, so neither other readers nor the
 * recorder wait for it, and a consumer may call back. What is recorded meanwhile may therefore turn up in it. A long
 * read of trades has connections of its own and reads ahead of its consumer.
 *
 * <p>A series or tape that the store does not have has no rows. All methods throw {@link StoreException} where the file
 * can no longer be read.
 */
public final class History implements AutoCloseable {
    private static final ChunkedQuery<StoredRow> ROWS = new ChunkedQuery<>(
            Selects.ROWS,
            "start",
            RowMapper::features,
            stored -> stored.row().bar().start());

    private static final String ALERTS = "SELECT " + RowMapper.ALERT + " FROM alert WHERE series = ? AND NOT withdrawn";

    private static final ChunkedQuery<SignalChange> SIGNALS = new ChunkedQuery<>(
            "SELECT " + RowMapper.SIGNAL + " FROM signal WHERE series = ? AND NOT withdrawn",
            "time",
            RowMapper::signalChange,
            SignalChange::time);

    private final SqliteFile file;
    private final ReaderConnection store;

    private History(SqliteFile file) {
        this.file = file;
        store = new ReaderConnection(file);
    }

    /** @throws StoreException MISSING, NOT_A_DATABASE, DAMAGED, NEWER_SCHEMA, CANNOT_OPEN */
    public static History open(Path path) {
        return new History(SqliteFile.recorded(path));
    }

    /** All series, in the order in which they were first recorded. */
    public List<Series> series() {
        return store.rows(
                "SELECT %s FROM series JOIN tape ON tape.id = series.tape ORDER BY series.id"
                        .formatted(RowMapper.SERIES),
                RowMapper::series);
    }

    /** The lowest trade id of the tape. */
    public OptionalLong firstTradeId(TapeId tape) {
        return tradesOf(tape).firstId();
    }

    /** The highest trade id of the tape. */
    public OptionalLong lastTradeId(TapeId tape) {
        return tradesOf(tape).lastId();
    }

    /**
     * The first and the last id that the tape reaches: those of its first and last trade, what was forgotten left out,
     * whether the rows are still there or not. O(1): the recorder notes them in the transaction that adds trades.
     */
    public Optional<IdRange> reach(TapeId tape) {
        String sql = "SELECT first_id, last_id FROM tape WHERE id = ? AND first_id IS NOT NULL";
        return store.rows(sql, RowMapper::ids, id(tape)).stream().findFirst();
    }

    /** How many trades of the tape are stored. O(1): the recorder counts them. */
    public long tradeCount(TapeId tape) {
        return store.number("SELECT trades FROM tape WHERE id = ?", id(tape)).orElse(0);
    }

    /** The newest trades with an id above {@code afterId}, at most {@code limit} of them, newest first. */
    public List<Trade> newestTrades(TapeId tape, long afterId, int limit) {
        return tradesOf(tape).newest(afterId, limit);
    }

    /** What the store's content takes, its log included and free room left out; bytes. */
    public long usedBytes() {
        return store.number(Selects.USED_BYTES).orElse(0);
    }

    /** How much time the bars of one tape and interval cover, of those that cover the most. Reads all bars. */
    public Duration recordedTime() {
        String sql = "SELECT max(micros) FROM (SELECT count(*) * interval AS micros FROM bar GROUP BY tape, interval)";
        return Duration.of(store.number(sql).orElse(0), ChronoUnit.MICROS);
    }

    /** The trades from {@code fromId} on, ascending. */
    public void trades(TapeId tape, long fromId, Consumer<Trade> out) {
        trades(tape, fromId, Long.MAX_VALUE, out);
    }

    /** The trades from {@code fromId} up to {@code toId}, excluded, ascending. */
    public void trades(TapeId tape, long fromId, long toId, Consumer<Trade> out) {
        tradesOf(tape).read(fromId, toId, out);
    }

    /**
     * Closed bars, ascending: those of a stored interval as they are, others made from the bars of the shortest
     * interval stored. A made bar is there once the tape has reached its end.
     *
     * @param fromStart first start, epoch microseconds
     * @param toStart after the last start, epoch microseconds
     * @throws IllegalArgumentException where the interval is no multiple of the shortest one stored
     */
    public void bars(TapeId tape, Interval interval, long fromStart, long toStart, Consumer<StoredBar> out) {
        new BarReader(store, id(tape)).read(interval, fromStart, toStart, out);
    }

    /**
     * Feature rows with bars that start from {@code fromStart} to {@code toStart}, excluded, ascending; epoch
     * microseconds. The mean is not stored: NaN.
     */
    public void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out) {
        storedRows(series, fromStart, toStart, stored -> out.accept(stored.row()));
    }

    void storedRows(Series series, long from, long to, Consumer<StoredRow> out) {
        ROWS.read(store, from, to, out, id(series));
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
        String sql = Selects.ROWS + " AND start < ? ORDER BY start DESC LIMIT ?";
        return store.rows(sql, row -> row.features().row(), id(series), toStart, limit)
                .reversed();
    }

    /**
     * The rows of a stretch of time, of the shortest interval of which it holds no more than {@code points}: the rows
     * themselves, or what is stored of them rolled up, so that no extreme is lost and the cost does not grow with the
     * store.
     *
     * @param from first time, epoch microseconds; the first row contains it
     * @param to after the last time, which the last row contains
     * @param points more than 0
     */
    public RowRange range(Series series, long from, long to, int points) {
        return store.atOneMoment(() -> new RangeReader(store, id(series), series.interval()).read(from, to, points));
    }

    /** The last {@code limit} alerts that hold for the tape as it is now, newest first. */
    public List<Alert> alerts(Series series, int limit) {
        String sql = ALERTS + " ORDER BY opened DESC, rule DESC LIMIT ?";
        return store.rows(sql, RowMapper::alert, id(series), limit);
    }

    /** All alerts that hold for the tape as it is now, ascending. */
    void alerts(Series series, Consumer<Alert> out) {
        // Several rules may open at the same time, so the position is the pair of both.
        String sql = ALERTS + " AND (opened, rule) > (?, ?) ORDER BY opened, rule LIMIT ?";
        long id = id(series);
        List<Alert> chunk = store.rows(sql, RowMapper::alert, id, Long.MIN_VALUE, "", ChunkedQuery.ROWS);
        while (!chunk.isEmpty()) {
            chunk.forEach(out);
            Alert last = chunk.getLast();
            chunk = store.rows(
                    sql, RowMapper::alert, id, last.opened(), last.rule().label(), ChunkedQuery.ROWS);
        }
    }

    /** The changes of the signal that hold for the tape as it is now, ascending. */
    public void signals(Series series, Consumer<SignalChange> out) {
        SIGNALS.read(store, Long.MIN_VALUE, Long.MAX_VALUE, out, id(series));
    }

    /** The ledger of gaps, ascending, open entries and settled ones. */
    public List<LedgerEntry> gaps(TapeId tape) {
        return gaps(tape, "");
    }

    /** The entries of the ledger whose gaps a repair should still try to fill, ascending. */
    public List<LedgerEntry> openGaps(TapeId tape) {
        return gaps(tape, " AND closed IS NULL");
    }

    private List<LedgerEntry> gaps(TapeId tape, String which) {
        String sql = "SELECT %s FROM gap WHERE tape = ?%s ORDER BY first_id, last_id".formatted(RowMapper.GAP, which);
        return store.rows(sql, RowMapper::gap, id(tape));
    }

    /**
     * Which ids from {@code fromId} to {@code toId}, both included, are not stored, ascending. O(1) memory, O(trades
     * that are there) time.
     */
    public void missingRanges(TapeId tape, long fromId, long toId, Consumer<IdRange> out) {
        tradesOf(tape).missing(fromId, toId, out);
    }

    /** How many trades of a gap are not stored; 0 = it was filled. O(trades that are there). */
    public long missing(TapeId tape, Gap gap) {
        return gap.missing() - tradesOf(tape).count(gap.firstId(), gap.lastId());
    }

    /** The newest checkpoint. */
    public Optional<Checkpoint> checkpoint(Series series) {
        return checkpointBefore(series, Long.MAX_VALUE);
    }

    /** The newest checkpoint that has neither this trade nor a later one in it. */
    public Optional<Checkpoint> checkpointBefore(Series series, long tradeId) {
        String sql = "SELECT %s FROM checkpoint WHERE series = ? AND last_trade_id < ? ORDER BY id DESC LIMIT 1"
                .formatted(RowMapper.CHECKPOINT);
        return store.rows(sql, RowMapper::checkpoint, id(series), tradeId).stream()
                .findFirst();
    }

    /** The state at which the series begins since what led to it was deleted; empty where nothing was. */
    public Optional<Checkpoint> beginning(Series series) {
        String sql = "SELECT %s FROM beginning WHERE series = ?".formatted(RowMapper.CHECKPOINT);
        return store.rows(sql, RowMapper::checkpoint, id(series)).stream().findFirst();
    }

    /**
     * From which bar on rows may still lack features that a later version added, or have outdated ones: start, epoch
     * microseconds, {@link Long#MIN_VALUE} where it may be all of them. Empty where every row has its features.
     */
    public OptionalLong uncomputedFrom(Series series) {
        String sql = "SELECT ifnull(start, ?) FROM uncomputed WHERE series = ?";
        return store.number(sql, Long.MIN_VALUE, id(series));
    }

    /**
     * A number that differs from the one before whenever something was committed in between. Cheap: made to be asked
     * for several times a second. Only comparable within one {@code History}.
     */
    public long dataVersion() {
        return store.number("PRAGMA data_version").orElse(0);
    }

    @Override
    public void close() {
        store.close();
    }

    private TradeReader tradesOf(TapeId tape) {
        return new TradeReader(file, store, id(tape));
    }

    /** The tape's key, 0 where the store does not have it. */
    private long id(TapeId tape) {
        return store.number(Selects.TAPE_ID, Selects.names(tape)).orElse(0);
    }

    /** The series' key, 0 where the store does not have it. */
    private long id(Series series) {
        return store.number(Selects.SERIES_ID, Selects.names(id(series.tape()), series))
                .orElse(0);
    }
}
