package io.tapekeeper.recorder.repair;

import io.tapekeeper.live.LiveView;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.VenueException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Fills the gaps that the ledger has open, in the background, while the tapes go on: fetches what is missing into the
 * store, computes the rows after it again ({@link Rebuild}), hands the live tape the corrected state, and settles the
 * entries. A tape reports each gap that it passes; the ledger is read at the start only, and where more gaps came than
 * the queue holds. A process that dies in between finds the entries still open and goes on where the store ends.
 *
 * <p>A thread of its own. It asks from the smaller part of the budget, so live never waits for it.
 */
public final class BackgroundRepair implements AutoCloseable {
    private static final Logger LOG = System.getLogger(BackgroundRepair.class.getName());

    private final RepairTools tools;
    private final Map<TapePipeline, TapeRepair> repairs = new LinkedHashMap<>();
    private final GapQueue gaps = new GapQueue();
    private final Handover handover;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private String unanswered = ""; // why nothing was answered; of its thread alone

    /** @param tapes those that have no trades are left alone */
    public BackgroundRepair(RepairTools tools, TapeThread tape, LiveView view, Collection<TapePipeline> tapes) {
        this.tools = tools;
        handover = new Handover(tape, view, tools.recorder(), this::isClosing);
        for (TapePipeline one : tapes) {
            if (one.series().tape().kind() != TapeKind.POLL) {
                repairs.put(one, new TapeRepair(one, tools));
                one.onGap((gap, cause) -> gaps.add(new GapQueue.Found(one, gap, cause)));
            }
        }
        thread = Thread.ofPlatform()
                .name("ledger-repair")
                .daemon()
                .uncaughtExceptionHandler(tape::broke)
                .unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Whether no gap is open that it could still fill; any thread. */
    public boolean isIdle() {
        return gaps.isAtRest();
    }

    /** How far the repair of a tape is, where one is going on; any thread. */
    public Optional<RepairProgress> progress(TapePipeline tape) {
        return Optional.ofNullable(repairs.get(tape)).flatMap(TapeRepair::progress);
    }

    /** Trades that came late to a tape since the start; any thread. */
    public long repaired(TapePipeline tape) {
        TapeRepair repair = repairs.get(tape);
        return repair == null ? 0 : repair.repaired();
    }

    private void run() {
        long between = tools.settings().followEvery().toNanos();
        long retry = 0;
        try {
            while (!isClosing()) {
                boolean answered = attempt();
                long attemptedAt = tools.nanos().getAsLong();
                retry = answered ? 0 : longer(retry);
                boolean more = !answered;
                long rest = Long.MAX_VALUE;
                for (TapeRepair repair : repairs.values()) {
                    more |= repair.hasWork();
                    rest = Math.min(rest, repair.restsFor());
                }
                if (!more) {
                    gaps.rest();
                    gaps.await(rest);
                }
                long since = tools.nanos().getAsLong() - attemptedAt;
                pause(Duration.ofNanos(Math.max(0, Math.max(retry, between) - since))); // gaps often come together
            }
        } catch (StoreException | CancellationException e) {
            LOG.log(Level.INFO, "the repair ended: {0}", e.getMessage()); // the tape thread reports it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only close() interrupts
        }
    }

    private long longer(long pause) {
        return Math.clamp(
                pause * 2,
                tools.settings().firstRetry().toNanos(),
                tools.settings().longestRetry().toNanos());
    }

    /** Attempts all that is due; returns whether everything was answered. */
    private boolean attempt() throws InterruptedException {
        gaps.work();
        boolean answered = readLedger();
        for (Optional<GapQueue.Found> next = gaps.poll(); next.isPresent(); next = gaps.poll()) {
            repairs.get(next.get().tape()).found(next.get().gap(), next.get().cause());
        }
        for (TapeRepair repair : repairs.values()) {
            try {
                if (repair.hasWork()) {
                    repair.attempt(handover, this::pause);
                }
            } catch (VenueException e) {
                if (!e.getMessage().equals(unanswered)) {
                    unanswered = e.getMessage();
                    LOG.log(Level.WARNING, "{0}: no answer: {1}", repair.symbol(), unanswered);
                }
                answered = false;
            } catch (StoreException e) {
                waits(e);
                answered = false;
            }
        }
        unanswered = answered ? "" : unanswered;
        return answered;
    }

    /** Returns false where it is to be read and could not be. */
    private boolean readLedger() {
        if (!gaps.takeLedgerIsNewer()) {
            return true;
        }
        try {
            tools.recorder().flush();
            repairs.values().forEach(TapeRepair::readLedger);
            return true;
        } catch (StoreException e) {
            gaps.readLedgerAgain();
            waits(e);
            return false;
        }
    }

    /**
     * Reading may work again, as writing may.
     *
     * @throws StoreException where nothing will be written any more
     */
    private void waits(StoreException e) {
        boolean passes = e.kind() != StoreException.Kind.DAMAGED
                && tools.recorder().failure().isEmpty();
        if (isClosing() || !passes) {
            throw e;
        }
        LOG.log(Level.WARNING, "the repair waits: {0}", e.getMessage());
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void pause(Duration time) throws InterruptedException {
        if (closing.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new CancellationException("closed");
        }
    }

    /** Ends soon; must be closed before the tape thread and the recorder. */
    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
