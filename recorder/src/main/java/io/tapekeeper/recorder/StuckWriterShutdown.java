package io.tapekeeper.recorder;

import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ends a recorder that can write nothing, because its disk is full for example, as soon as it is asked to stop: else
 * every thread with something to write would wait for room in the full queue for ever. What was not written is counted
 * and reported, and the next start fetches it.
 */
final class StuckWriterShutdown implements AutoCloseable {
    private static final Logger LOG = System.getLogger(StuckWriterShutdown.class.getName());

    private final Recorder recorder;
    private final AtomicReference<Thread> closing = new AtomicReference<>();

    StuckWriterShutdown(Recorder recorder, Shutdown stop) {
        this.recorder = recorder;
        stop.whenRequested(this::stopRequested);
    }

    /** Any thread, and more than once; does not wait. */
    private void stopRequested() {
        if (recorder.trouble().isPresent()) {
            Thread thread = Thread.ofPlatform().name("stop-in-trouble").unstarted(this::end);
            if (closing.compareAndSet(null, thread)) {
                thread.start();
            }
        }
    }

    private void end() {
        try {
            recorder.close();
        } catch (StoreException e) {
            LOG.log(Level.WARNING, e.getMessage()); // every later write fails with it, too
        }
    }

    /**
     * Waits until it has ended; an interrupt is kept for later.
     *
     * @throws StoreException where something was not written
     */
    @Override
    public void close() {
        Thread thread = closing.get();
        if (thread == null) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        recorder.failure().ifPresent(e -> {
            throw e;
        });
    }
}
