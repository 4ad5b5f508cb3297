package io.tapekeeper.recorder.repair;

import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.VenueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * A stretch of history into a store on which nothing is recorded meanwhile: writes a ledger entry for each range of ids
 * that is not stored, and fills and settles them as the repair beside a live tape does. So one that ends half-way,
 * however it ends, is continued by the next.
 *
 * <p>One thread runs it.
 */
public final class Backfill {
    /** Trades that are computed between two looks at whether it was asked to stop. */
    private static final long STRETCH = 200_000;

    /** Questions in a row that the venue may leave open for one range. */
    private static final int PATIENCE = 40;

    private static final String BY = "backfill"; // as the ledger names it

    /** Sees how it goes on. Called by the thread that runs it. */
    public interface Watcher {
        /** So many ids have come or are known not to come. */
        void trades(long done, long total);

        /** Of so many ids the rows were computed. */
        void rows(long done, long total);

        /** The venue did not answer; it is asked again after a pause. */
        void unanswered(String why);

        /**
         * Waits.
         *
         * @throws CancellationException where it was asked to stop
         */
        void pause(Duration time) throws InterruptedException;

        /** Whether it was asked to stop. */
        boolean isStopped();
    }

    /**
     * What is wanted.
     *
     * @param fromMicros a time at or before the first trade, epoch microseconds
     * @param toMicros a time at or after the last one, epoch microseconds
     */
    public record Stretch(IdRange ids, long fromMicros, long toMicros) {}

    /**
     * What came of it, in ids.
     *
     * @param unresolved of which the venue leaves open whether it has them
     * @param beyondRetention older than what the venue still has
     * @param onlyNamed of the unresolved ones, those that exist, and that another host may serve
     */
    public record Result(long fetched, long unresolved, long beyondRetention, long onlyNamed) {
        /** Whether nothing is missing that the venue ever had, as far as can be known. */
        public boolean isComplete() {
            return unresolved + beyondRetention == 0;
        }
    }

    private final RepairTools tools;
    private final Recorder recorder;
    private final History history;
    private final Series series;
    private final TapeId tape;
    private final Preset preset;
    private final Watcher watcher;

    public Backfill(RepairTools tools, Series series, Preset preset, Watcher watcher) {
        this.tools = tools;
        recorder = tools.recorder();
        history = tools.history();
        this.series = series;
        tape = series.tape();
        this.preset = preset;
        this.watcher = watcher;
    }

