package io.tapekeeper.bar;

import io.tapekeeper.market.AmountSum;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.TradeView;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Makes bars of one interval from the trades of one tape, in id order.
 *
 * <p>A bar is emitted when a trade at or after its end arrives; seconds between that hold no trade become flat bars
 * with the previous close, unless a gap lies there: seconds wholly inside a gap give none. Where exchange time steps
 * back within the id order, the trade counts at the latest time seen; one that is more than a day ahead of the tape
 * counts there too, until ten in a row say so, for a single wrong time must not close years of bars. The first bar of a
 * tape is not complete: what came before it is not known.
 *
 * <p>O(1) and no allocation a trade. Not thread-safe: the tape thread owns it.
 */
public final class BarBuilder {
    /** A time further ahead of the tape than this is doubted: it would close that many bars. */
    private static final long FAR_AHEAD = Interval.DAY.micros();

    /** So many trades in a row that say so are believed: the market did pause. */
    private static final int BELIEVED = 10;

    private final Interval interval;
    private final Consumer<Bar> out;

    private boolean started;
    private boolean gapBefore; // a gap lies between the last trade and the next
    private long latestTime;
    private int farAhead; // trades in a row whose time is doubted
    private long start;
    private long end; // of the bar that is forming: spares most trades a division
    private long open;
    private long high;
    private long low;
    private long close;
    private final AmountSum volume = new AmountSum();
    private final AmountSum quoteVolume = new AmountSum();
    private final AmountSum takerBuyVolume = new AmountSum();
    private long trades;
    private boolean complete;

    /** @param out gets each bar as it closes, in order of time */
    public BarBuilder(Interval interval, Consumer<Bar> out) {
        this.interval = interval;
        this.out = out;
    }

    public void add(TradeView trade) {
        long time = started ? believed(trade.venueTime()) : trade.venueTime();
        if (!started) {
            begin(interval.startOf(time), trade.price(), false);
            started = true;
        } else if (time >= end) {
            long itsStart = interval.startOf(time);
            closeUpTo(itsStart);
            begin(itsStart, trade.price(), !gapBefore);
        }
        gapBefore = false;
        latestTime = time;
        high = Math.max(high, trade.price());
        low = Math.min(low, trade.price());
        close = trade.price();
        volume.add(trade.size());
        quoteVolume.addProduct(trade.price(), trade.size());
        trades += trade.rawTrades();
        if (trade.aggressor() == Side.BUY) {
            takerBuyVolume.add(trade.size());
        }
    }

    /** The time at which a trade counts. */
    private long believed(long time) {
        // After a gap it is not known how much time has passed, and no bars are made of it.
        farAhead = time - latestTime > FAR_AHEAD && !gapBefore ? farAhead + 1 : 0;
        if (farAhead > 0 && farAhead < BELIEVED) {
            return latestTime;
        }
        farAhead = 0;
        return Math.max(time, latestTime);
    }

    /** Whether a trade at {@code time}, after a gap, would close the bar that is forming. */
    public boolean closesAt(long time) {
        return started && time >= end;
    }

    /** Trades are missing between the last one and the next: both their bars are not complete. */
    public void skipGap() {
        complete = false;
        gapBefore = started;
    }

    /** The bar that is still forming, or null before the first trade; its numbers still change. */
    public Bar forming() {
        return started ? snapshot() : null;
    }

    private void closeUpTo(long nextStart) {
        out.accept(snapshot());
        if (!gapBefore) {
            for (long at = start + interval.micros(); at < nextStart; at += interval.micros()) {
                out.accept(Bar.flat(interval, at, close, true, false));
            }
        }
    }

    private void begin(long at, long price, boolean isComplete) {
        start = at;
        end = at + interval.micros();
        open = price;
        high = price;
        low = price;
        close = price;
        volume.clear();
        quoteVolume.clear();
        takerBuyVolume.clear();
        trades = 0;
        complete = isComplete;
    }

    private Bar snapshot() {
        return new Bar(
                interval,
                start,
                open,
                high,
                low,
                close,
                volume.toAmount(),
                quoteVolume.toAmount(),
                trades,
                takerBuyVolume.toAmount(),
                complete,
                false);
    }

    /** Writes the exact state, for {@link #restore}. */
    public void save(DataOutput state) throws IOException {
        state.writeBoolean(started);
        state.writeBoolean(gapBefore);
        state.writeBoolean(complete);
        state.writeInt(farAhead);
        for (long value : new long[] {latestTime, start, open, high, low, close, trades}) {
            state.writeLong(value);
        }
        volume.save(state);
        quoteVolume.save(state);
        takerBuyVolume.save(state);
    }

    /** Continues exactly where {@link #save} was called. */
    public void restore(DataInput state) throws IOException {
        started = state.readBoolean();
        gapBefore = state.readBoolean();
        complete = state.readBoolean();
        farAhead = state.readInt();
        latestTime = state.readLong();
        start = state.readLong();
        end = start + interval.micros();
        open = state.readLong();
        high = state.readLong();
        low = state.readLong();
        close = state.readLong();
        trades = state.readLong();
        volume.restore(state);
        quoteVolume.restore(state);
        takerBuyVolume.restore(state);
    }
}
