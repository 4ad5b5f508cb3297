package io.tapekeeper.pipeline;

import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pipeline puts on its tape from some moment on ({@link Pipeline#copyTo}), for a second pipeline of the same
 * tape that catches up with it. Bounded: where the second one is too slow, entries are lost, and it has to begin again
 * with another tail.
 *
 * <p>Thread-safe: the owner of the first pipeline fills it, the owner of the second empties it.
 */
public final class TapeTail {
    /** One of both: a trade, or a gap with its cause. */
    record Entry(Trade trade, Gap gap, GapCause cause) {}

    private final int bound;
    private List<Entry> entries = new ArrayList<>();
    private boolean overflowed;

    /** @param bound most entries that it holds */
    public TapeTail(int bound) {
        this.bound = bound;
    }

    void add(TradeView trade) {
        add(new Entry(trade.toTrade(), null, null));
    }

    void add(Gap gap, GapCause cause) {
        add(new Entry(null, gap, cause));
    }

    private synchronized void add(Entry entry) {
        overflowed |= entries.size() >= bound;
        if (!overflowed) {
            entries.add(entry);
        }
    }

    /** Takes all entries, in their order. */
    synchronized List<Entry> take() {
        List<Entry> taken = entries;
        entries = new ArrayList<>();
        return taken;
    }

    /** How many entries the second pipeline has not taken yet. */
    public synchronized int size() {
        return entries.size();
    }

    /** Whether entries were lost. */
    public synchronized boolean hasOverflowed() {
        return overflowed;
    }
}
