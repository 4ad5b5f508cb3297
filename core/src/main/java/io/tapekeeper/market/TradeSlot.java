package io.tapekeeper.market;

/**
 * Room for one trade at a time, used again and again. Refuses nothing: what must be a trade is checked by who fills it,
 * or where it becomes a {@link Trade}. Not thread-safe: who hands it on publishes it.
 */
public final class TradeSlot implements TradeView {
    private long id;
    private long price;
    private long size;
    private Side aggressor = Side.BUY;
    private long venueTime;
    private long receivedTime;
    private int rawTrades;

    /** Says from now on what the arguments say; units are those of {@link Trade}. */
    public void set(long id, long price, long size, Side aggressor, long venueTime, long receivedTime, int rawTrades) {
        this.id = id;
        this.price = price;
        this.size = size;
        this.aggressor = aggressor;
        this.venueTime = venueTime;
        this.receivedTime = receivedTime;
        this.rawTrades = rawTrades;
    }

    /** Says from now on what {@code other} says at this moment. */
    public void set(TradeView other) {
        set(
                other.id(),
                other.price(),
                other.size(),
                other.aggressor(),
                other.venueTime(),
                other.receivedTime(),
                other.rawTrades());
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long price() {
        return price;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Side aggressor() {
        return aggressor;
    }

    @Override
    public long venueTime() {
        return venueTime;
    }

    @Override
    public long receivedTime() {
        return receivedTime;
    }

    @Override
    public int rawTrades() {
        return rawTrades;
    }

    /** @throws IllegalArgumentException where it says nothing that can be a trade */
    @Override
    public Trade toTrade() {
        return new Trade(id, price, size, aggressor, venueTime, receivedTime, rawTrades);
    }
}
