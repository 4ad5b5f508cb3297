package io.tapekeeper.store;

import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.TapeId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The writer thread of a {@link Recorder}, and the queue on the way to it.
 *
 * <p>In trouble that may pass, a full disk first of all, it keeps the batch that it could not
 * commit and tries again until it can; meanwhile the queue fills, and then callers wait. So order
 * and content are the same with trouble and without.
 */
final class Writer {
    static final int QUEUE_BOUND = 65_536;
    static final int COMMIT_ENTRIES = 5_000;
    static final long COMMIT_MILLIS = 250;

    /** How often a waiting caller looks whether the writer thread is still able to write. */
    private static final long LOOK_MILLIS = 50;

    private final SqliteFile file;
    private final Statements statements;
    private final Retention retention;
    private final Recorder.Patience patience;
    private final Thread thread;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_BOUND);
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicLong said = new AtomicLong();
    private final AtomicLong settled = new AtomicLong(); // of those said, how many are committed
    final AtomicLong waits = new AtomicLong();
    volatile StoreException failure; // null = none
    volatile StoreException trouble; // null = none
    volatile Progress progress = new Progress(0, 0, 0, 0);

    /** What the writer thread has done. Times: nanoseconds. */
    record Progress(long trades, long commits, long lastCommit, long mostCommit) {
        Progress and(long more, long nanos) {
            return new Progress(trades + more, commits + 1, nanos, Math.max(mostCommit, nanos));
        }
    }

    Writer(SqliteFile file, Prepared sql, Recorder.Patience patience) {
        this.file = file;
        this.patience = patience;
        statements = new Statements(sql);
        retention = new Retention(sql);
        thread = new Thread(this::write, "recorder of " + file.path().getFileName());
        thread.setDaemon(true); // a program that fails elsewhere must be able to end
        thread.setUncaughtExceptionHandler((self, defect) ->
                failure =
                        new StoreException(
                                Kind.WRITE_FAILED,
                                "%s is no longer written because of a defect (%s): restart."
                                        .formatted(file.path(), defect),
                                defect));
    }

    void start() {
        thread.start();
    }

    void put(Entry entry) {
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

    void flush() {
        CountDownLatch committed = new CountDownLatch(1);
        put(new Entry.Barrier(committed));
        await(() -> {
            checkOpen();
            return committed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    int queued() {
        return (int) (said.get() - settled.get());
    }

    /** Says that nothing more comes. False where that was said before. */
    boolean close() {
        return !closed.getAndSet(true);
    }

    /** Returns when all that was said is committed, or where that has failed. */
    void join() {
        long deadline = System.nanoTime() + patience.closing().toNanos();
        said.incrementAndGet();
        Entry stop = new Entry.Stop();
        await(() -> {
            giveUpBehind(deadline);
            return !thread.isAlive() || queue.offer(stop, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        });
        await(() -> {
            giveUpBehind(deadline);
            return thread.join(Duration.ofMillis(LOOK_MILLIS));
        });
    }

    private void giveUpBehind(long deadline) {
        if (trouble != null && System.nanoTime() - deadline > 0) {
            givenUp.countDown();
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

    private void checkOpen() {
        throwFailure();
        if (closed.get()) {
            StoreException now = trouble;
            if (now != null) { // a caller that waits for room in the queue while it is closed
                throw new StoreException(Kind.WRITE_FAILED, now.getMessage(), now);
            }
            throw new IllegalStateException(file.path() + " is no longer recorded: it was closed");
        }
    }

    /** As an exception of its own each time: one that is thrown twice cannot suppress itself. */
    void throwFailure() {
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
                if (keepTrying(() -> commit(batch))) {
                    more = answer(batch);
                    batch.clear();
                } else {
                    more = false;
                    giveUp(batch);
                }
                if (more && retention.isDue()) {
                    keepTrying(retention::step);
                }
            }
        } catch (SQLException e) {
            StoreException plain = file.failureOfAStore(e);
            failure =
                    new StoreException(
                            plain.kind() == Kind.DAMAGED ? Kind.DAMAGED : Kind.WRITE_FAILED,
                            "Recording stopped: " + plain.getMessage(),
                            e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the writer thread", e);
        }
    }

    /**
     * Takes entries until the batch is full, old enough, or ends with one that wants an answer. It
     * may stay empty while there is something to forget.
     */
    private void gather(List<Entry> batch) throws InterruptedException {
        Entry next =
                retention.isDue() ? queue.poll(COMMIT_MILLIS, TimeUnit.MILLISECONDS) : queue.take();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(COMMIT_MILLIS);
        while (next != null) {
            batch.add(next);
            queue.drainTo(batch, COMMIT_ENTRIES - batch.size());
            next =
                    batch.getLast().ofTheQueue() || batch.size() == COMMIT_ENTRIES
                            ? null
                            : queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    /** One transaction, all of it. */
    private interface Work {
        void run() throws SQLException;
    }

    /** Runs it until it succeeds; false where it was given up. */
    private boolean keepTrying(Work work) throws SQLException, InterruptedException {
        boolean done = false;
        while (!done && givenUp.getCount() > 0) {
            try {
                work.run();
                trouble = null;
                done = true;
            } catch (SQLException e) {
                statements.rollback();
                if (!SqliteFile.mayPass(e)) {
                    throw e;
                }
                trouble = file.failure(e);
                givenUp.await(patience.retry().toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        return done;
    }

    private void commit(List<Entry> batch) throws SQLException {
        long began = System.nanoTime();
        long trades = statements.commit(batch);
        progress = progress.and(trades, System.nanoTime() - began);
    }

    /** Answers those who wait for the batch; returns whether anything may come behind it. */
    private boolean answer(List<Entry> batch) {
        settled.addAndGet(batch.size());
        boolean more = true;
        for (Entry entry : batch) {
            switch (entry) {
                case Entry.Barrier(CountDownLatch committed) -> committed.countDown();
                case Entry.Forgotten(TapeId tape, long before) -> retention.add(tape, before);
                case Entry.Stop stop -> more = false;
                default -> {} // all of it is in the file now
            }
        }
        return more;
    }

    private void giveUp(List<Entry> batch) {
        long lost =
                Stream.concat(batch.stream(), queue.stream())
                        .filter(entry -> !entry.ofTheQueue())
                        .count();
        failure =
                new StoreException(
                        Kind.WRITE_FAILED,
                        "%d entries were not written, the next start fetches them again: %s"
                                .formatted(lost, trouble.getMessage()),
                        trouble);
    }
}
