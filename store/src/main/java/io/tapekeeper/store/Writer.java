package io.tapekeeper.store;

import io.tapekeeper.series.Series;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.TapeId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The writer thread of a {@link Recorder}: commits what is in its queue, batch after batch.
 *
 * <p>In trouble that may pass, a full disk first of all, it keeps the batch that it could not commit and tries again
 * until it can; meanwhile the queue fills, and then callers wait. So order and content are the same with trouble and
 * without.
 */
final class Writer {
    static final int COMMIT_ENTRIES = 5_000;
    static final long COMMIT_MILLIS = 250;

    /** How often a caller that waits for the end looks whether it should give up. */
    private static final Duration LOOK = Duration.ofMillis(50);

    /**
     * How long the writer thread sleeps where the queue is empty. Callers do not wake it: they would pay for that again
     * and again, for commits that come four times a second.
     */
    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** How old the first entry of a batch gets, for {@link #COMMIT_MILLIS} at most. */
    private static final long OLD_NANOS = TimeUnit.MILLISECONDS.toNanos(COMMIT_MILLIS) - SLEEP_NANOS;

    /** How long commits may stay in the log alone, which a power cut may take. */
    private static final long FOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final SqliteFile file;
    private final WriterConnection sql;
    private final WriteQueue queue;
    private final Duration retry;
    private final TransactionWriter transactions;
    private final Retention retention;
    private final Thread thread;
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private boolean logged; // there was a commit since the log was folded
    private long foldedAt = System.nanoTime();
    volatile Progress progress = new Progress(0, 0, 0, 0);

    /** What the writer thread has done. Times: nanoseconds. */
    record Progress(long trades, long commits, long lastCommit, long mostCommit) {
        Progress and(long more, long nanos) {
            return new Progress(trades + more, commits + 1, nanos, Math.max(mostCommit, nanos));
        }
    }

    /** @param retry how long it waits in trouble until it tries again */
    Writer(SqliteFile file, WriterConnection sql, WriteQueue queue, Duration retry) {
        this.file = file;
        this.sql = sql;
        this.queue = queue;
        this.retry = retry;
        RollupWriter rollups = new RollupWriter(sql);
        transactions = new TransactionWriter(sql, rollups);
        retention = new Retention(sql, rollups);
        thread = new Thread(this::write, "recorder of " + file.path().getFileName());
        thread.setDaemon(true); // a program that fails elsewhere must be able to end
        thread.setUncaughtExceptionHandler((self, defect) -> queue.failure = new StoreException(
                Kind.WRITE_FAILED,
                "%s is no longer written because of a defect (%s): restart.".formatted(file.path(), defect),
                defect));
    }

    void start() {
        thread.start();
    }

    /**
     * Returns when all entries of the queue, which is closed, are committed, or where that has failed.
     *
     * @param patience how long it goes on trying in trouble
     */
    void join(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        WriteQueue.await(() -> {
            giveUpAfter(deadline);
            return queue.putLast(new WriteCommand.Stop()) || !thread.isAlive();
        });
        WriteQueue.await(() -> {
            giveUpAfter(deadline);
            return thread.join(LOOK);
        });
    }

    /** How far features that earlier rows lack are computed; null where none of them is lacking. */
    ComputedFeatures computed(Series series) {
        return transactions.fill().computed(series);
    }

    private void giveUpAfter(long deadline) {
        if (queue.trouble != null && System.nanoTime() - deadline > 0) {
            givenUp.countDown();
        }
    }

    /** The writer thread: batch after batch, until the last entry is committed or it cannot write any more. */
    private void write() {
        List<WriteSlot> batch = new ArrayList<>(COMMIT_ENTRIES);
        boolean more = true;
        try {
            while (more) {
                gather(batch);
                if (keepTrying(() -> commit(batch))) {
                    more = finish(batch);
                    batch.clear();
                } else {
                    more = false;
                    giveUp();
                }
                if (more && retention.isDue()) {
                    keepTrying(retention::step);
                }
                if (isFoldDue()) {
                    foldLog();
                }
            }
        } catch (SQLException e) {
            StoreException plain = file.failureOfAStore(e);
            queue.failure = new StoreException(
                    plain.kind() == Kind.DAMAGED ? Kind.DAMAGED : Kind.WRITE_FAILED,
                    "Recording stopped: " + plain.getMessage(),
                    e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the writer thread was interrupted, which no code does", e);
        }
    }

    /**
     * Takes entries until the batch is full, old enough, or ends with one that a caller waits for. It may stay empty
     * while there is something to forget.
     *
     * <p>Where much comes, it is inserted meanwhile. In one go at the end, it would keep a processor for milliseconds;
     * on a small machine the trade that comes then would wait for that, and so would its alert.
     */
    private void gather(List<WriteSlot> batch) throws SQLException {
        long next = queue.next();
        long began = System.nanoTime(); // or when the first entry came
        boolean more = true;
        while (more) {
            if (!queue.isAvailable(next)) {
                LockSupport.parkNanos(SLEEP_NANOS);
            }
            if (batch.isEmpty() && queue.isAvailable(next)) {
                began = System.nanoTime();
            }
            for (; more && batch.size() < COMMIT_ENTRIES && queue.isAvailable(next); next++) {
                batch.add(queue.get(next));
                more = !batch.getLast().ofTheQueue();
            }
            more &= insertAhead(batch);
            // Until a trade is stored the first batch does not wait: who starts a recording wants to see it.
            long age = progress.trades() == 0 ? 0 : OLD_NANOS;
            boolean old = System.nanoTime() - began >= age;
            more &= batch.size() < COMMIT_ENTRIES && !(old && (!batch.isEmpty() || hasWork()));
        }
    }

    /** False where it failed: the commit then begins again, and fails for the same reason if that is still there. */
    private boolean insertAhead(List<WriteSlot> batch) throws SQLException {
        try {
            transactions.ahead(batch);
            return true;
        } catch (SQLException e) {
            transactions.rollback();
            return false;
        }
    }

    /** Whether there is something to do although nothing was said. */
    private boolean hasWork() {
        return retention.isDue() || isFoldDue() || transactions.fill().isDue();
    }

    private boolean isFoldDue() {
        return logged && System.nanoTime() - foldedAt >= FOLD_NANOS;
    }

    private void foldLog() throws SQLException {
        sql.foldLog();
        logged = false;
        foldedAt = System.nanoTime();
    }

    /** One transaction, all of it. */
    private interface Work {
        void run() throws SQLException;
    }

    /** Runs it until it succeeds; false where it was given up. */
    private boolean keepTrying(Work work) throws SQLException, InterruptedException {
        boolean done;
        do { // once at least: it may be given up in the moment in which the trouble ends
            done = attempt(work);
        } while (!done && !givenUp.await(retry.toNanos(), TimeUnit.NANOSECONDS));
        return done;
    }

    private boolean attempt(Work work) throws SQLException {
        try {
            work.run();
            queue.trouble = null;
            return true;
        } catch (SQLException e) {
            transactions.rollback();
            if (!SqliteFile.mayPass(e)) {
                throw e;
            }
            queue.trouble = file.failure(e);
            foldLog(); // its pages may then be used again, where the disk has no other
            return false;
        }
    }

    private void commit(List<WriteSlot> batch) throws SQLException {
        long began = System.nanoTime();
        long trades = transactions.commit(batch);
        logged |= !batch.isEmpty();
        progress = progress.and(trades, System.nanoTime() - began);
    }

    /** Frees the slots of a committed batch and answers the caller that waits for it; false after the last batch. */
    private boolean finish(List<WriteSlot> batch) {
        for (WriteSlot slot : batch) {
            if (slot.command() instanceof WriteCommand.Forgotten(TapeId tape, long before)) {
                retention.add(tape, before);
            } else if (slot.command() instanceof WriteCommand.Begun begun) {
                retention.add(begun.series(), begun.before());
            }
        }
        WriteCommand last = batch.isEmpty() ? null : batch.getLast().command();
        queue.free(batch.size()); // from here on callers may fill the slots again
        if (last instanceof WriteCommand.Barrier(CountDownLatch reached)) {
            reached.countDown();
        }
        return !(last instanceof WriteCommand.Stop);
    }

    private void giveUp() {
        StoreException trouble = queue.trouble;
        queue.failure = new StoreException(
                Kind.WRITE_FAILED,
                "%d entries were not written, the next start fetches them again: %s"
                        .formatted(queue.countLost(), trouble.getMessage()),
                trouble);
    }
}
