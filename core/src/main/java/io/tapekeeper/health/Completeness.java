package io.tapekeeper.health;

/**
 * What a tape still misses of what the venue has.
 *
 * @param openHoles holes that somebody still tries to fill; negative where nobody counts
 * @param missingTrades ids inside them that are not stored; negative where nobody counts
 * @param fetching whether one of the holes is so new that the tape waits while it is fetched
 * @param repair the repair of older holes that is under way; null where none is
 */
public record Completeness(int openHoles, long missingTrades, boolean fetching, Repair repair) {
    /** Of a tape that does not wait. */
    public Completeness(int openHoles, long missingTrades, Repair repair) {
        this(openHoles, missingTrades, false, repair);
    }

    /** Nobody counts, as for a polled price, which has no ids. */
    public static final Completeness UNKNOWN = new Completeness(-1, -1, null);

    /** Nothing is missing. */
    public static final Completeness WHOLE = new Completeness(0, 0, null);

    /**
     * How far a repair is.
     *
     * @param done trades that it has brought so far
     * @param total trades that were missing when it began
     * @param etaSeconds how long it still takes; negative where that cannot be told yet
     */
    public record Repair(long done, long total, long etaSeconds) {
        /** From 0 to 100, rounded down: 100 means that all are there. */
        public int percent() {
            return total <= 0 ? 100 : Math.clamp(Math.floorDiv(done * 100, total), 0, 100);
        }
    }

    public boolean isKnown() {
        return openHoles >= 0;
    }

    public boolean isWhole() {
        return openHoles == 0;
    }
}
