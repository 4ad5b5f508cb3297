package io.tapekeeper.market;

/**
 * One trade of an instrument's tape as the venue reported it. The tape that it stands on says which instrument it
 * belongs to and whether {@code id} numbers raw or aggregate trades.
 *
 * @param id the venue's number for it; consecutive on its tape, so a jump means missed trades
 * @param price in quote currency, in units of 1e-8
 * @param size in base currency, in units of 1e-8
 * @param aggressor the side that crossed the spread
 * @param venueTime microseconds since the epoch, the venue's clock: closes bars
 * @param receivedTime microseconds since the epoch, our clock: measures latency, never orders anything and is no
 *     content
 * @param rawTrades how many raw trades it stands for: 1 for a raw trade, l − f + 1 for an aggregate
 */
public record Trade(long id, long price, long size, Side aggressor, long venueTime, long receivedTime, int rawTrades)
        implements TradeView {
    public Trade {
        if (id < 0 || price <= 0 || size <= 0 || rawTrades <= 0) {
            throw new IllegalArgumentException(
                    "no trade: id %d, price %d, size %d, raw trades %d".formatted(id, price, size, rawTrades));
        }
    }

    @Override
    public Trade toTrade() {
        return this;
    }
}
