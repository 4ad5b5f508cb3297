package io.tapekeeper.venue.fetch;

import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.binance.BinanceRest;
import io.tapekeeper.venue.limit.Priority;
import java.time.Duration;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Asks Binance for a range of ids, page by page, until each of them has either come or is known not to come.
 *
 * <p>The first id of an answer is compared with the one that was asked for: Binance answers silently from a later one
 * where it lacks the first. Its database lags behind its streams, and not every id of it by as much, so it is asked
 * again for some time before anything is concluded.
 *
 * <p>A repair asks for a few pages at once as long as they come whole, and takes them in order; where one does not, the
 * next question goes alone. One thread at a time.
 */
public final class RangeFetch {
    /** Where the ids go. */
    public interface Sink {
        /** A trade of the range, ascending. */
        void trade(Trade trade);

        /**
         * Ids of the range that will not come, both included: the venue does not have them, or (UNRESOLVED) what it has
         * under them can be no trade.
         */
        void missing(long firstId, long lastId, GapCause cause);
    }

    /** How a question went. */
    public enum Step {
        /** Some ids came; ask on. */
        ADVANCED,
        /** The venue does not have them now; ask again after a pause. */
        WAIT,
        /** Every id of the range has come or is known not to come. */
        DONE
    }

    /** Ids that one question brings at most. */
    public static final int PAGE = 1_000;

    private final BinanceRest rest;
    private final String symbol;
    private final TapeKind kind;
    private final long last;
    private final Duration believeAfter;
    private final Sink sink;
    private final LongSupplier nanoTime;
    private long next;
    private final AbsenceProof denials; // of next
    private final PagePrefetch pages;
    private OptionalLong sinceMicros = OptionalLong.empty(); // empty = nothing is asked instead
    private RawIdProbe walk; // null as long as the host is taken to serve them by id
    private boolean smooth; // the last page came whole
    private long questions;

    /**
     * @param believeAfter for how long the venue must lack an id, while it has later ones, before we believe it; local
     *     monotonic time
     */
    public RangeFetch(
            BinanceRest rest,
            String symbol,
            TapeKind kind,
            long firstId,
            long lastId,
            Duration believeAfter,
            Sink sink) {
        this(rest, symbol, kind, firstId, lastId, believeAfter, sink, System::nanoTime);
    }

    RangeFetch(
            BinanceRest rest,
            String symbol,
            TapeKind kind,
            long firstId,
            long lastId,
            Duration believeAfter,
            Sink sink,
            LongSupplier nanoTime) {
        this.rest = rest;
        this.symbol = symbol;
        this.kind = kind;
        this.next = firstId;
        this.last = lastId;
        this.pages = new PagePrefetch(lastId, PAGE);
        this.believeAfter = believeAfter;
        this.denials = new AbsenceProof(believeAfter, nanoTime);
        this.sink = sink;
        this.nanoTime = nanoTime;
    }

    /**
     * From now on, where the host does not serve raw trades by id, its aggregates are asked which of them it has: those
     * are missing as UNRESOLVED, for another host may serve them, and the others as ABSENT.
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
     * @throws VenueException where it was not answered; nothing is lost, ask again. NOT_SERVED only where nothing is to
     *     be asked instead
     */
    public Step step(Priority purpose) {
        if (next() > last) {
            return Step.DONE;
        }
        questions++;
        if (walk != null) {
            return walk.step();
        }
        try {
            return stepById(purpose);
        } catch (VenueException e) {
            if (e.kind() != Kind.NOT_SERVED || sinceMicros.isEmpty()) {
                throw e;
            }
            AbsenceProof own = new AbsenceProof(believeAfter, nanoTime);
            walk = new RawIdProbe(rest, symbol, next, last, sinceMicros.getAsLong(), own, sink);
            return Step.ADVANCED;
        }
    }

    private Step stepById(Priority purpose) {
        boolean ahead = smooth && purpose == Priority.REPAIR;
        smooth = false;
        TradePage page = pages.page(next, ahead, (from, limit) -> rest.tradesFrom(symbol, kind, from, limit, purpose));
        if (page.isEmpty()) {
            pages.forget(); // asked at the same time
            denials.forget(); // not even later ones: its database lags
            return Step.WAIT;
        }
        if (page.firstId() > next) {
            if (!denials.believedNow()) {
                pages.forget();
                return Step.WAIT;
            }
            conclude(Math.min(last, page.firstId() - 1), purpose);
        }
        denials.forget();
        long asked = next;
        take(page);
        smooth = next == asked + PAGE;
        return next > last ? Step.DONE : Step.ADVANCED;
    }

    /**
     * How long to pause before the next question after a {@link Step#WAIT}: a denial is not worth many questions.
     *
     * @param shortest where the database lags; doubled with each denial of the same id, up to a quarter of the time
     *     after which it is believed
     */
    public Duration pause(Duration shortest) {
        return walk == null ? denials.pause(shortest) : walk.pause(shortest);
    }

    /** The venue has later ids, and it was asked often enough. */
    private void conclude(long upTo, Priority purpose) {
        OptionalLong oldest = rest.oldestId(symbol, kind, purpose);
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

    /** Takes what follows without a jump; what is behind a jump is asked for again. */
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

    /** What one question costs of the venue's limit. */
    public static int weight(TapeKind kind) {
        return kind == TapeKind.RAW ? 25 : 4;
    }

    /** The first id that has not come yet, and of which nothing else is known. */
    public long next() {
        return walk == null ? next : walk.next();
    }

    /** Whether the host does not serve them by id, so that they are only named. */
    public boolean isByAggregates() {
        return walk != null;
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
