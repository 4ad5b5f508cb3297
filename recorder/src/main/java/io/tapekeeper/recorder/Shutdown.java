package io.tapekeeper.recorder;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a recording, or anything else that runs for long, is asked to end. The first failure that asks decides how it
 * ends. Thread-safe.
 */
public final class Shutdown {
    private final CountDownLatch requested = new CountDownLatch(1);
    private final List<Runnable> whenRequested = new CopyOnWriteArrayList<>();
    private volatile RuntimeException failure;

    /** Asks to end. */
    public void request() {
        requested.countDown();
        whenRequested.forEach(Runnable::run);
    }

    /** Has {@code action} run as soon as something asks to end, so that nothing waits for a venue. */
    public void whenRequested(Runnable action) {
        whenRequested.add(action);
        if (isRequested()) {
            action.run();
        }
    }

    /** Asks to end because of a failure; the first one counts. */
    public void fail(RuntimeException reason) {
        if (requested.getCount() > 0) {
            failure = reason;
        }
        request();
    }

    /** Waits up to {@code time}; returns whether it was asked to end. */
    public boolean await(Duration time) throws InterruptedException {
        return requested.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits until it is asked to end. */
    public void await() throws InterruptedException {
        requested.await();
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Throws the failure that asked to end, if one did. */
    public void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }
}
