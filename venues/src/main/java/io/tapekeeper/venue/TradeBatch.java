package io.tapekeeper.venue;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.market.TradeView;

/**
 * Room for the trades of one read, in their order, used again and again. What is taken once a batch in place of once a
 * trade (a lock, a place in a ring, a wake-up) is taken a hundred times less in a busy market; in a quiet one a batch
 * is a single trade.
 *
 * <p>Of one thread, which hands it on by a call.
 */
public final class TradeBatch {
    private final Instrument[] instruments;
    private final int[] places;
    private final TradeSlot[] slots;
    private int count;

    /** @param most trades, at least 1 */
    public TradeBatch(int most) {
        instruments = new Instrument[most];
        places = new int[most];
        slots = new TradeSlot[most];
        for (int i = 0; i < most; i++) {
            slots[i] = new TradeSlot();
        }
    }

    public int count() {
        return count;
    }

    public boolean isFull() {
        return count == slots.length;
    }

    /** Room for the next trade; it is none before {@link #add}. There is none in a full batch. */
    public TradeSlot next() {
        return slots[count];
    }

    /**
     * What {@link #next} says now is a trade of this instrument.
     *
     * @param place of the instrument among those of the connection
     */
    public void add(Instrument instrument, int place) {
        instruments[count] = instrument;
        places[count++] = place;
    }

    public void clear() {
        count = 0;
    }

    public Instrument instrument(int index) {
        return instruments[index];
    }

    /** Of the instrument among those of the connection. */
    public int place(int index) {
        return places[index];
    }

    public TradeView trade(int index) {
        return slots[index];
    }
}
