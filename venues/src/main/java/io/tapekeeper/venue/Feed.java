package io.tapekeeper.venue;

/**
 * A source of market data that keeps itself going: it retries for ever and reports that it does. All methods may be
 * called from any thread.
 */
public interface Feed extends AutoCloseable {
    /**
     * Begins to deliver events and returns at once.
     *
     * @throws IllegalStateException where the feed was started before
     */
    void start();

    /**
     * Ends the feed within one second, also while it is connecting. No event begins to be delivered after the return;
     * one on which the listener still blocks may be in progress.
     */
    @Override
    void close();

    /** What has been counted since the start. */
    FeedCounts counts();
}
