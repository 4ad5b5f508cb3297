package io.tapekeeper.recorder.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Severity;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.QualityAlert.Kind;
import io.tapekeeper.health.SystemHealth;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QualityAlertsTest {
    private static final long NOW = 1_764_000_000_000_000L;

    private final QualityAlerts quality = new QualityAlerts();
    private Health.State state = Health.State.LIVE;
    private Completeness completeness = Completeness.WHOLE;
    private double clockOffset = Double.NaN;
    private long conflicts;
    private SystemHealth.RateBudget rate;
    private SystemHealth.Writing writing;
    private SystemHealth.Disk disk;

    /** Looks at second {@code second}; what has opened (+) and was resolved (−) by it. */
    private String look(double second) {
        long nanos = (long) (second * 1e9);
        Health health = new Health(
                state,
                state == Health.State.LIVE ? "" : "nothing came for 9 s",
                1,
                0,
                20,
                20,
                5,
                1,
                true,
                5_000,
                completeness,
                clockOffset,
                Latency.UNKNOWN);
        QualityAlerts.Changes changes = quality.judge(
                new QualityAlerts.Snapshot(
                        List.of(new QualityAlerts.Tape("BTCUSDT", health, conflicts)),
                        new SystemHealth(rate, writing, disk, List.of()),
                        NOW + TimeUnit.NANOSECONDS.toMicros(nanos)),
                nanos);
        StringBuilder said = new StringBuilder();
        changes.opened().forEach(alert -> said.append('+').append(alert.kind().label()));
        changes.resolved().forEach(alert -> said.append('-').append(alert.kind().label()));
        return said.toString();
    }

    private QualityAlert only() {
        List<QualityAlert> open = quality.open();
        assertEquals(1, open.size(), open.toString());
        return open.getFirst();
    }

    @Test
    void whatIsWellOrUnknownOpensNothing() {
        assertEquals("", look(0));
        completeness = Completeness.UNKNOWN;
        clockOffset = 1_000; // no more than a second
        rate = new SystemHealth.RateBudget("h", 6_000, 4_800, 0, 0); // 80 %, no more
        writing = new SystemHealth.Writing(50, 100, "");
        disk = new SystemHealth.Disk(2_000_000_000L, Double.NaN);
        assertEquals("", look(1));
        assertEquals("", look(100));
        assertTrue(quality.open().isEmpty());
    }

    @Test
    void aTapeThatStandsStillForThreeSecondsIsStaleUntilItHasMovedForThree() {
        state = Health.State.STALE;
        assertEquals("", look(0));
        assertEquals("", look(2.9));
        assertEquals("+stale", look(3));
        assertEquals(
                new QualityAlert(
                        Kind.STALE,
                        "BTCUSDT",
                        NOW + 3_000_000,
                        Severity.CRITICAL,
                        "Nothing new comes: nothing came for 9 s."),
                only());
        state = Health.State.LIVE;
        assertEquals("", look(4));
        state = Health.State.DISCONNECTED;
        assertEquals("", look(5)); // the same alert: it was not fresh for three seconds
        state = Health.State.WARMING_UP;
        assertEquals("", look(6));
        assertEquals("-stale", look(9));
        assertTrue(quality.open().isEmpty());
    }

    @Test
    void aGapIsReportedAtOnceWithTheProgressOfItsRepairAndSinceWhen() {
        completeness = new Completeness(2, 1_204, null);
        assertEquals("+open-gap", look(0));
        assertEquals("1,204 trades are missing in 2 gaps; no repair is under way.", only().reason());
        completeness = new Completeness(1, 1, new Completeness.Repair(1_203, 1_204, 1));
        assertEquals("", look(7));
        assertEquals("1 trade is missing in 1 gap; the repair is at 99 %.", only().reason());
        assertEquals(NOW, only().since());
        completeness = Completeness.WHOLE;
        assertEquals("", look(8));
        assertEquals("-open-gap", look(13));
    }

    @Test
    void aGapThatTheTapeWaitsForIsBeingFetched() {
        completeness = new Completeness(1, 17, true, null);
        assertEquals("+open-gap", look(0));
        assertEquals("17 trades are missing in 1 gap; it is being fetched.", only().reason());
        completeness = new Completeness(2, 21, true, null);
        assertEquals("", look(1));
        assertEquals("21 trades are missing in 2 gaps; the newest is being fetched.", only().reason());
        completeness = new Completeness(2, 21, true, new Completeness.Repair(1, 5, 9));
        assertEquals("", look(2));
        assertEquals("21 trades are missing in 2 gaps; the repair is at 20 %.", only().reason());
    }

    @Test
    void aClockThatIsASecondOffIsWrongUntilItIsHalfASecondOff() {
        clockOffset = 1_001;
        assertEquals("+clock", look(0));
        assertEquals(
                "This machine's clock is 1.0 s behind the venue's: let network time (NTP) set it.", only().reason());
        clockOffset = Double.NaN; // a new connection: not measured yet
        assertEquals("", look(1));
        clockOffset = 700;
        assertEquals("", look(2));
        clockOffset = -500;
        assertEquals("-clock", look(3));
        clockOffset = -1_400;
        assertEquals("+clock", look(4));
        assertTrue(only().reason().contains("1.4 s ahead of the venue's"), only().reason());
    }

    @Test
    void aDiskWithLittleRoomOrFewDaysIsReported() {
        disk = new SystemHealth.Disk(1_900_000_000L, Double.NaN);
        assertEquals("+disk", look(0));
        assertEquals(Severity.CRITICAL, only().severity());
        disk = new SystemHealth.Disk(2_400_000_000L, 0);
        assertEquals("", look(1));
        assertEquals("", look(20));
        disk = new SystemHealth.Disk(2_600_000_000L, 0);
        assertEquals("", look(21));
        assertEquals("-disk", look(31));
        disk = new SystemHealth.Disk(10_000_000_000L, 4_000_000_000.0);
        assertEquals("+disk", look(32));
        assertEquals("The store's disk is full in 2.5 days at this pace: make room.", only().reason());
        disk = new SystemHealth.Disk(10_000_000_000L, 2_600_000_000.0); // 3.8 days
        assertEquals("", look(50));
        assertEquals(1, quality.open().size());
    }

    @Test
    void aBudgetThatIsNearlyUsedUpIsReportedAndABanIsCritical() {
        rate = new SystemHealth.RateBudget("api.example", 6_000, 4_801, 0, 0);
        assertEquals("+rate-budget", look(0));
        assertEquals("4,801 of the 6,000 request weight a minute are used: repairs wait.", only().reason());
        rate = new SystemHealth.RateBudget("api.example", 6_000, 3_700, 0, 0);
        assertEquals("", look(1));
        rate = new SystemHealth.RateBudget("api.example", 6_000, 100, 0, NOW + 5_000_000);
        assertEquals("", look(2)); // no second alert, but a worse one
        assertEquals(Severity.CRITICAL, only().severity());
        assertTrue(only().reason().startsWith("api.example refuses this address until 16:00:05"));
        rate = new SystemHealth.RateBudget("api.example", 6_000, 100, 0, 0);
        assertEquals("", look(3));
        assertEquals("-rate-budget", look(8));
    }

    @Test
    void aQueueMoreThanHalfFullForFiveSecondsIsAWriterThatIsBehind() {
        writing = new SystemHealth.Writing(51, 100, "");
        assertEquals("", look(0));
        writing = new SystemHealth.Writing(50, 100, "");
        assertEquals("", look(4)); // a burst
        writing = new SystemHealth.Writing(99, 100, "");
        assertEquals("", look(5));
        assertEquals("+writer-behind", look(10));
        writing = new SystemHealth.Writing(26, 100, "");
        assertEquals("", look(20));
        writing = new SystemHealth.Writing(25, 100, "");
        assertEquals("", look(21));
        assertEquals("-writer-behind", look(26));
    }

    @Test
    void aWriterThatCannotWriteIsReportedAtOnceInItsOwnWords() {
        writing = new SystemHealth.Writing(0, 100, "The disk is full: make room.");
        assertEquals("+writer-behind", look(0));
        assertEquals("The disk is full: make room.", only().reason());
        assertEquals(Severity.CRITICAL, only().severity());
    }

    @Test
    void aVenueThatContradictsItselfIsReportedForTenMinutesAfterTheLastTime() {
        conflicts = 2;
        assertEquals("+venue-integrity", look(0));
        assertEquals("", look(300));
        conflicts = 3;
        assertEquals("", look(400));
        assertEquals("", look(401));
        assertEquals("", look(1_000));
        assertEquals("-venue-integrity", look(1_001));
        assertEquals("", look(2_000));
    }

    @Test
    void theCriticalOnesComeFirstAndThenTheOldest() {
        conflicts = 1;
        look(0);
        completeness = new Completeness(1, 5, null);
        look(1);
        disk = new SystemHealth.Disk(1, Double.NaN);
        look(2);
        assertEquals(
                List.of(Kind.DISK, Kind.VENUE_INTEGRITY, Kind.OPEN_GAP),
                quality.open().stream().map(QualityAlert::kind).toList());
    }
}
