package io.tapekeeper.venue;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;

/** All that a feed can say. Sealed, so that a new kind stops every switch from compiling. */
public sealed interface FeedEvent {
    /** A trade as the venue printed it; the same one may come again, and ids may be missing. */
    record Traded(Instrument instrument, Trade trade) implements FeedEvent {}

    /**
     * The price of one boundary of the polling interval.
     *
     * @param boundary microseconds since the epoch, by the venue's clock
     * @param price in units of 1e-8: the answer that came before the next boundary
     * @param carried no answer came in time, and the last price stands in
     */
    record Polled(Instrument instrument, long boundary, long price, boolean carried) implements FeedEvent {}

    /** The feed works: a first event came for each part of it, or the first poll was answered. */
    record Connected() implements FeedEvent {}

    /**
     * The feed does not work, and tries again by itself.
     *
     * @param reason one plain sentence; reported once per cause while retrying, not once per attempt
     */
    record Disconnected(String reason) implements FeedEvent {}
}
