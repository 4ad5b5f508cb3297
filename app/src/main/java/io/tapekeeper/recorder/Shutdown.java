package io.tapekeeper.recorder;

import io.tapekeeper.app.CommandFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a long-running command is asked to end: by Ctrl+C, SIGTERM, {@code --for}, {@code --until-idle} or a failure.
 * Whoever asks first decides. Thread-safe.
 */
public final class Shutdown {
    private static final Duration PATIENCE = Duration.ofMillis(1_600);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final List<Runnable> whenRequested = new CopyOnWriteArrayList<>();
    private volatile CommandFailure failure;
    private volatile int exitCode = CommandFailure.OUTSIDE;

    /** From now on a signal asks to end and waits until {@link #finished} was called. */
    public void onSignals() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::signalled, "stop"));
    }

    private void signalled() {
        if (finished.getCount() == 0) {
            return; // the command has ended by itself and the JVM is on its way out
        }
        request();
        try {
            finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            // The JVM would exit with 130 or 143; what ended in good order ends with its own code.
            Runtime.getRuntime().halt(exitCode);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks to end. */
    public void request() {
        requested.countDown();
        whenRequested.forEach(Runnable::run);
    }

    /** Has something done at once when somebody asks to end, so that nothing waits for a venue. */
    public void whenRequested(Runnable action) {
        whenRequested.add(action);
        if (isRequested()) {
            action.run();
        }
    }

    /** Asks to end because of a failure; the first one counts. */
    public void fail(CommandFailure reason) {
        if (requested.getCount() > 0) {
            failure = reason;
        }
        request();
    }

    /** Waits up to {@code time}; true when asked to end. */
    public boolean await(Duration time) throws InterruptedException {
        return requested.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits until asked to end. */
    public void await() throws InterruptedException {
        requested.await();
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Everything is closed and said. */
    public void finished(int code) {
        exitCode = code;
        finished.countDown();
    }

    /** Throws the failure that ended the command, if one did. */
    public void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }
}
