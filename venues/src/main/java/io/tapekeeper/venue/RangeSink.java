package io.tapekeeper.venue;

import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.GapCause;

/** Takes what became of the ids of a range, ascending. */
public interface RangeSink {
    /** A trade of the range. */
    void trade(Trade trade);

    /**
     * Ids of the range that will not come, both included: the venue does not have them, or (UNRESOLVED) what it has
     * under them can be no trade.
     */
    void missing(long firstId, long lastId, GapCause cause);
}
