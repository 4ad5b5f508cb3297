package io.tapekeeper.venue.binance;

import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.IdProbe;
import io.tapekeeper.venue.RangeSink;
import java.time.Duration;
import java.util.List;

/**
 * Learns which raw trades of a range the venue has where it does not serve them by id: its aggregates number them, and
 * leave none out. Those that an aggregate names exist (UNRESOLVED: they can be had from another host); those between
 * two neighbours do not (ABSENT). What a blanked one named is not known any more, and stays UNRESOLVED.
 *
 * <p>That holds only where the aggregates themselves are numbered without a jump, from one that reaches back to the
 * first id of the range, so it goes back until it has that one. Where one is missing it asks again, as
 * {@link io.tapekeeper.venue.fetch.RangeFetch} does, before it believes that. A question brings a thousand aggregates.
 * One thread at a time.
 */
final class RawIdProbe implements IdProbe {
    private static final int PAGE = 1_000; // the venue's longest

    private final Aggregates aggregates;
    private final long last;
    private final long sinceMicros;
    private final AbsenceProof absence;
    private final RangeSink sink;
    private long next; // raw id
    private long expected = -1; // the aggregate to ask for; -1 before one of that time is known
    private boolean begun; // one was seen that reaches back to the first id
    private boolean blanked; // so is the one before
    private long partFirst; // what is known and not reported yet, so that neighbours are reported as one
    private GapCause partCause; // null where all is reported

    /**
     * @param wanted raw ids
     * @param sinceMicros venue time of a trade before the first, the nearer the cheaper
     * @param absence of its own
     */
    RawIdProbe(Aggregates aggregates, IdRange wanted, long sinceMicros, AbsenceProof absence, RangeSink sink) {
        this.aggregates = aggregates;
        this.next = wanted.first();
        this.last = wanted.last();
        this.sinceMicros = sinceMicros;
        this.absence = absence;
        this.sink = sink;
    }

    @Override
    public long next() {
        return next;
    }

    @Override
    public Duration pause(Duration shortest) {
        return absence.pause(shortest);
    }

    @Override
    public FetchStep step() {
        List<JsonAnswer> page = expected < 0 ? aggregates.since(sinceMicros, PAGE) : aggregates.from(expected, PAGE);
        if (page.isEmpty()) {
            absence.forget(); // not even later ones: its database lags
            return FetchStep.WAIT;
        }
        long first = page.getFirst().integer("a");
        if (first < Math.max(0, expected)) {
            throw page.getFirst().notAsPromised("a");
        }
        boolean jump = expected >= 0 && first > expected;
        int beginning = begun ? 0 : beginning(page);
        if (beginning < 0 && !jump && first > 0) { // times may step back within the order of ids
            absence.forget();
            expected = Math.max(0, first - PAGE);
            return FetchStep.ADVANCED;
        }
        if (jump && (begun || beginning < 0)) {
            if (!absence.believedNow()) {
                return FetchStep.WAIT;
            }
            if (!begun) {
                reportWhatIsTooOld(page, first);
            }
        }
        absence.forget();
        begun = true;
        List<JsonAnswer> wanted = page.subList(Math.max(0, beginning), page.size());
        expected = wanted.getFirst().integer("a");
        take(wanted);
        if (next <= last) {
            return FetchStep.ADVANCED;
        }
        reportPart();
        return FetchStep.DONE;
    }

    /**
     * The last aggregate of a page that begins at or before the first wanted id, −1 where none does. Whether those
     * before it are all there is no matter.
     */
    private int beginning(List<JsonAnswer> page) {
        for (int i = page.size() - 1; i >= 0; i--) {
            JsonAnswer aggregate = page.get(i);
            if (!BinanceAnswers.isBlanked(aggregate) && aggregate.integer("f") <= next) {
                return i;
            }
        }
        return -1;
    }

    /** Where the venue has no older aggregate at all, what there was cannot be known. */
    private void reportWhatIsTooOld(List<JsonAnswer> page, long first) {
        List<JsonAnswer> oldest = aggregates.from(0, 1);
        if (oldest.isEmpty() || oldest.getFirst().integer("a") < first) {
            return;
        }
        page.stream()
                .filter(aggregate -> !BinanceAnswers.isBlanked(aggregate))
                .findFirst()
                .ifPresent(aggregate -> know(aggregate.integer("f") - 1, GapCause.BEYOND_RETENTION));
    }

    /** Takes what follows without a jump; what comes after a jump is asked for again. */
    private void take(List<JsonAnswer> page) {
        for (JsonAnswer aggregate : page) {
            long id = aggregate.integer("a");
            if (id < expected) {
                throw aggregate.notAsPromised("a");
            }
            if (id > expected || next > last) {
                return;
            }
            expected++;
            if (BinanceAnswers.isBlanked(aggregate)) {
                blanked = true;
                continue;
            }
            long from = aggregate.integer("f");
            long to = aggregate.integer("l");
            if (from < 0 || to < from || to == Long.MAX_VALUE) {
                throw aggregate.notAsPromised("l");
            }
            know(from - 1, blanked ? GapCause.UNRESOLVED : GapCause.ABSENT);
            blanked = false;
            know(to, GapCause.UNRESOLVED);
        }
    }

    private void know(long upTo, GapCause cause) {
        long end = Math.min(upTo, last);
        if (end < next) {
            return;
        }
        if (partCause != cause) {
            reportPart();
            partFirst = next;
            partCause = cause;
        }
        next = end + 1;
    }

    private void reportPart() {
        if (partCause != null) {
            sink.missing(partFirst, next - 1, partCause);
            partCause = null;
        }
    }
}
