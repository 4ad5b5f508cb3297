package io.tapekeeper.venue.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.venue.Priority;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateWindowTest {
    private static final long SECOND = 1_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long START = 1_790_000_000_000_000L + 123_456;

    private final RateWindow window = new RateWindow(START);

    private record Sent(long time, int weight, Priority purpose) {}

    /** What the venue counts in the minute that ends at {@code now}; {@code sent} is in order. */
    private static int lastMinute(List<Sent> sent, long now, Predicate<Sent> counted) {
        return sent.reversed().stream()
                .takeWhile(each -> each.time > now - MINUTE)
                .filter(counted)
                .mapToInt(Sent::weight)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsEveryMinuteWithinItsShareWhateverTheSchedule(long seed) {
        Random random = new Random(seed);
        List<Sent> sent = new ArrayList<>();
        int limit = 200 + random.nextInt(6_000);
        window.limit(limit);
        long now = START;
        RateWindow kept = window;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(10) == 0 ? random.nextLong(MINUTE) : random.nextLong(SECOND / 4);
            kept.pass(now);
            Priority purpose = random.nextInt(3) == 0 ? Priority.LIVE : Priority.REPAIR;
            int weight = 1 + random.nextInt(40);
            String at = "seed " + seed + ", step " + i;
            if (kept.microsToWait(weight, purpose) == 0) {
                kept.take(weight, purpose);
                sent.add(new Sent(now, weight, purpose));
                int all = lastMinute(sent, now, each -> true);
                int repairs = lastMinute(sent, now, each -> each.purpose == Priority.REPAIR);
                assertTrue(all <= limit * 80 / 100, at + ": all " + all + " of " + limit);
                assertTrue(repairs <= limit / 2, at + ": repairs " + repairs + " of " + limit);
                if (purpose == Priority.REPAIR) {
                    assertTrue(all <= limit * 60 / 100, at + ": " + all + " of " + limit);
                }
            }
            if (random.nextInt(100) == 0) {
                kept = RateWindow.of(kept.toBytes()).orElseThrow(); // a restart
            }
        }
        assertTrue(sent.size() > 5_000, "seed " + seed + ": only " + sent.size() + " were sent");
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void tellsExactlyHowLongToWait(long seed) {
        Random random = new Random(seed);
        window.limit(1_000);
        long now = START;
        int waits = 0;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextLong(SECOND);
            window.pass(now);
            Priority purpose = random.nextBoolean() ? Priority.LIVE : Priority.REPAIR;
            int weight = 1 + random.nextInt(100);
            if (random.nextInt(50) == 0) {
                window.counted(random.nextInt(900));
            }
            long wait = window.microsToWait(weight, purpose);
            String at = "seed " + seed + ", step " + i + ", wait " + wait;
            if (wait > 0) {
                assertTrue(wait <= 64 * SECOND, at);
                window.pass(now + wait - 1);
                assertTrue(window.microsToWait(weight, purpose) > 0, at);
                now += wait;
                window.pass(now);
                waits++;
            }
            assertEquals(0, window.microsToWait(weight, purpose), at);
            window.take(weight, purpose);
        }
        assertTrue(waits > 500, "seed " + seed + ": waited only " + waits + " times");
    }

    @Test
    void aSteadyRepairUsesTwoFifthsOfTheLimitAndMore() {
        long now = START;
        int taken = 0;
        while (now < START + 20 * MINUTE) {
            window.pass(now);
            long wait = window.microsToWait(25, Priority.REPAIR);
            if (wait == 0) {
                window.take(25, Priority.REPAIR);
                taken += 25;
            }
            now += Math.max(wait, SECOND / 10);
        }
        assertTrue(taken >= 20 * 6_000 * 40 / 100, "only " + taken);
    }

    @Test
    void theLiveSideFindsAFifthOfTheLimitWhereRepairsHaveTakenAllTheyMay() {
        while (window.microsToWait(100, Priority.REPAIR) == 0) {
            window.take(100, Priority.REPAIR);
        }
        assertEquals(3_000, window.state("h").repairUsed());
        for (int weight = 0; weight < 1_800; weight += 100) {
            assertEquals(0, window.microsToWait(100, Priority.LIVE));
            window.take(100, Priority.LIVE);
        }
        assertTrue(window.microsToWait(1, Priority.LIVE) > 0);
        assertEquals(4_800, window.state("h").used());
        assertEquals(1_200, window.state("h").reserve());
    }

    @Test
    void repairsLeaveAFifthToTheLiveSideHoweverMuchThatOneUses() {
        window.take(2_000, Priority.LIVE);
        int repaired = 0;
        while (window.microsToWait(100, Priority.REPAIR) == 0) {
            window.take(100, Priority.REPAIR);
            repaired += 100;
        }
        assertEquals(1_600, repaired); // 60 % of 6,000 less what the live side used
    }

    @Test
    void whatTheVenueCountsBeyondOursBelongsToOthersAndCountsForAMinute() {
        window.take(1_000, Priority.LIVE);
        window.counted(4_000);
        assertEquals(4_000, window.state("h").used());
        assertTrue(window.microsToWait(1, Priority.REPAIR) > 0);
        window.pass(START + SECOND);
        window.take(500, Priority.LIVE);
        window.counted(1_500); // the venue's minute began anew; the others' weight was sent all the same
        assertEquals(4_500, window.state("h").used());
        window.pass(START + MINUTE);
        assertEquals(4_500, window.state("h").used());
        window.pass(START + 65 * SECOND);
        assertEquals(0, window.state("h").used());
    }

    @ParameterizedTest
    @EnumSource(Priority.class)
    void aQuestionHeavierThanItsShareGoesWhenNothingElseCounts(Priority purpose) {
        window.limit(10);
        assertEquals(0, window.microsToWait(25, purpose));
        window.take(25, purpose);
        assertTrue(window.microsToWait(25, purpose) > MINUTE);
        window.pass(START + 64 * SECOND);
        assertEquals(0, window.microsToWait(25, purpose));
    }

    @Test
    void aClockThatIsSetBackMakesNothingWaitLongerThanBefore() {
        window.take(4_800, Priority.LIVE);
        window.ban(418, Duration.ofMinutes(2));
        long lastYear = START - Duration.ofDays(365).toNanos() / 1_000;
        window.pass(lastYear);
        assertEquals(lastYear + 2 * MINUTE, window.bannedUntil());
        assertEquals(4_800, window.state("h").used());
        window.pass(lastYear + MINUTE);
        assertTrue(window.bannedUntil() > 0);
        window.pass(lastYear + 2 * MINUTE);
        assertEquals(0, window.bannedUntil());
        assertEquals(0, window.microsToWait(4_800, Priority.LIVE));
    }

    @Test
    void noBanIsBelievedToBeLongerThanThreeDays() {
        window.ban(418, Duration.ofSeconds(9_999_999));
        assertEquals(START + Duration.ofDays(3).toNanos() / 1_000, window.bannedUntil());
        window.ban(429, Duration.ofSeconds(10)); // a shorter one does not end it
        assertEquals(START + Duration.ofDays(3).toNanos() / 1_000, window.bannedUntil());
        assertEquals(418, window.banStatus());
        assertEquals(1, window.state("h").refusals429());
        assertEquals(1, window.state("h").bans418());
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void fiveMinutesNeverSeeMoreThanTheirConnections(long seed) {
        Random random = new Random(seed);
        List<Long> attempts = new ArrayList<>();
        long now = START;
        for (int i = 0; i < 3_000; i++) {
            now += random.nextLong(2 * SECOND);
            window.pass(now);
            long wait = window.microsToWaitForConnect();
            now += wait;
            window.pass(now);
            assertEquals(0, window.microsToWaitForConnect(), "seed " + seed + ", step " + i);
            window.connect();
            attempts.add(now);
            long since = now - 5 * MINUTE;
            long count = attempts.stream().filter(time -> time > since).count();
            assertTrue(count <= 280, "seed " + seed + ", step " + i + ": " + count);
        }
        assertTrue(now > START + 45 * MINUTE, "seed " + seed + ": the bound was never met");
    }

    @Test
    void everyByteThatChangesIsNoticed() {
        window.take(7, Priority.LIVE);
        window.connect();
        byte[] bytes = window.toBytes();
        assertEquals(window.state("h"), RateWindow.of(bytes).orElseThrow().state("h"));
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 0x10;
            assertTrue(RateWindow.of(damaged).isEmpty(), "byte " + i);
        }
        assertTrue(RateWindow.of(Arrays.copyOf(bytes, bytes.length - 1)).isEmpty());
    }

    @Test
    void aFileWithABanForYearsIsNone() {
        window.connectRefused(418, Duration.ofDays(3));
        byte[] bytes = window.toBytes();
        assertTrue(RateWindow.of(bytes).isPresent());
        int bannedUntil = 3 * Long.BYTES;
        int noConnectUntil = 4 * Long.BYTES;
        for (int field : List.of(bannedUntil, noConnectUntil)) {
            assertTrue(RateWindow.of(with(bytes, field, Long.MAX_VALUE)).isEmpty());
            assertTrue(RateWindow.of(with(bytes, field, Long.MIN_VALUE)).isEmpty());
        }
    }

    @Test
    void whatIsWrittenCanBeReadHoweverFarTheClockHasJumped() {
        int time = 2 * Long.BYTES;
        window.connectRefused(429, Duration.ofDays(3));
        byte[] bytes = window.toBytes();
        for (long passed : List.of(0x1C5B_FEDA_169D_C0L, Long.MAX_VALUE, Long.MIN_VALUE)) {
            RateWindow read = RateWindow.of(with(bytes, time, passed)).orElseThrow();
            for (int jump = 0; jump < 20; jump++) {
                read.pass(jump % 2 == 0 ? START + 100 * MINUTE : 8_192);
                assertTrue(RateWindow.of(read.toBytes()).isPresent(), passed + ", jump " + jump);
            }
        }
    }

    /** The same file with another number in it and the checksum that belongs to it. */
    private static byte[] with(byte[] bytes, int at, long number) {
        byte[] changed = bytes.clone();
        CRC32 crc = new CRC32();
        ByteBuffer.wrap(changed).putLong(at, number);
        crc.update(changed, 0, RateWindow.BYTES - Long.BYTES);
        ByteBuffer.wrap(changed).putLong(RateWindow.BYTES - Long.BYTES, crc.getValue());
        return changed;
    }
}
