package io.tapekeeper.store;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.TapeId;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way from the callers of a {@link Recorder} to its writer thread: a ring whose slots are made once and used again,
 * and what callers learn of the writing. A slot is free again when its entry is committed.
 *
 * <p>Any thread may put entries; the writer thread takes them.
 */
final class WriteQueue {
    static final int BOUND = 65_536;

    /** How often a waiting caller looks whether the writer thread is still able to write. */
    private static final long LOOK_MILLIS = 50;

    /** How long a caller waits before it looks again whether there is room. */
    private static final long FULL_MICROS = 200;

    private final Path file; // for messages
    private final RingBuffer<WriteSlot> ring = RingBuffer.createMultiProducer(
            WriteSlot::new, BOUND, new BusySpinWaitStrategy()); // the one that wakes no thread
    private final Sequence committed = new Sequence();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicLong waits = new AtomicLong();
    volatile StoreException failure; // null = none; set by the writer thread, for good
    volatile StoreException trouble; // null = none; set by the writer thread while it tries again

    WriteQueue(Path file) {
        this.file = file;
        ring.addGatingSequences(committed);
    }

    void put(WriteCommand command) {
        checkOpen();
        put(claim(), command);
    }

    void put(TapeId tape, TradeView trade) {
        checkOpen();
        long sequence = claim();
        ring.get(sequence).set(tape, trade);
        ring.publish(sequence);
    }

    /** Puts a command also where the queue was closed; waits a moment and returns false where it is full. */
    boolean putLast(WriteCommand command) throws InterruptedException {
        long sequence = claimNow();
        if (sequence < 0) {
            TimeUnit.MICROSECONDS.sleep(FULL_MICROS);
            return false;
        }
        put(sequence, command);
        return true;
    }

    private void put(long sequence, WriteCommand command) {
        ring.get(sequence).set(command);
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

    /** Claims the next slot of the ring; −1 where it is full. */
    private long claimNow() {
        try {
            return ring.tryNext();
        } catch (InsufficientCapacityException e) { // one and the same, without a trace: cheap
            return -1;
        }
    }

    /** Returns when all that this thread put before is committed. */
    void flush() {
        CountDownLatch reached = new CountDownLatch(1);
        put(new WriteCommand.Barrier(reached));
        await(() -> {
            checkOpen();
            return reached.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    /** Entries that are not committed yet. */
    int size() {
        return BOUND - (int) ring.remainingCapacity();
    }

    /** How often a caller had to wait because the queue was full. */
    long waits() {
        return waits.get();
    }

    /** Refuses entries from now on. False where it did before. */
    boolean close() {
        return !closed.getAndSet(true);
    }

    private void checkOpen() {
        throwFailure();
        if (closed.get()) {
            StoreException now = trouble;
            if (now != null) { // a caller that waits for room in the queue while it is closed
                throw new StoreException(Kind.WRITE_FAILED, now.getMessage(), now);
            }
            throw new StoreException(Kind.CLOSED, file + " is no longer recorded: it was closed");
        }
    }

    /** Throws an exception of its own each time: one that is thrown twice cannot suppress itself. */
    void throwFailure() {
        StoreException now = failure;
        if (now != null) {
            throw new StoreException(now.kind(), now.getMessage(), now);
        }
    }

    /** Of the first entry that is not committed. The writer thread's, like all that follows. */
    long next() {
        return committed.get() + 1;
    }

    boolean isAvailable(long sequence) {
        return ring.isAvailable(sequence);
    }

    WriteSlot get(long sequence) {
        return ring.get(sequence);
    }

    /** Frees the slots of the next {@code count} entries, which are committed. */
    void free(int count) {
        committed.set(committed.get() + count);
    }

    /** How many entries for the file are not committed. */
    long countLost() {
        long lost = 0;
        for (long at = next(); at <= ring.getCursor(); at++) {
            if (ring.isAvailable(at) && !ring.get(at).ofTheQueue()) {
                lost++;
            }
        }
        return lost;
    }

    /** Waits a little while; returns whether what it waits for has come. */
    interface Attempt {
        boolean succeeds() throws InterruptedException;
    }

    /** An interrupt is kept for later and ends nothing: giving up would lose entries. */
    static void await(Attempt attempt) {
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
}
