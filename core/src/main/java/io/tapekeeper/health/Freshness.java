package io.tapekeeper.health;

/**
 * Judges by its silence whether something still comes: trades of a tape, rows of a store.
 *
 * <p>It is overdue once it has been silent for 20 times its usual pause between two, but not before a shortest and not
 * after a longest time. The usual pause u is the first pause; each further pause p moves it to u + 0.05·(p − u). Where
 * several came since the last look, p is the time per piece. Where the source confirms that it has nothing newer, the
 * silence counts from that moment and the longest time holds, until the next one comes.
 *
 * <p>All times are passed in: nanoseconds, moments by a local monotonic clock. Not thread-safe.
 */
public final class Freshness {
    private static final long SHORTEST = 5_000_000_000L;
    private static final long LONGEST = 120_000_000_000L;
    private static final int PAUSES = 20;
    private static final double LEARNING = 0.05;

    private final long shortest;
    private final long longest;
    private final long grace;
    private long number;
    private long changedAt;
    private long confirmedAt;
    private boolean confirmed;
    private double usualPause = Double.NaN; // nanoseconds

    /**
     * @param shortest for how long it is never overdue
     * @param longest after how long it always is
     * @param grace what every limit is extended by, for the source to be asked
     */
    public Freshness(long shortest, long longest, long grace, long now) {
        this.shortest = shortest;
        this.longest = longest;
        this.grace = grace;
        changedAt = now;
    }

    /** Of a tape of trades: overdue after 5 to 120 seconds of silence. */
    public static Freshness ofTrades(long grace, long now) {
        return new Freshness(SHORTEST, LONGEST, grace, now);
    }

    /**
     * Notes how many have come by now, or the id of the newest where ids are consecutive. Returns whether that has
     * changed since the last call.
     */
    public boolean follow(long newest, long now) {
        if (newest == number) {
            return false;
        }
        double pause = (double) (now - changedAt) / (newest - number);
        usualPause = Double.isNaN(usualPause) ? pause : usualPause + LEARNING * (pause - usualPause);
        number = newest;
        restart(now);
        return true;
    }

    /** Goes on from here without learning from the time since the last one: the source was out of reach meanwhile. */
    public void skipTo(long newest, long now) {
        number = newest;
        restart(now);
    }

    /** Counts the silence from now on; the usual pause stays. */
    public void restart(long now) {
        changedAt = now;
        confirmed = false;
    }

    /** The source had nothing newer at {@code then}; without effect where something has come since. */
    public void confirm(long then) {
        if (then - changedAt > 0) {
            confirmedAt = then;
            confirmed = true;
        }
    }

    /** Whether the source confirmed the present silence. */
    public boolean isConfirmed() {
        return confirmed;
    }

    /** For how long nothing may come before it is overdue, nanoseconds. */
    public long limitNanos() {
        if (confirmed) {
            return longest + grace;
        }
        double usual = Double.isNaN(usualPause) ? 0 : PAUSES * usualPause;
        return Math.clamp((long) usual, shortest, longest) + grace;
    }

    /** How long nothing has come, nanoseconds. */
    public long silenceNanos(long now) {
        return now - changedAt;
    }

    /** Whether it has been silent for longer than it may. */
    public boolean isOverdue(long now) {
        return now - (confirmed ? confirmedAt : changedAt) > limitNanos();
    }

    /** Whether it has been silent for longer than the longest time, and the source confirmed that this is right. */
    public boolean isQuiet(long now) {
        return confirmed && silenceNanos(now) > longest;
    }

    /** The usual time between two, nanoseconds; NaN until a pause has been seen. */
    public double usualPauseNanos() {
        return usualPause;
    }
}
