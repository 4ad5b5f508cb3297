package io.tapekeeper.venue.fetch;

import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.IdProbe;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import java.time.Duration;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Asks a venue for a range of ids, page by page, until each of them has either come or is known not to come.
 *
 * <p>The first id of an answer is compared with the one that was asked for: a venue may answer silently from a later
 * one where it lacks the first. Its database lags behind its streams, and not every id of it by as much, so it is asked
 * again for some time before anything is concluded.
 *
 * <p>A repair asks for a few pages at once as long as they come whole, and takes them in order; where one does not, the
 * next question goes alone. One thread at a time.
 */
public final class RangeFetch {
    private final TradeHistory history;
    private final TapeId tape;
    private final long last;
    private final AbsenceProof absence; // of next
    private final RangeSink sink;
    private final PagePrefetch pages;
    private long next;
    private OptionalLong sinceMicros = OptionalLong.empty(); // empty = no probe is wanted
    private IdProbe probe; // null as long as the host is taken to serve them by id
    private boolean smooth; // the last page came whole
    private long questions;

    /**
     * @param tape whose ids are wanted
     * @param absence how often, and for how long, the venue must lack an id while it has later ones before that is
     *     believed
     */
    public RangeFetch(TradeHistory history, TapeId tape, IdRange wanted, AbsenceProof absence, RangeSink sink) {
        this.history = history;
        this.tape = tape;
        this.next = wanted.first();
        this.last = wanted.last();
        this.pages = new PagePrefetch(last, history.pageSize());
        this.absence = absence;
        this.sink = sink;
    }

    /**
     * From now on, where the host does not serve the ids, the history's {@link TradeHistory#probe} is asked which of
     * them exist: those are missing as UNRESOLVED, for another host may serve them, and the others as ABSENT.
     *
     * @param timeMicros venue time of a trade before the first id, the nearer the cheaper
     */
    public RangeFetch orNamedSince(long timeMicros) {
        sinceMicros = OptionalLong.of(timeMicros);
        return this;
    }

    /**
     * Asks one question.
     *
     * @throws VenueException where it was not answered; nothing is lost, ask again. NOT_SERVED only where no probe is
     *     wanted or there is none
     */
    public FetchStep step(Priority priority) {
        if (next() > last) {
            return FetchStep.DONE;
        }
        questions++;
        if (probe != null) {
            return probe.step();
        }
        try {
            return stepById(priority);
        } catch (VenueException e) {
            if (e.kind() != Kind.NOT_SERVED || sinceMicros.isEmpty()) {
                throw e;
            }
            IdRange left = new IdRange(next, last);
            probe = history.probe(tape, left, sinceMicros.getAsLong(), absence.another(), sink)
                    .orElseThrow(() -> e);
            return FetchStep.ADVANCED;
        }
    }

    private FetchStep stepById(Priority priority) {
        boolean ahead = smooth && priority == Priority.REPAIR;
        smooth = false;
        TradePage page = pages.page(
                next, ahead, (from, limit) -> history.tradesFrom(tape.symbol(), tape.kind(), from, limit, priority));
        if (page.isEmpty()) {
            pages.forget(); // asked at the same time
            absence.forget(); // not even later ones: its database lags
            return FetchStep.WAIT;
        }
        if (page.firstId() > next) {
            if (!absence.believedNow()) {
                pages.forget();
                return FetchStep.WAIT;
            }
            conclude(Math.min(last, page.firstId() - 1), priority);
        }
        absence.forget();
        long asked = next;
        take(page);
        smooth = next == asked + history.pageSize();
        return next > last ? FetchStep.DONE : FetchStep.ADVANCED;
    }

    /**
     * How long to pause before the next question after a {@link FetchStep#WAIT}: a denial is not worth many questions.
     *
     * @param shortest where the database lags; doubled with each denial of the same id, up to a quarter of the time
     *     after which it is believed
     */
    public Duration pause(Duration shortest) {
        return probe == null ? absence.pause(shortest) : probe.pause(shortest);
    }

    /** The venue has later ids, and was asked for these often enough. */
    private void conclude(long upTo, Priority priority) {
        OptionalLong oldest = history.oldestId(tape.symbol(), tape.kind(), priority);
        if (oldest.isPresent() && oldest.getAsLong() > next) {
            declare(Math.min(upTo, oldest.getAsLong() - 1), GapCause.BEYOND_RETENTION);
        }
        if (next <= upTo) {
            declare(upTo, GapCause.ABSENT);
        }
    }

    private void declare(long upTo, GapCause cause) {
        sink.missing(next, upTo, cause);
        next = upTo + 1;
    }

    /** Takes what follows without a jump; what comes after a jump is asked for again. */
    private void take(TradePage page) {
        Set<Long> blanked = Set.copyOf(page.blanked());
        Set<Long> unusable = Set.copyOf(page.unusable());
        Iterator<Trade> trades = page.trades().iterator();
        Trade trade = nextOf(trades);
        while (next <= last) {
            if (trade != null && trade.id() == next) {
                sink.trade(trade);
                next++;
                trade = nextOf(trades);
            } else if (blanked.contains(next)) {
                declare(endOfRun(blanked), GapCause.BLANKED);
            } else if (unusable.contains(next)) {
                declare(endOfRun(unusable), GapCause.UNRESOLVED);
            } else {
                return;
            }
        }
    }

    private static Trade nextOf(Iterator<Trade> trades) {
        return trades.hasNext() ? trades.next() : null;
    }

    private long endOfRun(Set<Long> ids) {
        long end = next;
        while (end < last && ids.contains(end + 1)) {
            end++;
        }
        return end;
    }

    /** The first id that has not come yet, and of which nothing else is known. */
    public long next() {
        return probe == null ? next : probe.next();
    }

    /** Whether the host does not serve the ids, so that it is only learnt which of them exist. */
    public boolean isOnlyNamed() {
        return probe != null;
    }

    /** The last id of the range. */
    public long last() {
        return last;
    }

    /** How many questions were asked. */
    public long questions() {
        return questions;
    }
}
