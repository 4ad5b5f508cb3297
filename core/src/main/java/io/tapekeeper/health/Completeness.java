package io.tapekeeper.health;

/**
 * What a tape still misses of what the venue has.
 *
 * @param openGaps gaps that are still to be filled; negative where they are not counted
 * @param missingTrades ids inside them that are not stored; negative where they are not counted
 * @param fetching whether one of the gaps is so new that the tape waits while it is fetched
 * @param repair the repair of older gaps; null while none is under way
 */
public record Completeness(int openGaps, long missingTrades, boolean fetching, Repair repair) {
    /** Of a tape that does not wait. */
    public Completeness(int openGaps, long missingTrades, Repair repair) {
        this(openGaps, missingTrades, false, repair);
    }

    /** Not counted: a polled price, for example, has no ids. */
    public static final Completeness UNKNOWN = new Completeness(-1, -1, null);

    /** Nothing is missing. */
    public static final Completeness WHOLE = new Completeness(0, 0, null);

    /**
     * Progress of a repair.
     *
     * @param done trades that it has brought so far
     * @param total trades that were missing when it began
     * @param etaSeconds time that it still takes; negative until it can be estimated
     */
    public record Repair(long done, long total, long etaSeconds) {
        /** From 0 to 100, rounded down: at 100 nothing is missing. */
        public int percent() {
            return total <= 0 ? 100 : Math.clamp(Math.floorDiv(done * 100, total), 0, 100);
        }
    }

    public boolean isKnown() {
        return openGaps >= 0;
    }

    public boolean isWhole() {
        return openGaps == 0;
    }
}
