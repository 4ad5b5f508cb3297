package io.tapekeeper.venue.limit;

import io.tapekeeper.venue.net.UpgradeRefused;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps attempts to connect below what the venue allows one address, and lets one through at a time: an address that
 * makes too many is banned. One per feed, shared by its sessions; all of one governor count together. Any thread.
 */
public final class ConnectBudget {
    /** Connects, and blocks until that has succeeded or failed. */
    public interface Attempt<T> {
        T make() throws IOException, InterruptedException;
    }

    private final SharedRateWindow window;
    private final InstantSource clock;

    ConnectBudget(SharedRateWindow window, InstantSource clock) {
        this.window = window;
        this.clock = clock;
    }

    /** Counts the attempts of this feed alone. */
    public static ConnectBudget inMemory() {
        InstantSource clock = InstantSource.system();
        return new ConnectBudget(SharedRateWindow.inMemory(clock), clock);
    }

    /** How long no attempt is allowed; zero = one is allowed now. */
    public Duration toWait() {
        return Duration.of(window.with(clock, RateWindow::microsToWaitForConnect), ChronoUnit.MICROS);
    }

    /**
     * Makes an attempt as soon as it is allowed and no other is in flight. Where the venue answers with a demand for a
     * pause, none is allowed until that is over.
     *
     * @param closing ends the waiting when it is counted down
     * @throws InterruptedException where it was
     */
    public synchronized <T> T attempt(CountDownLatch closing, Attempt<T> attempt)
            throws IOException, InterruptedException {
        Duration wait;
        do {
            wait = toWait();
            if (closing.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new InterruptedException("closed while waiting to connect");
            }
        } while (wait.isPositive());
        take();
        try {
            return attempt.make();
        } catch (UpgradeRefused e) {
            if (e.status() == 429 || e.status() == 418) {
                refused(e.status(), VenueErrors.wait(e.status(), e.headers(), Duration.ZERO));
            }
            throw e;
        }
    }

    void take() {
        window.change(clock, RateWindow::connect);
    }

    /** @param status 429 or 418 */
    void refused(int status, Duration pause) {
        window.change(clock, one -> one.connectRefused(status, pause));
    }
}
