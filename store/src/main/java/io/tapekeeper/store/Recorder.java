package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.TapeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one writer of a store file.
 *
 * <p>What is said goes into a queue of at most {@value #QUEUE_BOUND} entries, and one thread of its
 * own commits it, at most {@value #COMMIT_MILLIS} ms or {@value #COMMIT_ENTRIES} entries at a time.
 * Nothing is dropped: a full queue makes the caller wait. The order of saying is the order of
 * committing, so what is on disk is always a prefix of what was said: a checkpoint is never there
 * without all that led to it.
 *
 * <p>All methods may be called by any thread; order is kept for each of them, so what belongs
 * together is said by one, the tape thread. When the writer thread can no longer write, every later
 * call throws {@link #failure}.
 */
public final class Recorder implements AutoCloseable {
    private static final int QUEUE_BOUND = 65_536;
    private static final int COMMIT_ENTRIES = 5_000;
    private static final long COMMIT_MILLIS = 250;

    /** How often a waiting caller looks whether the writer thread is still able to write. */
    private static final long LOOK_MILLIS = 50;

    private final SqliteFile file;
    private final WriterLock lock;
    private final Connection connection;
    private final Statements statements;
    private final Thread writer;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_BOUND);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicLong said = new AtomicLong();
    private final AtomicLong waits = new AtomicLong();
    private final AtomicLong settled = new AtomicLong(); // of those said, how many are committed
    private final AtomicLong committedTrades = new AtomicLong();
    private volatile StoreException failure;

    private Recorder(SqliteFile file, WriterLock lock, Connection connection) throws SQLException {
        this.file = file;
        this.lock = lock;
        this.connection = connection;
        statements = new Statements(connection);
        writer = new Thread(this::write, "recorder of " + file.path().getFileName());
        writer.setDaemon(true); // a program that fails elsewhere must be able to end
        writer.setUncaughtExceptionHandler((thread, defect) ->
                failure =
                        new StoreException(
                                Kind.WRITE_FAILED,
                                "%s is no longer written because of a defect (%s): restart."
                                        .formatted(file.path(), defect),
                                defect));
    }

    /**
     * Opens a store for recording: makes the file and its folders where they are not there, brings
     * the schema up to date, and keeps every other recorder out until it is closed or this process
     * ends. Readers may read beside it.
     *
     * @throws StoreException LOCKED where another recorder has it; NOT_A_DATABASE, READ_ONLY,
     *     CANNOT_OPEN, NEWER_SCHEMA; the file is then as it was
     */
    public static Recorder open(Path file, Durability durability) {
        return open(file, durability, SqliteFile.SCRIPTS);
    }

    static Recorder open(Path path, Durability durability, List<String> scripts) {
        SqliteFile file = SqliteFile.place(path);
        if (Files.exists(file.path())) {
            file.holdsStore();
            if (!Files.isWritable(file.path())) { // SQLite would notice with the first trade only
                throw new StoreException(
                        Kind.READ_ONLY,
                        file.path()
                                + " may not be written: allow it, or record into another file.");
            }
        }
        WriterLock lock = WriterLock.acquire(file.path());
        Connection connection = null;
        Recorder recorder = null;
        try {
            connection = file.openForWriting(durability, scripts);
            recorder = new Recorder(file, lock, connection);
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
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    /** A trade as it arrived; one whose id the tape has is a no-op. */
    public void trade(TapeId tape, Trade trade) {
        put(new Entry.Traded(tape, trade));
    }

    /**
     * A bar that closed, with its features. Said again with other content it replaces the one
     * before and its revision goes up by one; with the same content it changes nothing.
     */
    public void row(Series series, FeatureRow row) {
        put(new Entry.Closed(series, row));
    }

    /** Said again, it is open again and no longer withdrawn. */
    public void alertOpened(Series series, Alert alert) {
        put(new Entry.Alerted(series, alert));
    }

    /** The same alert, closed. */
    public void alertClosed(Series series, Alert alert) {
        put(new Entry.Alerted(series, alert));
    }

    /** The signal changed. Said again, it is no longer withdrawn. */
    public void signalChanged(Series series, SignalChange change) {
        put(new Entry.Signalled(series, change));
    }

    /**
     * Marks alerts and signals as withdrawn, before a corrected tape says anew which of them hold.
     *
     * @param fromMicros first time of opening or of change, epoch microseconds
     * @param toMicros behind the last one
     */
    public void withdraw(Series series, long fromMicros, long toMicros) {
        put(new Entry.Withdrawn(series, fromMicros, toMicros));
    }

    /**
     * A hole, for the ledger, with this machine's time. One that is there already stays as it is.
     *
     * @param cause why, for example {@code missed}
     */
    public void gap(TapeId tape, Gap gap, String cause) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        put(new Entry.Missed(tape, gap, cause, now));
    }

    /**
     * The state of a series after all that was said of it before; the newest few are kept.
     *
     * @param lastTradeId the last trade in it, −1 before the first
     * @param lastBarStart start of the last bar that had closed, epoch microseconds
     * @param state handed over: must not be changed afterwards
     */
    public void checkpoint(Series series, long lastTradeId, long lastBarStart, byte[] state) {
        put(new Entry.Saved(series, new Checkpoint(lastTradeId, lastBarStart, state)));
    }

    /**
     * Something happened to the recording itself.
     *
     * @param event for example {@code started}, {@code stopped}, {@code connected}
     * @param timeMicros this machine's clock, epoch microseconds
     * @param detail for people; may be empty
     */
    public void session(
            TapeId tape, Instrument instrument, String event, long timeMicros, String detail) {
        put(new Entry.Happened(tape, instrument, event, timeMicros, detail));
    }

    /** Returns when all that this thread said before is committed. */
    public void flush() {
        CountDownLatch committed = new CountDownLatch(1);
        put(new Entry.Barrier(committed));
        await(() -> {
            checkOpen();
            return committed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    private void put(Entry entry) {
        checkOpen();
        said.incrementAndGet();
        if (!queue.offer(entry)) {
            waits.incrementAndGet();
            await(() -> {
                checkOpen();
                return queue.offer(entry, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            });
        }
    }

    /** Waits for a little while; returns whether what it waits for has come. */
    private interface Attempt {
        boolean succeeds() throws InterruptedException;
    }

    /** An interrupt is kept for later and ends nothing: giving up would lose what was said. */
    private static void await(Attempt attempt) {
        boolean interrupted = false;
        boolean done = false;
        try {
            while (!done) {
                try {
                    done = attempt.succeeds();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Trades that this process added and committed. */
    public long committedRows() {
        return committedTrades.get();
    }

    /** What was said and is not committed yet. */
    public int queued() {
        return (int) (said.get() - settled.get());
    }

    /** How often a caller had to wait because the queue was full. */
    public long waits() {
        return waits.get();
    }

    /** Why nothing is written any more, if so. */
    public Optional<StoreException> failure() {
        return Optional.ofNullable(failure);
    }

    private void checkOpen() {
        throwFailure();
        if (closed.get()) {
            throw new IllegalStateException(file.path() + " is no longer recorded: it was closed");
        }
    }

    /** As an exception of its own each time: one that is thrown twice cannot suppress itself. */
    private void throwFailure() {
        StoreException now = failure;
        if (now != null) {
            throw new StoreException(now.kind(), now.getMessage(), now);
        }
    }

    /** The writer thread: batch after batch, until it is told to stop or cannot write any more. */
    private void write() {
        List<Entry> batch = new ArrayList<>(COMMIT_ENTRIES);
        boolean more = true;
        try {
            while (more) {
                gather(batch);
                more = commit(batch);
                batch.clear();
            }
        } catch (SQLException e) {
            StoreException plain = file.failure(e);
            failure =
                    new StoreException(
                            Kind.WRITE_FAILED, "Recording stopped: " + plain.getMessage(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the writer thread", e);
        }
    }

    /** Takes entries until the batch is full, old enough, or ends with one that wants an answer. */
    private void gather(List<Entry> batch) throws InterruptedException {
        Entry next = queue.take();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(COMMIT_MILLIS);
        while (next != null) {
            batch.add(next);
            queue.drainTo(batch, COMMIT_ENTRIES - batch.size());
            Entry last = batch.getLast();
            boolean ends = last instanceof Entry.Barrier || last instanceof Entry.Stop;
            next =
                    ends || batch.size() == COMMIT_ENTRIES
                            ? null
                            : queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private boolean commit(List<Entry> batch) throws SQLException {
        statements.begin();
        for (Entry entry : batch) {
            statements.run(entry);
        }
        committedTrades.addAndGet(statements.commit());
        settled.addAndGet(batch.size());
        for (Entry entry : batch) {
            if (entry instanceof Entry.Barrier(CountDownLatch committed)) {
                committed.countDown();
            }
        }
        return !(batch.getLast() instanceof Entry.Stop);
    }

    /**
     * Commits all that was said, folds the write-ahead log into the file and lets other recorders
     * in. A second call does nothing.
     *
     * @throws StoreException where something that was said could not be written
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        said.incrementAndGet();
        Entry stop = new Entry.Stop();
        await(() -> !writer.isAlive() || queue.offer(stop, LOOK_MILLIS, TimeUnit.MILLISECONDS));
        await(() -> writer.join(Duration.ofMillis(LOOK_MILLIS)));
        try (lock;
                connection) {
            if (failure == null) {
                foldLog();
            }
        } catch (SQLException e) {
            throw file.failure(e);
        }
        throwFailure();
    }

    /** Readers may keep a part of the log in use; then it stays beside the file, which is sound. */
    private void foldLog() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 300");
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}