    /** A stretch that does not touch what is stored leaves a gap, which the ledger names; the ids of that gap. */
    public Optional<IdRange> nameWhatLiesBetween(Stretch stretch) {
        OptionalLong first = history.firstTradeId(tape);
        OptionalLong last = history.lastTradeId(tape);
        if (first.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        if (stretch.ids().last() + 1 < first.getAsLong()) {
            IdRange between = new IdRange(stretch.ids().last() + 1, first.getAsLong() - 1);
            return Optional.of(name(between, stretch.toMicros(), timeOf(first.getAsLong())));
        }
        if (stretch.ids().first() > last.getAsLong() + 1) {
            IdRange between = new IdRange(last.getAsLong() + 1, stretch.ids().first() - 1);
            return Optional.of(name(between, timeOf(last.getAsLong()), stretch.fromMicros()));
        }
        return Optional.empty();
    }

    private IdRange name(IdRange between, long before, long after) {
        recorder.gap(tape, new Gap(between.first(), between.last(), before, after), GapCause.MISSED);
        return between;
    }

    private long timeOf(long id) {
        long[] time = {0};
        history.trades(tape, id, id + 1, trade -> time[0] = trade.venueTime());
        return time[0];
    }

    /**
     * Fetches what is not stored of a stretch, and computes what follows from it.
     *
     * @return empty where all of it is stored already
     * @throws CancellationException where it was asked to stop
     * @throws VenueException where the venue leaves an id open for too long
     */
    public Optional<Result> run(Stretch stretch) throws InterruptedException {
        List<RangeFill> fills = new ArrayList<>();
        history.missingRanges(
                tape,
                stretch.ids().first(),
                stretch.ids().last(),
                range -> fills.add(new RangeFill(tools, tape, gap(stretch, range), GapCause.MISSED)));
        long fromId = firstToCompute(stretch.ids(), fills);
        if (fromId == Long.MAX_VALUE) {
            return Optional.empty();
        }
        // Written before anything comes: so a store that is found half-way names what it lacks.
        fills.forEach(fill -> recorder.gap(tape, fill.gap(), GapCause.MISSED));
        fetch(fills);
        compute(fromId, fills);
        settle(fills);
        return Optional.of(new Result(
                fills.stream().mapToLong(RangeFill::came).sum(),
                missing(fills, GapCause.UNRESOLVED),
                missing(fills, GapCause.BEYOND_RETENTION),
                fills.stream().mapToLong(RangeFill::onlyNamed).sum()));
    }

    /** With a time before it as near as is known. */
    private Gap gap(Stretch stretch, IdRange range) {
        long before = Math.max(stretch.fromMicros(), timeOf(range.first() - 1));
        return new Gap(range.first(), range.last(), before, stretch.toMicros());
    }

    private static long missing(List<RangeFill> fills, GapCause cause) {
        return fills.stream()
                .flatMap(fill -> fill.absent().stream())
                .filter(part -> part.cause() == cause)
                .mapToLong(part -> part.gap().missing())
                .sum();
    }

    /**
     * The first id from which on rows are to be computed. Where a ledger entry is open although some of it is stored,
     * what fetched that ended before it came to the rows.
     */
    private long firstToCompute(IdRange ids, List<RangeFill> fills) {
        long fromId = fills.isEmpty() ? Long.MAX_VALUE : fills.getFirst().gap().firstId();
        for (LedgerEntry entry : history.openGaps(tape)) {
            Gap gap = entry.gap();
            boolean touched = gap.firstId() <= ids.last() && gap.lastId() >= ids.first();
            if (touched && history.missing(tape, gap) < gap.missing()) {
                fromId = Math.min(fromId, gap.firstId());
            }
        }
        return fromId;
    }

    private void fetch(List<RangeFill> fills) throws InterruptedException {
        long total = open(fills);
        List<RangeFill> left = new ArrayList<>(fills);
        Duration pause = tools.settings().firstRetry();
        watcher.trades(0, total);
        while (!left.isEmpty()) {
            long before = open(left);
            long[] done = {total - before};
            FillRound round = new FillRound();
            round.ask(left, PATIENCE, ids -> watcher.trades(done[0] += ids, total), watcher::pause);
            left.removeAll(round.done());
            watcher.pause(Duration.ZERO);
            if (round.unanswered().isPresent()) {
                watcher.unanswered(round.unanswered().get().getMessage());
                pause = open(left) < before ? tools.settings().firstRetry() : longer(pause);
                watcher.pause(pause);
            } else if (!left.isEmpty()) {
                throw new VenueException(
                        VenueException.Kind.BAD_ANSWER,
                        "the exchange does not give id %d of %s: the same command goes on from here later"
                                .formatted(left.getFirst().next(), tape.symbol()));
            }
        }
    }

    private Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        Duration longest = tools.settings().longestRetry();
        return twice.compareTo(longest) > 0 ? longest : twice;
    }

    private static long open(List<RangeFill> fills) {
        return fills.stream().mapToLong(RangeFill::open).sum();
    }

    /** Bars, features, alerts and signals from the first new trade on. */
    private void compute(long fromId, List<RangeFill> fills) {
        recorder.flush();
        OptionalLong stored = history.lastTradeId(tape);
        if (stored.isEmpty()) {
            return; // nothing came, and nothing had been there
        }
        long last = stored.getAsLong();
        List<LedgerEntry> absent =
                fills.stream().flatMap(fill -> fill.absent().stream()).toList();
        Rebuild rebuild =
                new Rebuild(series, preset, tools, new Rebuild.Added(fromId, absent), /* besideLive= */ false);
        BooleanSupplier stopped = watcher::isStopped;
        for (long at = fromId; at < last; at = Math.min(last, at + STRETCH)) {
            rebuild.upTo(Math.min(last, at + STRETCH), stopped);
            watcher.rows(at - fromId, Math.max(0, last - fromId + 1));
        }
        rebuild.upTo(last, stopped);
        rebuild.finish();
    }

    /** Also entries made before: those of which each id has come, or has an entry that says why it never will. */
    private void settle(List<RangeFill> fills) {
        fills.forEach(fill -> fill.settle(BY));
        recorder.flush();
        List<LedgerEntry> all = history.gaps(tape);
        for (LedgerEntry entry : all) {
            Gap gap = entry.gap();
            long missing = history.missing(tape, gap);
            if (entry.isOpen() && missing <= known(all, gap)) {
                String by = gap.missing() > missing ? BY : LedgerEntry.BY_PARTS;
                recorder.gapSettled(tape, gap.firstId(), gap.lastId(), entry.cause(), Optional.of(by));
            }
        }
        recorder.flush();
    }

    private static long known(List<LedgerEntry> ledger, Gap gap) {
        return ledger.stream()
                .filter(entry -> !entry.isOpen() && entry.cause() != GapCause.MISSED)
                .map(LedgerEntry::gap)
                .filter(part -> part.firstId() >= gap.firstId() && part.lastId() <= gap.lastId())
                .mapToLong(Gap::missing)
                .sum();
    }
}
