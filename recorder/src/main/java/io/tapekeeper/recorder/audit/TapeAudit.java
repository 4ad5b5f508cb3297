package io.tapekeeper.recorder.audit;

import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Trade;
import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.PipelineState;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.recorder.tape.TapeReplay;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.IdRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Reads a stored tape from its first trade to its last: which ids are there, which are not and why, and whether the
 * stored rows are those that the stored trades give, computed again through the same classes as the live tape.
 *
 * <p>Where older trades were deleted it begins with the state that was kept. Rows that depend on trades before the
 * first one that is stored and have no such state are not compared, nor what a recording has still to compute. Reads
 * only; one thread.
 */
public final class TapeAudit implements TapeListener {
    /** Of a gap that the ledger does not name. */
    static final String UNKNOWN = "unknown";

    /** Examples that are kept of each kind; all are counted. */
    private static final int MOST_KEPT = 1_000;

    private static final int ROWS_AT_ONCE = 3_600;

    /** Ids that are not there. */
    public record MissingIds(long firstId, long lastId, String cause) {
        public long ids() {
            return lastId - firstId + 1;
        }
    }

    private final History history;
    private final Series series;
    private final Preset preset;
    private final TapeReplay tape;
    private final LongConsumer progress;
    private final Pipeline pipeline;
    private final Map<String, Long> missing = new HashMap<>(); // ids by cause
    private final List<MissingIds> missingIds = new ArrayList<>();
    private final List<Gap> blanked = new ArrayList<>(); // rare, and few bytes each
    private final List<FeatureRow> computed = new ArrayList<>();
    private final Set<Long> closedLast = new HashSet<>(); // starts of bars; by the trade at hand
    private final List<Long> differing = new ArrayList<>(); // starts of bars
    private long firstId = -1;
    private long lastId = -1;
    private long stored;
    private long missingRanges;
    private long rowsToSkip;
    private long rows;
    private long rowsDiffering;
    private long rowsUncomputed;
    private boolean begun; // with a state, since older trades were deleted
    private boolean unbounded; // features without a bounded window can be compared: all they depend on is there

    /**
     * @param series whose rows are compared; those of another preset are not
     * @param progress hears the ids that were passed, now and then
     */
    public TapeAudit(History history, Series series, Preset preset, LongConsumer progress) {
        this.history = history;
        this.series = series;
        this.preset = preset;
        this.progress = progress;
        tape = new TapeReplay(history, series.tape(), List.of());
        pipeline = new Pipeline(series, preset, this, HoldLimit.none());
    }

    public void run() {
        // Asked first: while the tape is recorded, all of these trades are there when it is read.
        Optional<IdRange> reach = history.reach(series.tape());
        reach.ifPresent(ids -> firstId = ids.first());
        begun = history.beginning(series)
                .filter(at -> pipeline.beginAt(new PipelineState(at.lastTradeId(), at.lastBarStart(), at.state())))
                .isPresent();
        tape.playTo(Long.MAX_VALUE, pipeline, () -> 0, this::next);
        compare();
        reach.ifPresent(ids -> missedTo(ids.last()));
    }

    /** From where the tape begins to its first trade nothing should be missing. */
    private void begin(long tradeId) {
        // Asked again: what was forgotten since run() asked is not missing.
        long begun = history.reach(series.tape()).map(IdRange::first).orElse(tradeId);
        firstId = Math.min(Math.max(firstId, begun), tradeId);
        lastId = firstId - 1;
        missedTo(tradeId - 1);
    }

    private void missedTo(long id) {
        long next = lastId < 0 ? firstId : lastId + 1;
        if (id >= next) {
            missed(next, id, UNKNOWN);
            lastId = id;
        }
    }

    private void missed(long first, long last, String why) {
        missing.merge(why, last - first + 1, Long::sum);
        missingRanges++;
        if (missingIds.size() < MOST_KEPT) {
            missingIds.add(new MissingIds(first, last, why));
        }
    }

    /** Before the pipeline takes the trade. */
    private void next(Trade trade) {
        if (stored++ == 0) {
            begin(trade.id());
            unbounded = begun || !hasOlder(series.interval().startOf(trade.venueTime()));
            rowsToSkip = unbounded ? 0 : 2L * preset.reach();
        }
        lastId = trade.id();
        if (computed.size() >= ROWS_AT_ONCE) {
            compare();
        }
        closedLast.clear();
        if ((stored & 0xfff) == 0) {
            progress.accept(trade.id());
        }
    }

