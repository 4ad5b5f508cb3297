package io.tapekeeper.recorder.tape;

import io.tapekeeper.market.Trade;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The trades of a store as a source for a {@link Pipeline}: where ids are missing it declares what the ledger knows of
 * them, so that a replay passes the gaps that the tape has passed before. Ids that the ledger does not know stay a gap
 * that the pipeline waits at.
 *
 * <p>Owned by the thread that replays.
 */
public final class TapeReplay {
    private final History history;
    private final TapeId tape;
    private final NavigableMap<Long, LedgerEntry> settled = new TreeMap<>(); // by first id
    private final NavigableMap<Long, LedgerEntry> open = new TreeMap<>();

    /** @param known settled entries that the ledger does not have yet */
    public TapeReplay(History history, TapeId tape, List<LedgerEntry> known) {
        this.history = history;
        this.tape = tape;
        known.forEach(entry -> settled.put(entry.gap().firstId(), entry));
        for (LedgerEntry entry : history.gaps(tape)) {
            if (entry.isOpen()) {
                open.merge(entry.gap().firstId(), entry, TapeReplay::longer);
            } else if (entry.cause() != GapCause.MISSED) {
                settled.merge(entry.gap().firstId(), entry, TapeReplay::longer);
            }
        }
    }

    private static LedgerEntry longer(LedgerEntry one, LedgerEntry other) {
        return one.gap().lastId() >= other.gap().lastId() ? one : other;
    }

    /**
     * Offers the stored trades after the pipeline's last id, up to {@code lastId}, included.
     *
     * @param nanos local monotonic time; of no effect where the pipeline waits for nothing
     * @param each receives every trade before the pipeline does; what it throws ends the replay
     */
    public void playTo(long lastId, Pipeline pipeline, LongSupplier nanos, Consumer<Trade> each) {
        long[] before = {pipeline.lastId()};
        long to = lastId == Long.MAX_VALUE ? lastId : lastId + 1;
        history.trades(tape, before[0] + 1, to, trade -> {
            each.accept(trade);
            long now = nanos.getAsLong();
            if (before[0] >= 0 && trade.id() > before[0] + 1) {
                declare(pipeline, before[0] + 1, trade.id() - 1, now);
            }
            before[0] = trade.id();
            pipeline.offer(trade, now);
        });
    }

    private void declare(Pipeline pipeline, long first, long last, long now) {
        parts(first, last, (at, upTo, known) -> {
            if (known != null) {
                pipeline.missing(at, upTo, known.cause(), now);
            }
        });
    }

    /** Takes a part of a gap, and what the ledger knows of it: null where that is nothing. */
    private interface Parts {
        void part(long firstId, long lastId, LedgerEntry known);
    }

    private void parts(long first, long last, Parts out) {
        long at = first;
        while (at <= last) {
            LedgerEntry known = covering(settled, at);
            if (known == null) {
                known = covering(open, at);
            }
            long upTo = known == null ? last : Math.min(last, known.gap().lastId());
            if (known == null || known.isOpen()) { // what is settled inside has its own cause
                upTo = Math.min(upTo, before(settled, at));
            }
            if (known == null) {
                upTo = Math.min(upTo, before(open, at));
            }
            out.part(at, upTo, known);
            at = upTo + 1;
        }
    }

    /**
     * What a count of the rows finds.
     *
     * @param trades that are stored
     * @param unknown ids that are not, and of which the ledger knows nothing
     */
    public record Count(long trades, long unknown) {}

    /** Reads each id of the tape. */
    public Count count() {
        Optional<IdRange> reach = history.reach(tape);
        if (reach.isEmpty()) {
            return new Count(0, 0);
        }
        IdRange ids = reach.get();
        long[] missing = {0, 0}; // of them unknown
        history.missingRanges(tape, ids.first(), ids.last(), range -> {
            missing[0] += range.count();
            parts(
                    range.first() == ids.first() ? begin(range) : range.first(),
                    range.last(),
                    (first, last, known) -> missing[1] += known == null ? last - first + 1 : 0);
        });
        return new Count(ids.count() - missing[0], missing[1]);
    }

    /** What retention deletes while this reads is not missing. */
    private long begin(IdRange range) {
        return history.reach(tape)
                .map(ids -> Math.max(ids.first(), range.first()))
                .orElse(range.first());
    }

    /** Whether the ledger has this gap, or one that it is a part of. */
    public boolean knows(Gap gap) {
        return covering(settled, gap.firstId()) != null || covering(open, gap.firstId()) != null;
    }

    private static LedgerEntry covering(NavigableMap<Long, LedgerEntry> entries, long id) {
        Map.Entry<Long, LedgerEntry> floor = entries.floorEntry(id);
        return floor != null && floor.getValue().gap().lastId() >= id ? floor.getValue() : null;
    }

    /** The last id before the next entry that begins after {@code id}. */
    private static long before(NavigableMap<Long, LedgerEntry> entries, long id) {
        Long next = entries.higherKey(id);
        return next == null ? Long.MAX_VALUE : next - 1;
    }
}
