package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.Cause;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.VenueException;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * Asks Binance for a range of ids, page by page, until each of them has either come or is known not
 * to come.
 *
 * <p>The first id of an answer is compared with the one that was asked for: Binance answers
 * silently from a later one where it lacks the first. Its database lags behind its streams, so it
 * is asked again before anything is concluded. One thread at a time.
 */
public final class Fetch {
    /** Where the ids go. */
    public interface Sink {
        /** A trade of the range, ascending. */
        void trade(Trade trade);

        /** Ids of the range that the venue does not have, both included. */
        void missing(long firstId, long lastId, Cause cause);
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

    /** How often the venue must lack an id, while it has later ones, before we believe it. */
    private static final int DENIALS = 3;

    private final BinanceRest rest;
    private final String symbol;
    private final TapeKind kind;
    private final long last;
    private final Sink sink;
    private long next;
    private int denials;
    private long questions;

    public Fetch(
            BinanceRest rest, String symbol, TapeKind kind, long firstId, long lastId, Sink sink) {
        this.rest = rest;
        this.symbol = symbol;
        this.kind = kind;
        this.next = firstId;
        this.last = lastId;
        this.sink = sink;
    }

    /**
     * Asks one question.
     *
     * @throws VenueException where it was not answered; nothing is lost, ask again
     */
    public Step step(Purpose purpose) {
        if (next > last) {
            return Step.DONE;
        }
        questions++;
        int limit = (int) Math.min(PAGE, last - next + 1);
        TradePage page = rest.tradesFrom(symbol, kind, next, limit, purpose);
        if (page.isEmpty()) {
            denials = 0; // not even later ones: its database lags
            return Step.WAIT;
        }
        if (page.firstId() > next) {
            denials++;
            if (denials < DENIALS) {
                return Step.WAIT;
            }
            conclude(Math.min(last, page.firstId() - 1));
        }
        denials = 0;
        take(page);
        return next > last ? Step.DONE : Step.ADVANCED;
    }

    /** The venue has later ids, and it was asked often enough. */
    private void conclude(long upTo) {
        OptionalLong oldest = rest.oldestId(symbol, kind);
        if (oldest.isPresent() && oldest.getAsLong() > next) {
            declare(Math.min(upTo, oldest.getAsLong() - 1), Cause.BEYOND_RETENTION);
        }
        if (next <= upTo) {
            declare(upTo, Cause.ABSENT);
        }
    }

    private void declare(long upTo, Cause cause) {
        sink.missing(next, upTo, cause);
        next = upTo + 1;
    }

    /** Takes what follows without a jump; what is behind a jump is asked for again. */
    private void take(TradePage page) {
        Iterator<Trade> trades = page.trades().iterator();
        Iterator<Long> blanked = page.blanked().iterator();
        Trade trade = nextOf(trades);
        Long blank = nextOf(blanked);
        while (next <= last) {
            if (trade != null && trade.id() <= next) {
                if (trade.id() == next) {
                    sink.trade(trade);
                    next++;
                }
                trade = nextOf(trades);
            } else if (blank != null && blank <= next) {
                long first = next;
                for (; blank != null && blank <= next; blank = nextOf(blanked)) {
                    next = Math.max(next, Math.min(blank, last) + 1);
                }
                if (next > first) {
                    sink.missing(first, next - 1, Cause.BLANKED);
                }
            } else {
                return;
            }
        }
    }

    private static <T> T nextOf(Iterator<T> items) {
        return items.hasNext() ? items.next() : null;
    }

    /** What one question costs of the venue's limit. */
    public static int weight(TapeKind kind) {
        return kind == TapeKind.RAW ? 25 : 4;
    }

    /** The first id that has not come yet. */
    public long next() {
        return next;
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
