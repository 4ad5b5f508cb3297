package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The one writer of a store file.
 *
 * <p>Each call puts an entry into a queue with room for {@value WriteQueue#BOUND}, and a thread of the recorder's own
 * commits them, at most {@value Writer#COMMIT_MILLIS} ms or {@value Writer#COMMIT_ENTRIES} entries at a time. Nothing
 * is dropped: a full queue makes the caller wait. Entries are committed in the order in which they came, so what is on
 * disk is always a prefix of them: a checkpoint is never there without all that led to it.
 *
 * <p>Any thread may call any method; the order is that of each thread, so what belongs together comes from one, the
 * tape thread.
 *
 * <p>Where the disk is full or the file cannot be written for another reason that may pass, {@link #trouble} reports
 * it, and the entries wait, tried again every second, until they can be written. When the writer thread can no longer
 * write at all, every later call throws {@link #failure}.
 */
public final class Recorder implements AutoCloseable {
    /**
     * How long a recorder waits in trouble that may pass.
     *
     * @param retry until it tries again to commit what it could not
     * @param closing how long it goes on trying once it is to be closed
     */
    public record Patience(Duration retry, Duration closing) {
        /** Tries every second; a stop waits two. */
        public static final Patience DEFAULT = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    /**
     * What a recorder has done since it was opened, and what its file takes.
     *
     * @param queued entries not committed yet; at most {@code queueBound}
     * @param committedTrades trades added
     * @param lastCommitNanos how long the end of the last transaction took; much is inserted before
     * @param mostCommitNanos the longest of these
     * @param waits how often a caller had to wait because the queue was full
     * @param fileBytes of the store file
     * @param logBytes of the write-ahead log beside it
     * @param freeBytes what is left on the disk
     */
    public record Stats(
            int queued,
            int queueBound,
            long committedTrades,
            long commits,
            long lastCommitNanos,
            long mostCommitNanos,
            long waits,
            long fileBytes,
            long logBytes,
            long freeBytes) {}

    private final SqliteFile file;
    private final WriterLock lock;
    private final Connection connection;
    private final Patience patience;
    private final WriterConnection sql;
    private final WriteQueue queue;
    private final Writer writer;

    private Recorder(SqliteFile file, WriterLock lock, Connection connection, Patience patience) throws SQLException {
        this.file = file;
        this.lock = lock;
        this.connection = connection;
        this.patience = patience;
        sql = new WriterConnection(connection);
        queue = new WriteQueue(file.path());
        writer = new Writer(file, sql, queue, patience.retry());
    }

    /**
     * Opens a store for recording: makes the file and its folders where they are not there, brings the schema up to
     * date, and keeps every other recorder out until it is closed or this process ends. Readers may read beside it.
     *
     * @throws StoreException LOCKED where another recorder has it; NOT_A_DATABASE, DAMAGED, READ_ONLY, CANNOT_OPEN,
     *     NEWER_SCHEMA; the file is then as it was
     */
    public static Recorder open(Path file, Durability durability) {
        return open(file, durability, Patience.DEFAULT);
    }

    /** As above, with a patience of the caller's choice. */
    public static Recorder open(Path file, Durability durability, Patience patience) {
        return open(file, durability, patience, Schema.SCRIPTS);
    }

    static Recorder open(Path path, Durability durability, Patience patience, List<String> scripts) {
        SqliteFile file = SqliteFile.place(path);
        if (Files.exists(file.path())) {
            file.holdsStore();
            if (!Files.isWritable(file.path())) { // SQLite would notice with the first trade only
                throw new StoreException(
                        Kind.READ_ONLY, file.path() + " may not be written: allow it, or record into another file.");
            }
        }
        WriterLock lock = WriterLock.acquire(file.path());
        Connection connection = null;
        Recorder recorder = null;
        try {
            connection = file.openForWriting(durability, scripts);
            recorder = new Recorder(file, lock, connection, patience);
            recorder.writer.start();
            return recorder;
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            if (recorder == null) {
                abandon(connection, lock, file);
            }
        }
    }

    private static void abandon(Connection connection, WriterLock lock, SqliteFile file) {
        try (lock;
                connection) {
            if (!lock.uncleanBefore()) {
                lock.clean();
            }
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    /** A trade as it arrived; one whose id the tape has is a no-op. */
    public void trade(TapeId tape, TradeView trade) {
        queue.put(tape, trade);
    }

    /**
     * A bar that closed, with its features. Where it is stored with other content, this replaces it and raises its
     * revision by one; with the same content it changes nothing.
     */
    public void row(Series series, FeatureRow row) {
        queue.put(new WriteCommand.Closed(series, row));
    }

    /** An alert opened; one that is stored is open again and no longer withdrawn. */
    public void alertOpened(Series series, Alert alert) {
        queue.put(new WriteCommand.Alerted(series, alert));
    }

    /** The same alert, closed; one that is withdrawn stays so. */
    public void alertClosed(Series series, Alert alert) {
        queue.put(new WriteCommand.Alerted(series, alert));
    }

    /** The signal changed; a change that is stored is no longer withdrawn. */
    public void signalChanged(Series series, SignalChange change) {
        queue.put(new WriteCommand.Signalled(series, change));
    }

    /**
     * Marks alerts and signals as withdrawn, before a corrected tape gives those of them that hold.
     *
     * @param fromMicros first time of opening or of change, epoch microseconds
     * @param toMicros after the last one, epoch microseconds
     */
    public void withdraw(Series series, long fromMicros, long toMicros) {
        queue.put(new WriteCommand.Withdrawn(series, fromMicros, toMicros));
    }

    /**
     * Adds a gap to the ledger, with this machine's time. One that cannot be filled is settled at once. An entry that
     * is there stays as it is, except that an open one takes on the cause that was found out since: every cause but
     * {@link GapCause#MISSED}.
     */
    public void gap(TapeId tape, Gap gap, GapCause cause) {
        queue.put(new WriteCommand.Missed(tape, gap, cause, now()));
    }

    /**
     * Settles a ledger entry: no repair needs to try any more to fill its gap. Where nothing filled it and the cause is
     * one that may still be filled, it takes on the cause and stays open. One that the ledger does not have, or that
     * was settled before, stays as it is.
     *
     * @param repairedBy what filled it, for example {@code rest}; empty where it cannot be filled
     */
    public void gapSettled(TapeId tape, long firstId, long lastId, GapCause cause, Optional<String> repairedBy) {
        IdRange ids = new IdRange(firstId, lastId);
        queue.put(new WriteCommand.Settled(tape, ids, cause, repairedBy, now()));
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /**
     * Deletes what is older of a tape: trades, bars, features, closed alerts and signals, and the checkpoints and
     * ledger entries before its new first trade. Trades go from the first one on, so that it stays one tape; its last
     * trade stays, and so do those after its newest checkpoint. It happens little by little, between commits, and ends
     * unfinished where the recorder is closed before: call it again now and then. The file does not shrink; what comes
     * uses the room again.
     *
     * @param beforeMicros epoch microseconds of the venue's clock
     */
    public void forget(TapeId tape, long beforeMicros) {
        queue.put(new WriteCommand.Forgotten(tape, beforeMicros));
    }

    /**
     * Lets go of all that led to a state: the trades in it, the bars and rows that had closed, and what else is as old.
     * From now on the series begins with that state, so that what follows can still be computed. Little by little, as
     * above.
     *
     * @param before not newer than the newest checkpoint
     * @param further the further features of that state
     */
    public void forget(Series series, Checkpoint before, byte[] further) {
        queue.put(new WriteCommand.Begun(series, before, further));
    }

    /**
     * What the recorder has computed of the features that rows of this series lack, from the stored closes; empty where
     * none of its rows came without them.
     */
    public Optional<ComputedFeatures> computed(Series series) {
        return Optional.ofNullable(writer.computed(series));
    }

    /**
     * The state of a series after all its entries so far. The newest few are kept, and those at the edge of an open gap
     * until it is settled.
     *
     * @param lastTradeId the last trade in it, −1 before the first
     * @param lastBarStart start of the last bar that had closed, epoch microseconds
     * @param state handed over: must not be changed afterwards
     */
    public void checkpoint(Series series, long lastTradeId, long lastBarStart, byte[] state) {
        queue.put(new WriteCommand.Saved(series, new Checkpoint(lastTradeId, lastBarStart, state)));
    }

    /**
     * Deletes the checkpoints that have this trade or a later one in them: they no longer hold when the tape is
     * computed again from there.
     */
    public void rewind(Series series, long fromTradeId) {
        queue.put(new WriteCommand.Rewound(series, fromTradeId));
    }

    /**
     * Something happened to the recording itself.
     *
     * @param event for example {@code started}, {@code stopped}, {@code connected}
     * @param timeMicros this machine's clock, epoch microseconds
     * @param detail for people; may be empty
     */
    public void session(TapeId tape, Instrument instrument, String event, long timeMicros, String detail) {
        queue.put(new WriteCommand.Happened(tape, instrument, event, timeMicros, detail));
    }

    /** Returns when all entries of this thread so far are committed. */
    public void flush() {
        queue.flush();
    }

    /** Trades that this process added and committed. */
    public long committedRows() {
        return writer.progress.trades();
    }

    /** Entries that are not committed yet. */
    public int queued() {
        return queue.size();
    }

    /** How often a caller had to wait because the queue was full. */
    public long waits() {
        return queue.waits();
    }

    /** All numbers at once; those of files are 0 where the system does not give them. */
    public Stats stats() {
        Writer.Progress progress = writer.progress;
        return new Stats(
                queued(),
                WriteQueue.BOUND,
                progress.trades(),
                progress.commits(),
                progress.lastCommit(),
                progress.mostCommit(),
                waits(),
                file.bytes(""),
                file.bytes("-wal"),
                file.freeBytes());
    }

    /** Why nothing is written at the moment, in one plain sentence; empty where all is well. Nothing is lost by it. */
    public Optional<String> trouble() {
        return Optional.ofNullable(queue.trouble).map(StoreException::getMessage);
    }

    /** Why nothing is written any more, if so. */
    public Optional<StoreException> failure() {
        return Optional.ofNullable(queue.failure);
    }

    /**
     * Whether the recorder before this one did not close the file: it was killed, or the power failed. What it
     * committed is there; {@link StoreMaintenance#quickCheck} finds out whether it is sound.
     */
    public boolean uncleanBefore() {
        return lock.uncleanBefore();
    }

    /**
     * Commits all entries, folds the write-ahead log into the file and lets other recorders in. In trouble it gives up
     * after a while. A second call does nothing.
     *
     * @throws StoreException where an entry could not be written
     */
    @Override
    public void close() {
        if (!queue.close()) {
            return;
        }
        writer.join(patience.closing());
        try (lock;
                connection) {
            if (queue.failure == null) {
                sql.foldWholeLog();
                lock.clean();
            }
        } catch (SQLException e) {
            throw file.failure(e);
        }
        queue.throwFailure();
    }
}
