package io.tapekeeper.venue;

/**
 * Hears the events of a feed, one call at a time per feed, on the feed's own threads. It may block, which holds the
 * feed back. It must not throw: what it throws is a defect of the listener, is logged as such, and costs the
 * connection.
 */
@FunctionalInterface
public interface FeedListener {
    void on(FeedEvent event);

    /**
     * Trades in their order, each as {@link FeedEvent.Traded} says it. A listener to very many overrides this and
     * spares two objects a trade.
     *
     * @param batch the feed's, one trade at least: to be read before the return
     */
    default void traded(TradeBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            on(new FeedEvent.Traded(batch.instrument(i), batch.trade(i).toTrade()));
        }
    }
}
