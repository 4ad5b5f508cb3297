package io.tapekeeper.recorder.repair;

import io.tapekeeper.live.LiveView;
import io.tapekeeper.pipeline.TapeTail;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.store.Recorder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * Brings a {@link Rebuild} level with the live tape beside which it computes, and hands the corrected state over. What
 * the tape receives meanwhile is copied in memory, so the tape thread computes the last few trades only, and neither
 * reads the store nor waits for a commit.
 *
 * <p>Owned by the repair's thread.
 */
final class Handover {
    private static final Logger LOG = System.getLogger(Handover.class.getName());

    /** How near a rebuild must have come by reading before the tape is copied for it. */
    private static final long NEAR = 2_000;

    /** Entries of a tape that may wait in memory for a rebuild; a second of a very busy market. */
    private static final int TAIL = 65_536;

    /** The tape thread computes at most about so many trades again. */
    private static final int FEW = 256;

    /** A tape faster than its rebuild is never caught up with; after so many rounds it is left for a quieter time. */
    private static final int ROUNDS = 20;

    private final TapeThread thread;
    private final LiveView view;
    private final Recorder recorder;
    private final BooleanSupplier closing;
    private long overflows;

    Handover(TapeThread thread, LiveView view, Recorder recorder, BooleanSupplier closing) {
        this.thread = thread;
        this.view = view;
        this.recorder = recorder;
        this.closing = closing;
    }

    /**
     * Goes on with the rebuild until it has come as far as the live tape, which then continues from its state.
     *
     * @param settled is run by the tape thread with the takeover; writes to the ledger only
     * @return false where the tape was too fast: nothing has changed
     * @throws CancellationException where it was asked to end meanwhile
     */
    boolean run(Rebuild rebuild, TapePipeline live, Runnable settled) throws InterruptedException {
        for (int round = 0; round < ROUNDS && live.now().lastId() - rebuild.lastId() > NEAR; round++) {
            rebuild.upTo(live.now().lastId(), closing);
        }
        for (int round = 0; round < ROUNDS; round++) {
            if (follow(rebuild, live, settled)) {
                recorder.flush(); // pages now read the corrected rows, so the store must have them
                view.announceCorrection(live.series(), rebuild.firstMicros());
                return true;
            }
            overflows++;
        }
        LOG.log(
                Level.WARNING,
                "{0}: trades came faster than the rows could be computed again; trying again later ({1} times now)",
                live.symbol(),
                Long.toString(overflows / ROUNDS));
        return false;
    }

    /** Returns false where more came than waits in memory. */
    private boolean follow(Rebuild rebuild, TapePipeline live, Runnable settled) throws InterruptedException {
        TapeTail tail = new TapeTail(TAIL);
        long[] from = {-1};
        boolean[] taken = {false};
        await(thread.execute(() -> {
            live.copyTo(tail);
            from[0] = live.lastId();
        }));
        try {
            rebuild.upTo(from[0], closing);
            for (int pass = 0; pass < ROUNDS && tail.size() > FEW && !tail.hasOverflowed(); pass++) {
                rebuild.follow(tail);
            }
            await(thread.execute(() -> {
                live.copyTo(null);
                if (!tail.hasOverflowed()) {
                    rebuild.follow(tail);
                    takeOver(rebuild, live);
                    settled.run();
                    taken[0] = true;
                }
            }));
            return taken[0];
        } finally {
            if (!taken[0]) {
                var unused = thread.execute(() -> live.copyTo(null));
            }
        }
    }

    private void takeOver(Rebuild rebuild, TapePipeline live) {
        live.adopt(rebuild.state());
        rebuild.finish();
        view.correct(
                live.series(),
                rebuild.firstMicros(),
                rebuild.newestRows(),
                rebuild.newestAlerts(),
                rebuild.lastSignal());
    }

    private static void await(Future<?> done) throws InterruptedException {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a task of the tape thread fails with the thread", e);
        }
    }
}