    /**
     * Whether the tape once began earlier: a row before its first trade, or one that follows a price before it. The
     * windows of the rows after it then reach into what is gone.
     */
    private boolean hasOlder(long start) {
        boolean[] any = {false};
        long length = series.interval().micros();
        history.features(
                series,
                start - ROWS_AT_ONCE * length,
                start + length,
                row -> any[0] |=
                        row.bar().start() < start || !Double.isNaN(row.values().of(Feature.RETURN)));
        return any[0];
    }

    @Override
    public void gap(Gap gap, GapCause cause) {
        if (gap.lastId() < firstId) {
            return; // forgotten with the trades before it
        }
        missed(gap.firstId(), gap.lastId(), tape.knows(gap) ? cause.label() : UNKNOWN);
        if (cause == GapCause.BLANKED) {
            blanked.add(gap);
        }
    }

    @Override
    public void row(FeatureRow row) {
        if (rowsToSkip > 0) {
            rowsToSkip--;
            return;
        }
        computed.add(row);
        closedLast.add(row.bar().start());
    }

    private void compare() {
        if (computed.isEmpty()) {
            return;
        }
        // Asked first: what is computed meanwhile is only left out.
        long pending = history.uncomputedFrom(series).orElse(Long.MAX_VALUE);
        Map<Long, FeatureRow> storedRows = new HashMap<>();
        history.features(
                series,
                computed.getFirst().bar().start(),
                computed.getLast().bar().start() + 1,
                row -> storedRows.put(row.bar().start(), row));
        for (FeatureRow row : computed) {
            long start = row.bar().start();
            FeatureRow there = storedRows.remove(start);
            if (there == null && closedLast.contains(start)) {
                continue; // not wrong: the recorder commits it with the trades that follow
            }
            rows++;
            if (row.equals(there)) {
                continue;
            }
            if (isEqualButForFurther(row, there) && (start >= pending || !unbounded)) {
                rowsUncomputed += start >= pending ? 1 : 0;
            } else {
                differs(start);
            }
        }
        storedRows.keySet().stream().sorted().forEach(this::differs); // that no trade gives
        computed.clear();
    }

    private static boolean isEqualButForFurther(FeatureRow row, FeatureRow there) {
        return there != null && classic(row).equals(classic(there));
    }

    private static FeatureRow classic(FeatureRow row) {
        FeatureValues values = row.values().only(Feature.allClassic());
        return new FeatureRow(row.bar(), values, row.signal(), row.rules(), row.complete());
    }

    private void differs(long start) {
        rowsDiffering++;
        if (differing.size() < MOST_KEPT) {
            differing.add(start);
        }
    }

    /** The first id that the tape reaches, whether its trade is still there or not; -1 = none. */
    public long firstId() {
        return firstId;
    }

    /** The last one. */
    public long lastId() {
        return lastId;
    }

    public long stored() {
        return stored;
    }

    /** Ids that are not there, by cause. */
    public Map<String, Long> missing() {
        return Map.copyOf(missing);
    }

    /** Ids that ought to be there: all but those that the venue has blanked or never had. */
    public long lacking() {
        return missing.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(GapCause.BLANKED.label()))
                .filter(entry -> !entry.getKey().equals(GapCause.ABSENT.label()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Ids that are stored more than once; the store's key makes that impossible. */
    public long duplicates() {
        return pipeline.snapshot().duplicates();
    }

    public long missingRanges() {
        return missingRanges;
    }

    /** The first gaps, ascending. */
    public List<MissingIds> missingIds() {
        return List.copyOf(missingIds);
    }

    /** What the venue has blanked, ascending; its bars still count it. */
    public List<Gap> blanked() {
        return List.copyOf(blanked);
    }

    /** Rows that were compared. */
    public long rows() {
        return rows;
    }

    /** How many of them are stored otherwise, not at all, or without a reason. */
    public long rowsDiffering() {
        return rowsDiffering;
    }

    /** Rows that lack features of a later version, which a recording has not computed yet; they do not differ. */
    public long rowsUncomputed() {
        return rowsUncomputed;
    }

    /** Starts of the first ones that differ, epoch microseconds. */
    public List<Long> differing() {
        return List.copyOf(differing);
    }
}
