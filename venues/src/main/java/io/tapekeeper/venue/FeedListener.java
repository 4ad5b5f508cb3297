package io.tapekeeper.venue;

/**
 * Hears what a feed says, one event at a time per feed, on the feed's own threads. It may block,
 * which holds the feed back. It must not throw: what it throws is a defect of the listener, is
 * logged as such, and costs the connection.
 */
@FunctionalInterface
public interface FeedListener {
    void on(FeedEvent event);
}
