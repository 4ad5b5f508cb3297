package io.tapekeeper.exchange.market;

/**
 * One match of two orders.
 *
 * @param id consecutive per symbol
 * @param price in units of 1e-8
 * @param size in units of 1e-8
 * @param time microseconds since the epoch, on the tape's clock
 * @param buyerIsMaker true if the aggressor sold
 */
public record RawTrade(long id, long price, long size, long time, boolean buyerIsMaker) implements Print {
    RawTrade moved(long later) {
        return new RawTrade(id, price, size, time + later, buyerIsMaker);
    }
}
