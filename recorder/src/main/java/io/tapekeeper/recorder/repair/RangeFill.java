package io.tapekeeper.recorder.repair;

import io.tapekeeper.market.Trade;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.fetch.RangeFetch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * An open ledger entry that is being filled: asks the venue for those of its ids that are not stored, page by page,
 * until each has come or is known not to come, and then settles the entry. It outlives an attempt that the venue does
 * not let it finish, so that what was found out in it, and for how long the venue has denied an id, is not forgotten.
 *
 * <p>One thread at a time.
 */
final class RangeFill implements RangeSink {
    private static final Logger LOG = System.getLogger(RangeFill.class.getName());
    private static final long NEVER = Long.MIN_VALUE;

    /** Pauses between two questions, and ends the repair when it is asked to: then it throws. */
    @FunctionalInterface
    interface Pauses {
        void pause(Duration time) throws InterruptedException;
    }

    private final RepairTools tools;
    private final TapeId tape;
    private final Gap gap;
    private final boolean named; // by the aggregates, of a host that does not serve the trades by id
    private final List<LedgerEntry> absent = new ArrayList<>(); // parts that will not come
    private GapCause cause;
    private Deque<RangeFetch> left; // null = not begun
    private long onlyNamed;
    private long waitedSince = NEVER; // local monotonic time
    private long restingSince = NEVER; // local monotonic time

    RangeFill(RepairTools tools, TapeId tape, Gap gap, GapCause cause) {
        this(tools, tape, gap, cause, false);
    }

    private RangeFill(RepairTools tools, TapeId tape, Gap gap, GapCause cause, boolean named) {
        this.tools = tools;
        this.tape = tape;
        this.gap = gap;
        this.cause = cause;
        this.named = named;
    }

    Gap gap() {
        return gap;
    }

    boolean isBegun() {
        return left != null;
    }

    /** The ledger gives another cause now. */
    void causedBy(GapCause other) {
        cause = other;
    }

    /**
     * Asks until each id has come or is known not to come.
     *
     * @param patience questions in a row that the venue may leave open
     * @param progress takes how many ids more have come or are known not to come
     * @return false where the venue leaves an id open
     * @throws io.tapekeeper.venue.VenueException where a question was not answered; nothing is lost, ask again
     */
    boolean ask(int patience, LongConsumer progress, Pauses pauses) throws InterruptedException {
        begin();
        for (; !left.isEmpty(); left.removeFirst()) {
            if (!ask(left.getFirst(), patience, progress, pauses)) {
                doubt();
                return false;
            }
        }
        return true;
    }

    private void begin() {
        if (left == null) {
            left = new ArrayDeque<>();
            tools.history().missingRanges(tape, gap.firstId(), gap.lastId(), range -> left.add(fetch(range)));
        }
    }

    private RangeFetch fetch(IdRange range) {
        AbsenceProof absence = new AbsenceProof(tools.settings().believe(), tools.nanos());
        RangeFetch fetch = new RangeFetch(tools.venue(), tape, range, absence, this);
        return named ? fetch : fetch.orNamedSince(gap.before());
    }

