package io.tapekeeper.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final long BEGAN = Long.MAX_VALUE - seconds(1); // a monotonic clock may start anywhere, and overflow

    private final Freshness freshness = Freshness.ofTrades(0, BEGAN);

    private static long seconds(double seconds) {
        return Math.round(seconds * 1e9);
    }

    /** The moment so many seconds after the beginning. */
    private static long at(double seconds) {
        return BEGAN + seconds(seconds);
    }

    /** One trade a second, up to and including second {@code last}. */
    private void comesEverySecondUpTo(int last) {
        for (int second = 1; second <= last; second++) {
            assertTrue(freshness.follow(second, at(second)));
        }
    }

    @Test
    void isOverdueAfterFiveSecondsWhileNoPauseIsKnown() {
        assertEquals(seconds(5), freshness.limitNanos());
        assertFalse(freshness.isOverdue(at(5)));
        assertTrue(freshness.isOverdue(at(5.1)));
        assertTrue(Double.isNaN(freshness.usualPauseNanos()));
    }

    @Test
    void isOverdueAfterTwentyUsualPauses() {
        comesEverySecondUpTo(3);
        assertEquals(seconds(20), freshness.limitNanos());
        assertFalse(freshness.isOverdue(at(23)));
        assertTrue(freshness.isOverdue(at(23.1)));
        assertEquals(seconds(20.1), freshness.silenceNanos(at(23.1)));
    }

    @Test
    void movesTheUsualPauseByATwentiethOfTheDifference() {
        comesEverySecondUpTo(1);
        freshness.follow(2, at(4)); // 1 s, then 3 s: 1 + 0.05 * 2 = 1.1 s
        assertEquals(1.1e9, freshness.usualPauseNanos(), 1);
        assertEquals(seconds(22), freshness.limitNanos(), "20 * 1.1 s");
    }

    @Test
    void sharesAPauseAmongAllThatCameInIt() {
        freshness.follow(4, at(2)); // four in two seconds
        assertEquals(0.5e9, freshness.usualPauseNanos());
        assertEquals(seconds(10), freshness.limitNanos());
    }

    @Test
    void neverWaitsLessThanFiveSecondsOrMoreThanTwoMinutes() {
        freshness.follow(100, at(1)); // 20 pauses of 10 ms are 0.2 s
        assertEquals(seconds(5), freshness.limitNanos());
        Freshness slow = Freshness.ofTrades(0, BEGAN);
        slow.follow(1, at(60)); // 20 pauses of a minute are 20 min
        assertEquals(seconds(120), slow.limitNanos());
    }

    @Test
    void addsTheGraceToEveryLimit() {
        Freshness patient = Freshness.ofTrades(seconds(3), BEGAN);
        assertEquals(seconds(8), patient.limitNanos());
        assertFalse(patient.isOverdue(at(8)));
        patient.confirm(at(1));
        assertEquals(seconds(123), patient.limitNanos());
    }

    @Test
    void countsAConfirmedSilenceFromTheConfirmationAndWaitsLongest() {
        comesEverySecondUpTo(2);
        freshness.confirm(at(20));
        assertTrue(freshness.isConfirmed());
        assertEquals(seconds(120), freshness.limitNanos());
        assertFalse(freshness.isOverdue(at(140)));
        assertTrue(freshness.isOverdue(at(140.1)));
        freshness.confirm(at(130)); // asked again
        assertFalse(freshness.isOverdue(at(250)));
    }

    @Test
    void isQuietOnceAConfirmedSilenceHasLastedTheLongestTime() {
        comesEverySecondUpTo(1);
        assertFalse(freshness.isQuiet(at(122)), "the source has not confirmed it");
        freshness.confirm(at(100));
        assertFalse(freshness.isQuiet(at(121)));
        assertTrue(freshness.isQuiet(at(121.1)));
        freshness.follow(2, at(122));
        assertFalse(freshness.isQuiet(at(300)));
    }

    @Test
    void forgetsAConfirmationThatIsOlderThanTheLastTrade() {
        comesEverySecondUpTo(2);
        freshness.confirm(at(1.5));
        assertFalse(freshness.isConfirmed());
        freshness.confirm(at(3));
        assertTrue(freshness.isConfirmed());
        assertFalse(freshness.follow(2, at(4)), "nothing has come since");
        assertTrue(freshness.isConfirmed());
        assertTrue(freshness.follow(3, at(5)));
        assertFalse(freshness.isConfirmed());
    }

    @Test
    void aRestartCountsTheSilenceFromThenOnAndKeepsTheUsualPause() {
        comesEverySecondUpTo(3);
        freshness.confirm(at(10));
        freshness.restart(at(100));
        assertFalse(freshness.isConfirmed());
        assertEquals(seconds(20), freshness.limitNanos());
        assertFalse(freshness.isOverdue(at(120)));
        assertTrue(freshness.isOverdue(at(120.1)));
    }

    @Test
    void learnsNothingFromAPauseThatItSkips() {
        comesEverySecondUpTo(3);
        freshness.skipTo(1_000, at(100));
        assertEquals(1e9, freshness.usualPauseNanos());
        freshness.follow(1_001, at(101));
        assertEquals(1e9, freshness.usualPauseNanos());
    }
}
