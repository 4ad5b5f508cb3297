package io.tapekeeper.venue;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.TradeView;

/**
 * Hears what a feed says, one event at a time per feed, on the feed's own threads. It may block,
 * which holds the feed back. It must not throw: what it throws is a defect of the listener, is
 * logged as such, and costs the connection.
 */
@FunctionalInterface
public interface FeedListener {
    void on(FeedEvent event);

    /**
     * A trade, as {@link FeedEvent.Traded} says it. Who hears very many overrides this, and spares
     * two objects a trade.
     *
     * @param trade the feed's: to be read before the return
     */
    default void traded(Instrument instrument, TradeView trade) {
        on(new FeedEvent.Traded(instrument, trade.toTrade()));
    }
}
