package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.recorder.Shutdown;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl+C and SIGTERM: ask a command to end, then wait until it has. Thread-safe. */
final class Signals {
    private static final Duration PATIENCE = Duration.ofMillis(1_600);

    private final Shutdown shutdown;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile int exitCode = CommandFailure.OUTSIDE;

    Signals(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    /**
     * From now on a signal asks the command to end and waits until {@link #finished} was called.
     *
     * @return what asks to end, by a signal or otherwise
     */
    Shutdown listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::signalled, "stop"));
        return shutdown;
    }

    private void signalled() {
        if (finished.getCount() == 0) {
            return; // the command has ended by itself and the JVM is on its way out
        }
        shutdown.request();
        try {
            finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            // The JVM would exit with 130 or 143; what ended in good order ends with its own code.
            Runtime.getRuntime().halt(exitCode);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything is closed and printed. */
    void finished(int code) {
        exitCode = code;
        finished.countDown();
    }
}
