package io.tapekeeper.store;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.TapeId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The writer thread of a {@link Recorder}, and the ring on the way to it, whose places are made once and used again. A
 * place is free again when what was said there is committed.
 *
 * <p>In trouble that may pass, a full disk first of all, it keeps the batch that it could not commit and tries again
 * until it can; meanwhile the queue fills, and then callers wait. So order and content are the same with trouble and
 * without.
 */
final class Writer {
    static final int QUEUE_BOUND = 65_536;
    static final int COMMIT_ENTRIES = 5_000;
    static final long COMMIT_MILLIS = 250;

    /** How often a waiting caller looks whether the writer thread is still able to write. */
    private static final long LOOK_MILLIS = 50;

    /** How long a caller waits before it looks again whether there is room. */
    private static final long FULL_MICROS = 200;

    /**
     * How long the writer thread sleeps where nothing was said. Nobody wakes it: a thread that says something would pay
     * for that, again and again, for commits that come four times a second.
     */
    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** How old the first entry of a batch gets, for {@link #COMMIT_MILLIS} at most. */
    private static final long OLD_NANOS = TimeUnit.MILLISECONDS.toNanos(COMMIT_MILLIS) - SLEEP_NANOS;

    /** How long commits may stay in the log alone, which a power cut may take. */
    private static final long FOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final SqliteFile file;
    private final WriterConnection sql;
    private final TransactionWriter statements;
    private final Retention retention;
    private final Recorder.Patience patience;
    private final Thread thread;
    private final RingBuffer<WriteSlot> ring = RingBuffer.createMultiProducer(
            WriteSlot::new, QUEUE_BOUND, new BusySpinWaitStrategy()); // the one that wakes nobody
    private final Sequence committed = new Sequence();
    private final CountDownLatch givenUp = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean logged; // something was committed since the log was folded
    private long foldedAt = System.nanoTime();
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

    Writer(SqliteFile file, WriterConnection sql, Recorder.Patience patience) {
        this.file = file;
        this.sql = sql;
        this.patience = patience;
        RollupWriter rollups = new RollupWriter(sql);
        statements = new TransactionWriter(sql, rollups);
        retention = new Retention(sql, rollups);
        ring.addGatingSequences(committed);
        thread = new Thread(this::write, "recorder of " + file.path().getFileName());
        thread.setDaemon(true); // a program that fails elsewhere must be able to end
        thread.setUncaughtExceptionHandler((self, defect) -> failure = new StoreException(
                Kind.WRITE_FAILED,
                "%s is no longer written because of a defect (%s): restart.".formatted(file.path(), defect),
                defect));
    }

    void start() {
        thread.start();
    }

    void put(WriteCommand entry) {
        checkOpen();
        say(claim(), entry);
    }

    void put(TapeId tape, TradeView trade) {
        checkOpen();
        long sequence = claim();
        ring.get(sequence).set(tape, trade);
        ring.publish(sequence);
    }

    private void say(long sequence, WriteCommand entry) {
        ring.get(sequence).set(entry);
        ring.publish(sequence);
    }

    private long claim() {
        long sequence = claimNow();
        return sequence >= 0 ? sequence : claimWaiting();
    }

    private long claimWaiting() {
        waits.incrementAndGet();
        long[] sequence = new long[1];
        await(() -> {
            checkOpen();
            TimeUnit.MICROSECONDS.sleep(FULL_MICROS);
            sequence[0] = claimNow();
            return sequence[0] >= 0;
        });
        return sequence[0];
    }

    /** The next place of the ring; −1 where it is full. */
    private long claimNow() {
        try {
            return ring.tryNext();
        } catch (InsufficientCapacityException e) { // one and the same, without a trace: cheap
            return -1;
        }
    }

    void flush() {
        CountDownLatch reached = new CountDownLatch(1);
        put(new WriteCommand.Barrier(reached));
        await(() -> {
            checkOpen();
            return reached.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    /** How far features that earlier rows lack are computed; null where none of them is lacking. */
    ComputedFeatures computed(Series series) {
        return statements.fill().computed(series);
    }

    int queued() {
        return QUEUE_BOUND - (int) ring.remainingCapacity();
    }

    /** Says that nothing more comes. False where that was said before. */
    boolean close() {
        return !closed.getAndSet(true);
    }

    /** Returns when all that was said is committed, or where that has failed. */
    void join() {
        long deadline = System.nanoTime() + patience.closing().toNanos();
        await(() -> {
            giveUpBehind(deadline);
            long sequence = claimNow();
            if (sequence >= 0) {
                say(sequence, new WriteCommand.Stop());
            } else {
                TimeUnit.MICROSECONDS.sleep(FULL_MICROS);
            }
            return sequence >= 0 || !thread.isAlive();
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
            throw new StoreException(Kind.CLOSED, file.path() + " is no longer recorded: it was closed");
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
        List<WriteSlot> batch = new ArrayList<>(COMMIT_ENTRIES);
        boolean more = true;
        try {
            while (more) {
                gather(batch);
                if (keepTrying(() -> commit(batch))) {
                    more = answer(batch);
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
            failure = new StoreException(
                    plain.kind() == Kind.DAMAGED ? Kind.DAMAGED : Kind.WRITE_FAILED,
                    "Recording stopped: " + plain.getMessage(),
                    e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the writer thread", e);
        }
    }

    /**
     * Takes entries until the batch is full, old enough, or ends with one that wants an answer. It may stay empty while
     * there is something to forget.
     *
     * <p>Where much comes, it is inserted meanwhile. In one go at the end, it would keep a processor for milliseconds;
     * on a small machine the trade that comes then would wait for that, and so would its alert.
     */
    private void gather(List<WriteSlot> batch) throws SQLException {
        long next = committed.get() + 1;
        long began = System.nanoTime(); // or when the first entry came
        boolean more = true;
        while (more) {
            if (!ring.isAvailable(next)) {
                LockSupport.parkNanos(SLEEP_NANOS);
            }
            if (batch.isEmpty() && ring.isAvailable(next)) {
                began = System.nanoTime();
            }
            for (; more && batch.size() < COMMIT_ENTRIES && ring.isAvailable(next); next++) {
                batch.add(ring.get(next));
                more = !batch.getLast().ofTheQueue();
            }
            more &= insertAhead(batch);
            // Until a trade is stored nothing waits: whoever starts a recording wants to see it.
            long age = progress.trades() == 0 ? 0 : OLD_NANOS;
            boolean old = System.nanoTime() - began >= age;
            more &= batch.size() < COMMIT_ENTRIES && !(old && (!batch.isEmpty() || hasWork()));
        }
    }

    /** False where it failed: the commit then does all anew, and tells the reason if it is there. */
    private boolean insertAhead(List<WriteSlot> batch) throws SQLException {
        try {
            statements.ahead(batch);
            return true;
        } catch (SQLException e) {
            statements.rollback();
            return false;
        }
    }

    /** Whether there is something to do although nothing was said. */
    private boolean hasWork() {
        return retention.isDue() || isFoldDue() || statements.fill().isDue();
    }

    private boolean isFoldDue() {
        return logged && System.nanoTime() - foldedAt >= FOLD_NANOS;
    }

    /** A disk that is full or fails at this loses nothing: all is in the log, which goes on. */
    private void foldLog() throws SQLException {
        try {
            sql.foldLog();
        } catch (SQLException e) {
            if (!SqliteFile.mayPass(e)) {
                throw e;
            }
        }
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
        } while (!done && !givenUp.await(patience.retry().toNanos(), TimeUnit.NANOSECONDS));
        return done;
    }

    private boolean attempt(Work work) throws SQLException {
        try {
            work.run();
            trouble = null;
            return true;
        } catch (SQLException e) {
            statements.rollback();
            if (!SqliteFile.mayPass(e)) {
                throw e;
            }
            trouble = file.failure(e);
            foldLog(); // its pages may then be used again, where the disk has no other
            return false;
        }
    }

    private void commit(List<WriteSlot> batch) throws SQLException {
        long began = System.nanoTime();
        long trades = statements.commit(batch);
        logged |= !batch.isEmpty();
        progress = progress.and(trades, System.nanoTime() - began);
    }

    /** Answers those who wait for the batch; returns whether anything may come behind it. */
    private boolean answer(List<WriteSlot> batch) {
        boolean more = batch.isEmpty() || !(batch.getLast().entry() instanceof WriteCommand.Stop);
        for (WriteSlot said : batch) {
            if (said.entry() instanceof WriteCommand.Forgotten(TapeId tape, long before)) {
                retention.add(tape, before);
            } else if (said.entry() instanceof WriteCommand.Begun begun) {
                retention.add(begun.series(), begun.before());
            }
        }
        WriteCommand last = batch.isEmpty() ? null : batch.getLast().entry();
        committed.set(committed.get() + batch.size()); // from here on others may fill the places
        if (last instanceof WriteCommand.Barrier(CountDownLatch reached)) {
            reached.countDown();
        }
        return more;
    }

    private void giveUp() {
        long lost = 0;
        for (long at = committed.get() + 1; at <= ring.getCursor(); at++) {
            if (ring.isAvailable(at) && !ring.get(at).ofTheQueue()) {
                lost++;
            }
        }
        failure = new StoreException(
                Kind.WRITE_FAILED,
                "%d entries were not written, the next start fetches them again: %s"
                        .formatted(lost, trouble.getMessage()),
                trouble);
    }
}
