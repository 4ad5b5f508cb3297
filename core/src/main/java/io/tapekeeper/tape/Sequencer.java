package io.tapekeeper.tape;

import io.tapekeeper.market.Trade;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.TreeMap;

/**
 * Merges any number of sources into one tape: emits trades in id order, each id once, and says what
 * is missing.
 *
 * <p>At a hole it holds the later trades back, so that another source can fill it: reconnects,
 * overlapping sockets, repair and start-up are all just more sources. When the hold-back time is
 * over or the budget is used up it emits a {@link Gap} and goes on.
 *
 * <p>Duplicates are dropped and counted; one that says something else than the trade emitted before
 * it is counted as a conflict too, as far back as the last {@value #REMEMBERED} trades reach.
 *
 * <p>Monotonic time comes in as an argument. O(1) a trade in order, O(log held) behind a hole. Not
 * thread-safe: the tape thread owns it.
 */
public final class Sequencer {
    /** Where the trades of one instrument go. */
    public interface Output {
        /** The next trade of the tape. */
        void trade(Trade trade);

        /** A hole that was not filled in time; the next trade comes from behind it. */
        void gap(Gap gap);

        /** The same id came again with other content; the first one stays. */
        void conflict(Trade emitted, Trade other);
    }

    private static final int REMEMBERED = 1024; // a power of two
    private static final long NONE = -1;

    private final Output out;
    private final long holdBackNanos;
    private final HoldBudget budget;
    private final TreeMap<Long, Trade> held = new TreeMap<>();
    private final Trade[] recent = new Trade[REMEMBERED];
    private long lastId = NONE;
    private long lastTime;
    private long holeSince;
    private long duplicates;
    private long conflicts;

    /**
     * @param holdBackNanos how long a hole may stay open before it becomes a gap; 0 = at once
     */
    public Sequencer(Output out, long holdBackNanos, HoldBudget budget) {
        this.out = out;
        this.holdBackNanos = holdBackNanos;
        this.budget = budget;
    }

    /**
     * Takes a trade from any source.
     *
     * @param nanoTime local monotonic time
     */
    public void offer(Trade trade, long nanoTime) {
        if (lastId == NONE || trade.id() == lastId + 1) {
            emit(trade);
            drain(nanoTime);
        } else if (trade.id() <= lastId) {
            duplicate(recent[(int) (trade.id() & (REMEMBERED - 1))], trade);
        } else {
            hold(trade, nanoTime);
        }
    }

    /** Gives up holes that have been open for longer than the hold-back time. */
    public void advance(long nanoTime) {
        while (!held.isEmpty() && nanoTime - holeSince >= holdBackNanos) {
            giveUp(nanoTime);
        }
    }

    private void hold(Trade trade, long nanoTime) {
        if (held.isEmpty()) {
            holeSince = nanoTime;
        }
        Trade before = held.putIfAbsent(trade.id(), trade);
        if (before != null) {
            duplicate(before, trade);
            return;
        }
        budget.take();
        while (!held.isEmpty() && (budget.full() || nanoTime - holeSince >= holdBackNanos)) {
            giveUp(nanoTime);
        }
    }

    private void giveUp(long nanoTime) {
        Trade next = held.firstEntry().getValue();
        out.gap(new Gap(lastId + 1, next.id() - 1, lastTime, next.venueTime()));
        lastId = next.id() - 1;
        drain(nanoTime);
    }

    private void drain(long nanoTime) {
        while (!held.isEmpty() && held.firstKey() == lastId + 1) {
            budget.giveBack();
            emit(held.pollFirstEntry().getValue());
        }
        holeSince = nanoTime; // what is still held waits behind another hole, found only now
    }

    private void emit(Trade trade) {
        lastId = trade.id();
        lastTime = trade.venueTime();
        recent[(int) (trade.id() & (REMEMBERED - 1))] = trade;
        out.trade(trade);
    }

    private void duplicate(Trade first, Trade again) {
        duplicates++;
        if (first != null && first.id() == again.id() && !first.sameContent(again)) {
            conflicts++;
            out.conflict(first, again);
        }
    }

    /** The last id emitted, or -1. */
    public long lastId() {
        return lastId;
    }

    /** Venue time of the last trade emitted, epoch microseconds; 0 before the first. */
    public long lastTime() {
        return lastTime;
    }

    /** Whether trades are held back behind a hole. */
    public boolean hasHole() {
        return !held.isEmpty();
    }

    /** How many trades came again. */
    public long duplicates() {
        return duplicates;
    }

    /** How many came again with other content. */
    public long conflicts() {
        return conflicts;
    }

    /** Writes where the tape stands; trades held back are not part of it, they come again. */
    public void save(DataOutput state) throws IOException {
        state.writeLong(lastId);
        state.writeLong(lastTime);
    }

    /** Continues behind the last trade emitted before {@link #save}. */
    public void restore(DataInput state) throws IOException {
        lastId = state.readLong();
        lastTime = state.readLong();
    }
}
