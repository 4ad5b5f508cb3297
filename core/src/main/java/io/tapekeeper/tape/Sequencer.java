package io.tapekeeper.tape;

import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.market.TradeView;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Merges any number of sources into one tape: emits trades in id order, each id once, and reports what is missing.
 *
 * <p>At a gap it holds the later trades back, so that another source can fill it: reconnects, overlapping sockets,
 * repair and start-up are all just more sources. A source may declare that ids will never come ({@link #missing}); when
 * the hold-back time is over or the limit is reached, the rest of a gap is given up as {@link GapCause#MISSED}. Either
 * way a {@link Gap} comes out, and the tape goes on after it.
 *
 * <p>Duplicates are dropped and counted; one whose content differs from the trade emitted before is counted as a
 * conflict too, as far back as the last {@value #REMEMBERED} trades reach.
 *
 * <p>Monotonic time comes in as an argument. O(1) and no allocation for a trade in order, O(log held) after a gap. Not
 * thread-safe: the tape thread owns it.
 */
public final class Sequencer {
    /** Where the trades of one instrument go. */
    public interface Output {
        /** The next trade of the tape. */
        void trade(TradeView trade);

        /**
         * Ids that are not on the tape; what is emitted next, a trade or another gap, follows them. With
         * {@link GapCause#BLANKED} nothing is missing there.
         */
        void gap(Gap gap, GapCause cause);

        /** The same id came again with other content; the first one stays. */
        void conflict(Trade emitted, TradeView other);
    }

    /** Ids up to {@code last} that will never come, and why. */
    private record Declared(long last, GapCause cause) {}

    private static final int REMEMBERED = 1024; // a power of two
    private static final long NONE = -1;

    private final Output out;
    private final HoldLimit limit;
    private final NavigableMap<Long, Trade> held = new TreeMap<>();
    private final NavigableMap<Long, Declared> declared = new TreeMap<>(); // by first id
    private final TradeSlot[] recent = new TradeSlot[REMEMBERED]; // null = none was there yet
    private long lastId = NONE;
    private long lastTime;
    private long gapSince;
    private long duplicates;
    private long conflicts;

    public Sequencer(Output out, HoldLimit limit) {
        this.out = out;
        this.limit = limit;
    }

    /**
     * Takes a trade from any source.
     *
     * @param nanoTime local monotonic time
     */
    public void offer(TradeView trade, long nanoTime) {
        if (lastId == NONE || trade.id() == lastId + 1) {
            emit(trade);
            drain(nanoTime);
        } else if (trade.id() <= lastId) {
            duplicate(recent[placeOf(trade.id())], trade);
        } else {
            hold(trade.toTrade(), nanoTime);
        }
    }

    /**
     * Declares ids that will not come: the tape goes on after them as soon as a later trade is there. Ids that are on
     * the tape already, or whose trade came all the same, are not touched.
     *
     * @param nanoTime local monotonic time
     */
    public void missing(long firstId, long lastId, GapCause cause, long nanoTime) {
        long first = Math.max(firstId, this.lastId + 1);
        if (this.lastId != NONE && first <= lastId) {
            declared.merge(first, new Declared(lastId, cause), (before, now) -> before.last > now.last ? before : now);
            drain(nanoTime);
        }
    }

    /** Gives up gaps that have been open for longer than the hold-back time. */
    public void advance(long nanoTime) {
        while (!held.isEmpty() && limit.isOver(nanoTime - gapSince)) {
            giveUp(nanoTime);
        }
    }

    /** Gives up the gap that is open now, if any: waiting longer would not fill it. */
    public void giveUp(long nanoTime) {
        if (waits()) {
            skip(held.firstKey() - 1);
            drain(nanoTime);
        }
    }

    private void hold(Trade trade, long nanoTime) {
        if (held.isEmpty()) {
            gapSince = nanoTime;
        }
        Trade before = held.putIfAbsent(trade.id(), trade);
        if (before != null) {
            duplicate(before, trade);
            return;
        }
        limit.take();
        drain(nanoTime); // the gap may have been declared before anything after it came
        while (!held.isEmpty() && (limit.full() || limit.isOver(nanoTime - gapSince))) {
            giveUp(nanoTime);
        }
    }

    /** Emits what is next, up to a gap of which not every id is accounted for. */
    private void drain(long nanoTime) {
        while (!held.isEmpty()) {
            long next = held.firstKey();
            if (next == lastId + 1) {
                limit.giveBack();
                emit(held.pollFirstEntry().getValue());
                gapSince = nanoTime; // what is still held waits after another gap, found now
            } else if (isDeclared(lastId + 1, next - 1)) {
                skip(next - 1);
            } else {
                return;
            }
        }
    }

    /** Whether each of these ids has been declared. */
    private boolean isDeclared(long first, long last) {
        long at = first;
        while (at <= last) {
            var known = declared.floorEntry(at);
            if (known == null || known.getValue().last < at) {
                return false;
            }
            at = known.getValue().last + 1;
        }
        return true;
    }

    /**
     * Passes ids that are not there, up to the trade held back after them, in one go: a tape never stands at an id that
     * is no trade.
     */
    private void skip(long upTo) {
        long after = held.firstEntry().getValue().venueTime();
        while (lastId < upTo) {
            long first = lastId + 1;
            var known = declared.floorEntry(first);
            boolean isDeclared = known != null && known.getValue().last >= first;
            long last = isDeclared ? known.getValue().last : beforeNextDeclared(first);
            GapCause cause = isDeclared ? known.getValue().cause : GapCause.MISSED;
            Gap gap = new Gap(first, Math.min(last, upTo), lastTime, after);
            out.gap(gap, cause); // reported first: a state that the output saves is the one before the gap
            lastId = gap.lastId();
        }
        while (!declared.isEmpty() && declared.firstEntry().getValue().last <= lastId) {
            declared.pollFirstEntry();
        }
    }

    private long beforeNextDeclared(long id) {
        Long next = declared.higherKey(id);
        return next == null ? Long.MAX_VALUE : next - 1;
    }

    private void emit(TradeView trade) {
        lastId = trade.id();
        lastTime = trade.venueTime();
        remember(trade);
        out.trade(trade);
    }

    private void remember(TradeView trade) {
        int place = placeOf(trade.id());
        TradeSlot slot = recent[place];
        if (slot == null) { // a thin market needs few of them
            slot = new TradeSlot();
            recent[place] = slot;
        }
        slot.set(trade);
    }

    private static int placeOf(long id) {
        return (int) id & (REMEMBERED - 1);
    }

    private void duplicate(TradeView first, TradeView again) {
        duplicates++;
        if (first != null && first.id() == again.id() && !first.sameContent(again)) {
            conflicts++;
            out.conflict(first.toTrade(), again);
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

    /** Whether trades are held back after a gap. */
    public boolean waits() {
        return !held.isEmpty();
    }

    /** The last id that is waited for, before the first trade held back; −1 where it waits for none. */
    public long gapLast() {
        return held.isEmpty() ? NONE : held.firstKey() - 1;
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

    /** Continues after the last trade emitted before {@link #save}. */
    public void restore(DataInput state) throws IOException {
        lastId = state.readLong();
        lastTime = state.readLong();
    }
}
