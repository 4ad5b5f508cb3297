package io.tapekeeper.recorder.repair;

import java.time.Duration;

/**
 * How gaps are filled. All times but {@code reach} run on local monotonic time.
 *
 * @param holdBack how long the tape waits at a gap
 * @param reach gaps that ended longer ago than this are left to {@code backfill}
 * @param look between two looks at the tapes
 * @param askAgain before the venue is asked again for what its database did not have yet
 * @param believe for how long the venue must lack an id, while it has later ones, before that is believed
 * @param firstRetry before the first new attempt where it does not answer; doubled at each failure
 * @param longestRetry where the doubling ends
 * @param followAfter without a socket for this long the tape goes on from REST
 * @param followEvery between two questions for newer trades then
 * @param doubtAfter how long a venue may leave it open whether it has ids that are wanted, before the ledger calls them
 *     unresolved; they are still asked for. Also the time between two questions for ids under which it has what can be
 *     no trade
 */
public record RepairSettings(
        Duration holdBack,
        Duration reach,
        Duration look,
        Duration askAgain,
        Duration believe,
        Duration firstRetry,
        Duration longestRetry,
        Duration followAfter,
        Duration followEvery,
        Duration doubtAfter) {
    public static final RepairSettings DEFAULTS = new RepairSettings(
            Duration.ofSeconds(30),
            Duration.ofHours(24),
            Duration.ofMillis(20),
            Duration.ofMillis(250),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofMinutes(10));

    public RepairSettings withHoldBack(Duration holdBack, Duration look) {
        return new RepairSettings(
                holdBack,
                reach,
                look,
                askAgain,
                believe,
                firstRetry,
                longestRetry,
                followAfter,
                followEvery,
                doubtAfter);
    }

    /** The same, so many times faster: for tests. */
    public RepairSettings faster(int times) {
        return new RepairSettings(
                holdBack.dividedBy(times),
                reach,
                look,
                askAgain.dividedBy(times),
                believe.dividedBy(times),
                firstRetry.dividedBy(times),
                longestRetry.dividedBy(times),
                followAfter.dividedBy(times),
                followEvery.dividedBy(times),
                doubtAfter.dividedBy(times));
    }

    /**
     * The same, with no repair of a gap that ended before what is kept; null = all is. Of one that ended later all is
     * fetched, and what is too old forgotten again.
     */
    public RepairSettings within(Duration kept) {
        Duration nearer = kept == null || kept.compareTo(reach) > 0 ? reach : kept;
        return new RepairSettings(
                holdBack,
                nearer,
                look,
                askAgain,
                believe,
                firstRetry,
                longestRetry,
                followAfter,
                followEvery,
                doubtAfter);
    }
}
