package io.tapekeeper.market;

/**
 * What a trade says, wherever it lies: in a {@link Trade}, which lasts, or in a {@link TradeSlot}, whose memory is used
 * again. Code that is given a view may read it until the call returns, and keeps it with {@link #toTrade}.
 *
 * <p>The way of a live trade, from the socket to its bar, reads views only, so that it allocates nothing for a trade.
 */
public sealed interface TradeView permits Trade, TradeSlot {
    /** The venue's number for it; consecutive on its tape, so a jump means missed trades. */
    long id();

    /** In quote currency, in units of 1e-8. */
    long price();

    /** In base currency, in units of 1e-8. */
    long size();

    /** The side that crossed the spread. */
    Side aggressor();

    /** Microseconds since the epoch, the venue's clock: closes bars. */
    long venueTime();

    /** Microseconds since the epoch, our clock; no content. */
    long receivedTime();

    /** How many raw trades it stands for. */
    int rawTrades();

    /** The same as a record that may be kept. */
    Trade toTrade();

    /** Whether both say the same of the same id; times may differ by source and are no content. */
    default boolean sameContent(TradeView other) {
        return id() == other.id()
                && price() == other.price()
                && size() == other.size()
                && aggressor() == other.aggressor()
                && rawTrades() == other.rawTrades();
    }
}
