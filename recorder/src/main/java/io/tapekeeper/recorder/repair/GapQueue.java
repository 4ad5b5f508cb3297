package io.tapekeeper.recorder.repair;

import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Gaps that tapes have just passed, on their way to the repair. Bounded: where more come than it holds, the ledger,
 * which has them all, is to be read again; so it is at the start.
 *
 * <p>Thread-safe: the tape thread adds, the repair's thread takes.
 */
final class GapQueue {
    private static final int BOUND = 1_024;

    /** A gap that a tape has passed and that may still be filled. */
    record Found(TapePipeline tape, Gap gap, GapCause cause) {}

    private final Deque<Found> waiting = new ArrayDeque<>();
    private final Semaphore news = new Semaphore(0);
    private boolean ledgerIsNewer = true;
    private boolean atRest;
    private long overflows;

    synchronized void add(Found found) {
        if (waiting.size() < BOUND) {
            waiting.add(found);
        } else {
            ledgerIsNewer = true;
            overflows++;
        }
        atRest = false;
        news.release();
    }

    /** Waits until something was added since the last time, but no longer than this. */
    void await(long nanos) throws InterruptedException {
        if (news.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            news.drainPermits();
        }
    }

    /** The next gap. */
    synchronized Optional<Found> poll() {
        return Optional.ofNullable(waiting.poll());
    }

    /** Whether the ledger is to be read; asked before gaps are taken. */
    synchronized boolean takeLedgerIsNewer() {
        boolean newer = ledgerIsNewer;
        ledgerIsNewer = false;
        return newer;
    }

    /** The ledger could not be read: try again. */
    synchronized void readLedgerAgain() {
        ledgerIsNewer = true;
    }

    /** Nothing that was taken is left to do. */
    synchronized void rest() {
        atRest = waiting.isEmpty() && !ledgerIsNewer;
    }

    /** Something that was taken is being done. */
    synchronized void work() {
        atRest = false;
    }

    /** Whether nothing is left to do, of all gaps that were ever added. */
    synchronized boolean isAtRest() {
        return atRest;
    }

    /** How many gaps found no room. */
    synchronized long overflows() {
        return overflows;
    }
}