    private boolean ask(RangeFetch fetch, int patience, LongConsumer progress, Pauses pauses)
            throws InterruptedException {
        int waits = 0;
        FetchStep step = FetchStep.ADVANCED;
        while (step != FetchStep.DONE) {
            long before = fetch.next();
            step = fetch.step(Priority.REPAIR);
            progress.accept(fetch.next() - before);
            boolean waiting = step == FetchStep.WAIT;
            waits = waiting ? waits + 1 : 0;
            if (waits > patience) {
                return false;
            }
            waitedSince = step == FetchStep.ADVANCED ? NEVER : waitedSince;
            pauses.pause(waiting ? fetch.pause(tools.settings().askAgain()) : Duration.ZERO);
        }
        if (fetch.isOnlyNamed()) {
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} does not serve raw trades by id; its aggregates name {2} of the missing {3}",
                    tape.symbol(),
                    tools.venue().host(),
                    Long.toString(onlyNamed),
                    Long.toString(gap.missing()));
        }
        return true;
    }

    /** Where the venue has left it open for too long whether it has the ids, the ledger says so. */
    void doubt() {
        long now = tools.nanos().getAsLong();
        if (waitedSince == NEVER) {
            waitedSince = now;
        }
        if (now - waitedSince >= tools.settings().doubtAfter().toNanos() && cause != GapCause.UNRESOLVED) {
            cause = GapCause.UNRESOLVED;
            tools.recorder().gap(tape, gap, cause);
        }
    }

    /** Asking now is no use, but it may be later. */
    void rest() {
        restingSince = tools.nanos().getAsLong();
    }

    /** Whether its trades are known to exist and not to be served by this host. */
    boolean isNamed() {
        return named;
    }

    /** Nanoseconds until it is worth asking again; 0 = now. */
    long restsFor() {
        if (restingSince == NEVER) {
            return 0;
        }
        long rested = tools.nanos().getAsLong() - restingSince;
        return Math.max(0, tools.settings().doubtAfter().toNanos() - rested);
    }

    /** The first id that is not accounted for. */
    long next() {
        return left == null || left.isEmpty() ? gap.firstId() : left.getFirst().next();
    }

    /** How many ids are not accounted for. */
    long open() {
        return left == null
                ? gap.missing()
                : left.stream()
                        .mapToLong(fetch -> fetch.last() - fetch.next() + 1)
                        .sum();
    }

    @Override
    public void trade(Trade trade) {
        tools.recorder().trade(tape, trade);
    }

    @Override
    public void missing(long firstId, long lastId, GapCause why) {
        Gap part = new Gap(firstId, lastId, gap.before(), gap.after());
        absent.add(new LedgerEntry(part, why, 0, OptionalLong.of(0), Optional.empty()));
        if (why == GapCause.UNRESOLVED && left.getFirst().isOnlyNamed()) {
            onlyNamed += part.missing(); // another host may give them
        }
    }

    /** Parts of it that will not come, as settled entries that the ledger does not have yet. */
    List<LedgerEntry> absent() {
        return absent;
    }

    /** How many ids will not come. */
    long missing() {
        return absent.stream().mapToLong(part -> part.gap().missing()).sum();
    }

    /** How many of them exist, and could be had from another host. */
    long onlyNamed() {
        return onlyNamed;
    }

    /**
     * Trades that are there now and were missing when the tape passed the gap; also those that an attempt before had
     * stored, or that came by a socket when the gap had just been given up.
     */
    long came() {
        return gap.missing() - missing();
    }

    /** Whether the rows after it come out otherwise now. */
    boolean changesRows() {
        return came() > 0 || absent.stream().anyMatch(part -> part.cause() == GapCause.BLANKED);
    }

    /**
     * Writes into the ledger what became of it.
     *
     * @param by what brought the trades that came
     */
    void settle(String by) {
        for (LedgerEntry part : absent) { // the whole of it, or an entry of its own
            Gap ids = part.gap();
            tools.recorder().gap(tape, ids, part.cause());
            tools.recorder().gapSettled(tape, ids.firstId(), ids.lastId(), part.cause(), Optional.empty());
        }
        if (absent.stream().noneMatch(part -> part.gap().equals(gap))) { // else that was the whole of it
            Optional<String> filledBy = Optional.of(came() > 0 ? by : LedgerEntry.BY_PARTS);
            tools.recorder().gapSettled(tape, gap.firstId(), gap.lastId(), GapCause.MISSED, filledBy);
        }
    }

    /** Its unresolved parts, at rest: what is left to be filled later. */
    List<RangeFill> unresolved() {
        List<RangeFill> later = absent.stream()
                .filter(part -> part.cause() == GapCause.UNRESOLVED)
                .map(part -> new RangeFill(tools, tape, part.gap(), part.cause(), onlyNamed > 0))
                .toList();
        later.forEach(RangeFill::rest);
        return later;
    }
}
