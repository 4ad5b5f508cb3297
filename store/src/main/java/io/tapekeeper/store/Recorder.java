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
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The one writer of a store file.
 *
 * <p>What is said goes into a ring of {@value Writer#QUEUE_BOUND} places, and one thread of its own commits it, at most
 * {@value Writer#COMMIT_MILLIS} ms or {@value Writer#COMMIT_ENTRIES} entries at a time. Nothing is dropped: a full
 * queue makes the caller wait. The order of saying is the order of committing, so what is on disk is always a prefix of
 * what was said: a checkpoint is never there without all that led to it.
 *
 * <p>All methods may be called by any thread; order is kept for each of them, so what belongs together is said by one,
 * the tape thread.
 *
 * <p>Where the disk is full or the file cannot be written for another reason that may pass, {@link #trouble} says so,
 * and what was said waits, tried again every second, until it can be written. When the writer thread can no longer
 * write at all, every later call throws {@link #failure}.
 */
public final class Recorder implements AutoCloseable {
    /**
     * How trouble that may pass is met.
     *
     * @param retry until what could not be committed is tried again
     * @param closing how long a recorder in trouble goes on trying once it is to be closed
     */
    public record Patience(Duration retry, Duration closing) {
        /** Tries every second; a stop waits two. */
        public static final Patience DEFAULT = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    /**
     * What a recorder has done since it was opened, and what its file takes.
     *
     * @param queued entries said and not committed yet; at most {@code queueBound}
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
    private final Writer writer;

    private Recorder(SqliteFile file, WriterLock lock, Connection connection, Patience patience) throws SQLException {
        this.file = file;
        this.lock = lock;
        this.connection = connection;
        writer = new Writer(file, new WriterConnection(connection), patience);
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

    /** As above, with a patience of one's own. */
    public static Recorder open(Path file, Durability durability, Patience patience) {
        return open(file, durability, patience, SqliteFile.SCRIPTS);
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
        try (lock) {
            if (connection != null) {
                connection.close();
            }
            if (!lock.uncleanBefore()) {
                lock.clean();
            }
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    /** A trade as it arrived; one whose id the tape has is a no-op. */
    public void trade(TapeId tape, TradeView trade) {
        writer.put(tape, trade);
    }

    /**
     * A bar that closed, with its features. Said again with other content it replaces the one before and its revision
     * goes up by one; with the same content it changes nothing.
     */
    public void row(Series series, FeatureRow row) {
        writer.put(new WriteCommand.Closed(series, row));
    }

    /** Said again, it is open again and no longer withdrawn. */
    public void alertOpened(Series series, Alert alert) {
        writer.put(new WriteCommand.Alerted(series, alert));
    }

    /** The same alert, closed; one that is withdrawn stays so. */
    public void alertClosed(Series series, Alert alert) {
        writer.put(new WriteCommand.Alerted(series, alert));
    }

    /** The signal changed. Said again, it is no longer withdrawn. */
    public void signalChanged(Series series, SignalChange change) {
        writer.put(new WriteCommand.Signalled(series, change));
    }

    /**
     * Marks alerts and signals as withdrawn, before a corrected tape says anew which of them hold.
     *
     * @param fromMicros first time of opening or of change, epoch microseconds
     * @param toMicros behind the last one
     */
    public void withdraw(Series series, long fromMicros, long toMicros) {
        writer.put(new WriteCommand.Withdrawn(series, fromMicros, toMicros));
    }

    /**
     * A hole, for the ledger, with this machine's time. One that cannot be filled is settled at once. Said again, it
     * stays as it is, but that an open one takes on what was found out since: every cause but {@link GapCause#MISSED}.
     */
    public void gap(TapeId tape, Gap gap, GapCause cause) {
        writer.put(new WriteCommand.Missed(tape, gap, cause, now()));
    }

    /**
     * Nobody needs to try any more to fill this hole of the ledger; where nothing filled it and the cause is one that
     * may still be filled, it takes on the cause and stays open. One that the ledger does not have, or that was settled
     * before, stays as it is.
     *
     * @param repairedBy what filled it, for example {@code rest}; empty where it cannot be filled
     */
    public void gapSettled(TapeId tape, long firstId, long lastId, GapCause cause, Optional<String> repairedBy) {
        IdRange ids = new IdRange(firstId, lastId);
        writer.put(new WriteCommand.Settled(tape, ids, cause, repairedBy, now()));
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /**
     * Lets go of a tape's trades, bars, features, closed alerts and signals that are older, with the checkpoints and
     * the holes that lie before its new beginning. Trades go from the first one on, so that it stays one tape; its last
     * trade stays, and so does what stands behind its newest checkpoint. It happens little by little, between commits,
     * and not at all where the recorder is closed before: say it again now and then. The file does not shrink: the room
     * is used again for what comes.
     *
     * @param beforeMicros epoch microseconds of the venue's clock
     */
    public void forget(TapeId tape, long beforeMicros) {
        writer.put(new WriteCommand.Forgotten(tape, beforeMicros));
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
        writer.put(new WriteCommand.Begun(series, before, further));
    }

    /**
     * What the recorder has computed of the features that rows of this series lack, from the stored closes; empty where
     * none of its rows came without them.
     */
    public Optional<ComputedFeatures> computed(Series series) {
        return Optional.ofNullable(writer.computed(series));
    }

    /**
     * The state of a series after all that was said of it before. The newest few are kept, and those at the edge of an
     * open hole until it is settled.
     *
     * @param lastTradeId the last trade in it, −1 before the first
     * @param lastBarStart start of the last bar that had closed, epoch microseconds
     * @param state handed over: must not be changed afterwards
     */
    public void checkpoint(Series series, long lastTradeId, long lastBarStart, byte[] state) {
        writer.put(new WriteCommand.Saved(series, new Checkpoint(lastTradeId, lastBarStart, state)));
    }

    /**
     * Checkpoints that have this trade or a later one in them no longer hold: said before the tape is computed anew
     * from there.
     */
    public void rewind(Series series, long fromTradeId) {
        writer.put(new WriteCommand.Rewound(series, fromTradeId));
    }

    /**
     * Something happened to the recording itself.
     *
     * @param event for example {@code started}, {@code stopped}, {@code connected}
     * @param timeMicros this machine's clock, epoch microseconds
     * @param detail for people; may be empty
     */
    public void session(TapeId tape, Instrument instrument, String event, long timeMicros, String detail) {
        writer.put(new WriteCommand.Happened(tape, instrument, event, timeMicros, detail));
    }

    /** Returns when all that this thread said before is committed. */
    public void flush() {
        writer.flush();
    }

    /** Trades that this process added and committed. */
    public long committedRows() {
        return writer.progress.trades();
    }

    /** What was said and is not committed yet. */
    public int queued() {
        return writer.queued();
    }

    /** How often a caller had to wait because the queue was full. */
    public long waits() {
        return writer.waits.get();
    }

    /** All numbers at once; those of files are 0 where they cannot be asked for. */
    public Stats stats() {
        Writer.Progress progress = writer.progress;
        return new Stats(
                queued(),
                Writer.QUEUE_BOUND,
                progress.trades(),
                progress.commits(),
                progress.lastCommit(),
                progress.mostCommit(),
                waits(),
                file.bytes(""),
                file.bytes("-wal"),
                file.freeBytes());
    }

    /**
     * Why nothing is written at the moment, in one plain sentence; empty where all is well, and again when it went
     * away. Nothing is lost by it.
     */
    public Optional<String> trouble() {
        return Optional.ofNullable(writer.trouble).map(StoreException::getMessage);
    }

    /** Why nothing is written any more, if so. */
    public Optional<StoreException> failure() {
        return Optional.ofNullable(writer.failure);
    }

    /**
     * Whether the recorder before this one did not close the file: it was killed, or the power failed. What it
     * committed is there; {@link StoreMaintenance#quickCheck} says whether it is sound.
     */
    public boolean uncleanBefore() {
        return lock.uncleanBefore();
    }

    /**
     * Commits all that was said, folds the write-ahead log into the file and lets other recorders in. In trouble it
     * gives up after a while. A second call does nothing.
     *
     * @throws StoreException where something that was said could not be written
     */
    @Override
    public void close() {
        if (!writer.close()) {
            return;
        }
        writer.join();
        try (lock;
                connection) {
            if (writer.failure == null) {
                foldLog();
                lock.clean();
            }
        } catch (SQLException e) {
            throw file.failure(e);
        }
        writer.throwFailure();
    }

    /**
     * Readers may keep a part of the log in use, or the disk may be full; then the log stays beside the file, and both
     * together are sound.
     */
    private void foldLog() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 300");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            if (!SqliteFile.mayPass(e)) {
                throw e;
            }
        }
    }
}
