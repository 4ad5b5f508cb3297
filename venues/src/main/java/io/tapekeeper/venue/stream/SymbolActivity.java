package io.tapekeeper.venue.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How often one symbol trades, and what a silence of it means. Owned by the session's thread, except for
 * {@link #heard}. Times are local monotonic nanoseconds.
 */
final class SymbolActivity {
    static final long NO_TRADE = -1;

    private static final long NOT_KNOWN = -2;
    private static final int PAUSES = 20;
    private static final double LEARNING = 0.05;

    private final String symbol;
    private final long shortestStall;
    private final long longestStall;
    private final AtomicLong newest = new AtomicLong(NO_TRADE); // id that came
    private long seen = NO_TRADE; // the newest id when last looked at
    private boolean fresh = true; // no trade has been seen over this connection
    private long changedAt;
    private double usualPause = Double.NaN;
    private long askedAt;
    private int quiet; // answers in a row
    private long conceded = NOT_KNOWN; // id of the venue up to which nothing is held against the connection

    SymbolActivity(String symbol, long shortestStall, long longestStall) {
        this.symbol = symbol;
        this.shortestStall = shortestStall;
        this.longestStall = longestStall;
    }

    String symbol() {
        return symbol;
    }

    /** A trade came; any thread. */
    void heard(long id) {
        if (id > newest.get()) {
            newest.accumulateAndGet(id, Math::max);
        }
    }

    /** A connection begins where none was. */
    void restart(long now) {
        seen = newest.get();
        fresh = true;
        conceded = NOT_KNOWN;
        quiet = 0;
        expect(now);
    }

    /** From now on trades can be expected. */
    void expect(long now) {
        changedAt = now;
        askedAt = now;
    }

    /** Takes note of what came since the last look. */
    void follow(long now) {
        long id = newest.get();
        if (id == seen) {
            return;
        }
        if (!fresh) {
            double pause = (double) (now - changedAt) / (id - seen); // ids are consecutive
            usualPause = Double.isNaN(usualPause) ? pause : usualPause + LEARNING * (pause - usualPause);
        }
        seen = id;
        fresh = false;
        changedAt = now;
        quiet = 0;
    }

    /**
     * Whether it has been silent, and not been asked about, for twenty times its usual pause; twice as long after each
     * answer that found it quiet.
     */
    boolean suspicious(long now) {
        long usual = Double.isNaN(usualPause) ? 0 : (long) (PAUSES * usualPause);
        long limit = Math.clamp(usual, shortestStall, longestStall);
        for (int i = 0; i < quiet && limit < longestStall; i++) {
            limit = Math.min(2 * limit, longestStall);
        }
        return now - Math.max(changedAt, askedAt) >= limit;
    }

    /** How surprising a silence is: the busier the symbol, the more. */
    double surprise() {
        return Double.isNaN(usualPause) ? 0 : 1 / usualPause;
    }

    /** The question had no answer, which proves nothing: ask again later. */
    void notAnswered(long now) {
        askedAt = now;
    }

    /**
     * Whether the venue has traded nothing that did not come. What it printed before this connection says nothing about
     * the connection: the first answer is only a mark.
     *
     * @param venueNewest id
     */
    boolean isQuiet(long venueNewest) {
        return isMark() || venueNewest <= Math.max(newest.get(), conceded);
    }

    private boolean isMark() {
        return fresh && conceded == NOT_KNOWN;
    }

    /** The venue's answer is judged: nothing up to this id is held against the connection any more. */
    void answered(long venueNewest, boolean foundQuiet, long now) {
        quiet += foundQuiet && !isMark() ? 1 : 0;
        askedAt = now;
        conceded = Math.max(conceded, venueNewest);
    }

    long silenceNanos(long now) {
        return now - changedAt;
    }
}
