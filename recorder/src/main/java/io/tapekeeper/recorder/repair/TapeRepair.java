package io.tapekeeper.recorder.repair;

import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The repair of one live tape: its open ledger entries, which it fills and settles. {@link Handover} brings the rows
 * after them up to date.
 *
 * <p>Owned by the repair's thread; {@link #progress} and {@link #repaired} may be read by any.
 */
final class TapeRepair {
    private static final Logger LOG = System.getLogger(TapeRepair.class.getName());

    /** A venue that leaves one gap open is asked for the next after so many questions. */
    private static final int PATIENCE = 10;

    private static final String BY = "rest"; // as the ledger names it

    private final TapePipeline live;
    private final TapeId tape;
    private final RepairTools tools;
    private final NavigableMap<IdRange, RangeFill> open =
            new TreeMap<>(Comparator.comparingLong(IdRange::first).thenComparingLong(IdRange::last));
    private final Set<IdRange> outOfReach = new HashSet<>();
    private volatile RepairProgress progress; // null = nothing is being filled
    private final LongAdder repaired = new LongAdder();

    TapeRepair(TapePipeline live, RepairTools tools) {
        this.live = live;
        this.tools = tools;
        tape = live.series().tape();
    }

    /** Takes all entries that the ledger has open; those that it no longer has were deleted with their trades. */
    void readLedger() {
        List<LedgerEntry> entries = tools.history().openGaps(tape);
        open.keySet().retainAll(entries.stream().map(entry -> ids(entry.gap())).toList());
        outOfReach.clear();
        entries.forEach(entry -> found(entry.gap(), entry.cause()));
    }

    /** The tape has passed a gap. */
    void found(Gap gap, GapCause cause) {
        open.computeIfAbsent(ids(gap), any -> new RangeFill(tools, tape, gap, cause))
                .causedBy(cause);
    }

    private static IdRange ids(Gap gap) {
        return new IdRange(gap.firstId(), gap.lastId());
    }

    /** Whether an entry is open that can still be filled from here, and asking for it now is of use. */
    boolean hasWork() {
        return live.now().lastId() >= 0 // else the tape has not begun
                && open.values().stream().anyMatch(this::isDue);
    }

    /** Nanoseconds until an entry at rest has to be asked for again; {@link Long#MAX_VALUE} = none is. */
    long restsFor() {
        if (live.now().lastId() < 0) { // the tape has not begun
            return open.isEmpty()
                    ? Long.MAX_VALUE
                    : tools.settings().followEvery().toNanos();
        }
        return open.values().stream()
                .mapToLong(RangeFill::restsFor)
                .filter(nanos -> nanos > 0)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private boolean isDue(RangeFill fill) {
        return fill.restsFor() == 0 && isInReach(fill);
    }

    /**
     * By where it ended, however long it is; one that was begun is brought to its end, and one of which all has come
     * needs no venue.
     */
    private boolean isInReach(RangeFill fill) {
        Gap gap = fill.gap();
        long age = live.now().lastTradeTime() - gap.after();
        if (fill.isBegun() || age <= tools.settings().reach().toNanos() / 1_000) {
            return true;
        }
        if (outOfReach.contains(ids(gap))) {
            return false;
        }
        if (tools.history().missing(tape, gap) == 0) {
            return true;
        }
        outOfReach.add(ids(gap));
        LOG.log(
                Level.WARNING,
                "{0}: {1} trades from id {2} on are missing since more than {3} h ago; stop the recorder and let ./tapekeeper backfill fetch them",
                tape.symbol(),
                Long.toString(gap.missing()),
                Long.toString(gap.firstId()),
                tools.settings().reach().toHours());
        return false;
    }

    /**
     * Asks once for all that is due, and settles what has been answered.
     *
     * @throws io.tapekeeper.venue.VenueException where a question was not answered
     */
    void attempt(Handover handover, RangeFill.Pauses pauses) throws InterruptedException {
        List<RangeFill> due = open.values().stream().filter(this::isDue).toList();
        long total = due.stream()
                .mapToLong(fill -> tools.history().missing(tape, fill.gap()))
                .sum();
        RepairProgress.Meter meter = new RepairProgress.Meter(total, tools.nanos(), now -> progress = now);
        meter.accept(due.stream().mapToLong(RangeFill::missing).sum());
        FillRound round = new FillRound();
        round.ask(due, PATIENCE, meter, pauses);
        settle(round.done(), handover, pauses); // also where the venue has left others open
        if (!hasWork()) {
            progress = null;
        }
        if (round.unanswered().isPresent()) {
            throw round.unanswered().get();
        }
    }

    private void settle(List<RangeFill> done, Handover handover, RangeFill.Pauses pauses) throws InterruptedException {
        List<RangeFill> changing = done.stream().filter(RangeFill::changesRows).toList();
        done.stream().filter(fill -> !fill.changesRows()).forEach(this::close);
        if (changing.isEmpty()) {
            return;
        }
        pauses.pause(Duration.ZERO); // asked to end: what came is stored, and the next start computes
        long fromId =
                changing.stream().mapToLong(fill -> fill.gap().firstId()).min().orElseThrow();
        List<LedgerEntry> absent =
                changing.stream().flatMap(fill -> fill.absent().stream()).toList();
        Rebuild rebuild = new Rebuild(
                live.series(), live.preset(), tools, new Rebuild.Added(fromId, absent), /* besideLive= */ true);
        if (!handover.run(rebuild, live, () -> changing.forEach(fill -> fill.settle(BY)))) {
            return; // the entries are still open
        }
        changing.forEach(this::forget);
        LOG.log(
                Level.INFO,
                "{0}: {1} trades came late; the rows from id {2} on were computed again",
                tape.symbol(),
                changing.stream().mapToLong(RangeFill::came).sum(),
                Long.toString(fromId));
    }

    private void close(RangeFill fill) {
        fill.settle(BY);
        forget(fill);
    }

    private void forget(RangeFill fill) {
        repaired.add(fill.came());
        open.remove(ids(fill.gap()));
        fill.unresolved().forEach(part -> open.put(ids(part.gap()), part));
    }

    /** How far it is; empty where nothing is being filled. */
    Optional<RepairProgress> progress() {
        return Optional.ofNullable(progress);
    }

    /** Trades that came late since the start. */
    long repaired() {
        return repaired.sum();
    }

    String symbol() {
        return tape.symbol();
    }
}
