package io.tapekeeper.exchange.market;

/**
 * Best bid and ask from one moment on.
 *
 * @param tradesBefore number of trades of its block that came before it; 0 until it has been placed in one
 * @param time microseconds since the epoch, on the tape's clock
 * @param updateId the book's running number
 * @param bid in units of 1e-8, as are {@code bidSize}, {@code ask} and {@code askSize}
 */
public record Quote(int tradesBefore, long time, long updateId, long bid, long bidSize, long ask, long askSize) {
    Quote moved(int before, long later) {
        return new Quote(before, time + later, updateId, bid, bidSize, ask, askSize);
    }

    /** Whether both have the same prices and sizes, regardless of time. */
    public boolean sameBook(Quote other) {
        return bid == other.bid && bidSize == other.bidSize && ask == other.ask && askSize == other.askSize;
    }
}
