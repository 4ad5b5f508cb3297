package io.tapekeeper.store;

import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.tape.TapeId;

/** Room for one thing said to the {@link Recorder}, on its way to the writer thread; used again. */
final class WriteSlot {
    private final TradeSlot trade = new TradeSlot();
    private TapeId tape; // of the trade; null = it is an entry
    private WriteCommand entry; // null = it is a trade

    void set(TapeId itsTape, TradeView itsTrade) {
        tape = itsTape;
        trade.set(itsTrade);
        entry = null;
    }

    void set(WriteCommand itsEntry) {
        tape = null;
        entry = itsEntry;
    }

    boolean isTrade() {
        return entry == null;
    }

    /** Of the trade; null where it is none. */
    TapeId tape() {
        return tape;
    }

    /** Where it is a trade. */
    TradeView trade() {
        return trade;
    }

    /** Null where it is a trade. */
    WriteCommand entry() {
        return entry;
    }

    /** Whether it concerns the way to the writer thread alone. */
    boolean ofTheQueue() {
        return entry != null && entry.ofTheQueue();
    }
}
