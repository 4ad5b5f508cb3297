package io.tapekeeper.exchange.market;

/**
 * Consecutive raw trades of the same time, price and side: what one taker order took from one price level.
 *
 * @param id consecutive per symbol
 * @param size sum of the raw sizes, in units of 1e-8
 * @param first id of the first raw trade
 * @param last id of the last raw trade; the next aggregate's {@code first} is one more; both are −1 if the aggregate is
 *     blanked
 */
public record Aggregate(long id, long price, long size, long first, long last, long time, boolean buyerIsMaker)
        implements Print {
    Aggregate moved(long later) {
        return new Aggregate(id, price, size, first, last, time + later, buyerIsMaker);
    }

    /** What a venue leaves of an aggregate that it has found wrong: id, time and side. */
    Aggregate blanked() {
        return new Aggregate(id, 0, 0, -1, -1, time, buyerIsMaker);
    }

    /** Whether the venue has blanked it in place. */
    public boolean isBlanked() {
        return last < 0;
    }
}
