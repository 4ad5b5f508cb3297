package io.tapekeeper.venue.limit;

import java.time.Duration;

/**
 * Keeps attempts to connect below what the venue allows an address: Binance bans it after 300 within 5 minutes. Asked
 * by one thread at a time per feed.
 */
public interface ConnectBudget {
    /** How long to wait before the next attempt is allowed; 0 = now. */
    long nanosToWait();

    /** An attempt begins. */
    void take();

    /**
     * An attempt was answered by a demand for a pause: none is allowed until it is over.
     *
     * @param status 429 or 418
     */
    void refused(int status, Duration pause);

    /** Binance's limit, kept in memory: for the attempts of this process alone. */
    static ConnectBudget inMemory() {
        return new AttemptBudget(300, Duration.ofMinutes(5), System::nanoTime);
    }
}
