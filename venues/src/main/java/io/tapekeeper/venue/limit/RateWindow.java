package io.tapekeeper.venue.limit;

import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RateState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * How much weight was sent in the last minute, and what may still be sent: arithmetic only, with the time passed in.
 * Not thread-safe.
 *
 * <p>Weight is counted in cells of one second, and the last {@value #CELLS} of them count: whatever was sent within the
 * last 63 s. Those 3 s beyond the minute are for requests that were on their way longer than later ones. Whether the
 * venue's minute slides or begins with the clock's, none of its windows then holds more than this one.
 *
 * <p>The venue's own count shows what others on this address send: what it is above ours is remembered in a cell too,
 * and the largest of the last minute counts as used.
 *
 * <p>Time passes here as the wall clock does, because only that one outlives a process, but never backwards: a clock
 * that is set back makes everything wait on from where it was, and one that is set forward ends waits early, which the
 * next answer's count corrects.
 */
public final class RateWindow {
    static final int DEFAULT_LIMIT = 6_000;

    /**
     * Connection attempts per five minutes. The venue bans an address that makes more than 300; the rest is for other
     * programs, and for processes that ask at the same moment.
     */
    static final int MOST_CONNECTS = 280;

    private static final int CELLS = 64;
    private static final long SECOND = 1_000_000;
    private static final long CONNECTS_CELL = 5 * SECOND;

    /** Each ring comes round in a whole part of it, so time need not be known but modulo this. */
    private static final long ROUND = CELLS * CONNECTS_CELL;

    private static final long MAGIC = 0x5441_5045_5241_5432L; // "TAPERAT2"
    private static final int HEAD_BYTES = 8 * Long.BYTES + 3 * Integer.BYTES;
    static final int BYTES = HEAD_BYTES + 4 * CELLS * Integer.BYTES + Long.BYTES;

    /** What is beyond is no limit of the venue. */
    public static final int MOST_LIMIT = 1_000_000;

    private static final int MOST_IN_CELL = 4 * MOST_LIMIT; // 128 of them are within an int
    private static final int MOST_COUNTED = 999_999_999; // of the venue's own count
    private static final long END_OF_TIME = 1L << 53; // microseconds, in 2255

    private static final int LIVE_PERCENT = 80;
    private static final int REPAIR_PERCENT = 50;
    private static final int ALL_WITH_REPAIR_PERCENT = 60; // leaves live 20 % below its 80 %
    private static final int DOUBT_PERCENT = 75;

    /** No refusal is believed to be longer. */
    static final Duration LONGEST_PAUSE = Duration.ofDays(3);

    private static final long LONGEST_BAN = LONGEST_PAUSE.toNanos() / 1_000;

    private final Ring live = new Ring(SECOND);
    private final Ring repair = new Ring(SECOND);
    private final Ring others = new Ring(SECOND);
    private final Ring connects = new Ring(CONNECTS_CELL);
    private long wall; // when it was last looked at, epoch microseconds
    private long time; // microseconds that have passed, modulo the ring that is the longest
    private long bannedUntil; // epoch microseconds
    private long noConnectUntil; // epoch microseconds
    private int banSeconds;
    private int banStatus;
    private int limit = DEFAULT_LIMIT;
    private long requests;
    private long refusals429;
    private long bans418;

    /** Counts of {@value #CELLS} cells of time; cell n stands at n modulo their number. */
    private static final class Ring {
        private final long cellMicros;
        private final int[] cells = new int[CELLS];

        Ring(long cellMicros) {
            this.cellMicros = cellMicros;
        }

        void pass(long from, long to) {
            long first = from / cellMicros + 1;
            long last = to / cellMicros;
            if (last - first >= CELLS) {
                Arrays.fill(cells, 0);
                return;
            }
            for (long cell = first; cell <= last; cell++) {
                cells[(int) (cell % CELLS)] = 0;
            }
        }

        /** The count of the cell that is {@code age} cells older than that of {@code time}. */
        int at(long time, int age) {
            return cells[Math.floorMod(time / cellMicros - age, CELLS)];
        }

        void add(long time, int count) {
            cells[(int) (time / cellMicros % CELLS)] += count;
        }

        void atLeast(long time, int count) {
            int cell = (int) (time / cellMicros % CELLS);
            cells[cell] = Math.max(cells[cell], count);
        }

        boolean isWithin(int most) {
            return Arrays.stream(cells).allMatch(count -> count >= 0 && count <= most);
        }

        int sum() {
            return Arrays.stream(cells).sum();
        }

        int max() {
            return Arrays.stream(cells).max().orElseThrow();
        }
    }

    RateWindow(long wallMicros) {
        wall = wallMicros;
        time = Math.floorMod(wallMicros, ROUND);
    }

    /**
     * For the case that what was counted is lost: three quarters of the limit count as used, so that repairs wait for a
     * minute, while the live side can ask its first small question, whose answer shows how much it really is.
     */
    static RateWindow afterLoss(long wallMicros) {
        RateWindow window = new RateWindow(wallMicros);
        window.others.atLeast(window.time, window.percent(DOUBT_PERCENT));
        return window;
    }

    /** Lets time pass up to now, epoch microseconds. */
    void pass(long wallMicros) {
        long passed = wallMicros - wall;
        wall = wallMicros;
        if (passed < 0) {
            bannedUntil = bannedUntil == 0 ? 0 : bannedUntil + passed;
            noConnectUntil = noConnectUntil == 0 ? 0 : noConnectUntil + passed;
        } else {
            Stream.of(live, repair, others, connects).forEach(ring -> ring.pass(time, time + passed));
            time = (time + passed) % ROUND;
        }
        bannedUntil = Math.min(bannedUntil, wall + LONGEST_BAN);
        noConnectUntil = Math.min(noConnectUntil, wall + LONGEST_BAN);
        if (bannedUntil <= wall) {
            bannedUntil = 0;
        }
        if (noConnectUntil <= wall) {
            noConnectUntil = 0;
        }
    }

    /** Microseconds until this much may be sent, with no regard to a ban; 0 = now. */
    long microsToWait(int weight, Priority priority) {
        int ownMost = percent(priority == Priority.LIVE ? LIVE_PERCENT : REPAIR_PERCENT);
        int most = priority == Priority.LIVE ? ownMost : percent(ALL_WITH_REPAIR_PERCENT);
        // What is heavier than its whole share goes when nothing else counts.
        int needed = Math.min(weight, ownMost);
        int used = 0;
        int repairs = 0;
        int foreign = 0;
        int kept = 0; // how many of the newest cells leave room
        for (; kept < CELLS; kept++) {
            used += live.at(time, kept) + repair.at(time, kept);
            repairs += repair.at(time, kept);
            foreign = Math.max(foreign, others.at(time, kept));
            if (used + foreign + needed > most || (priority == Priority.REPAIR && repairs + needed > ownMost)) {
                break;
            }
        }
        return kept == CELLS ? 0 : (time / SECOND + CELLS - kept) * SECOND - time;
    }

    void take(int weight, Priority priority) {
        (priority == Priority.LIVE ? live : repair).add(time, weight);
        requests++;
    }

    /** The venue's own count of the weight of this address. */
    void counted(int usedWeight) {
        others.atLeast(time, usedWeight - live.sum() - repair.sum());
    }

    void limit(int weightPerMinute) {
        limit = weightPerMinute;
    }

    /** The venue wants no request for {@code pause}; no more than the longest is believed. */
    void ban(int status, Duration pause) {
        count(status);
        long micros = believed(pause);
        if (wall + micros > bannedUntil) {
            bannedUntil = wall + micros;
            banSeconds = (int) (micros / SECOND);
            banStatus = status;
        }
    }

    private void count(int status) {
        if (status == 429) {
            refusals429++;
        } else {
            bans418++;
        }
    }

    private static long believed(Duration pause) {
        return Math.min(LONGEST_BAN, pause.toNanos() / 1_000);
    }

    /**
     * The venue wants no further connection for {@code pause}. Too many of them are no reason to ask nothing, but a ban
     * is.
     *
     * @param status 429 or 418
     */
    void connectRefused(int status, Duration pause) {
        noConnectUntil = Math.max(noConnectUntil, wall + believed(pause));
        if (status == 418) {
            ban(status, pause);
        } else {
            count(status);
        }
    }

    /** Epoch microseconds; 0 where nothing is forbidden. */
    long bannedUntil() {
        return bannedUntil;
    }

    /** How long the present ban was when it began. */
    int banSeconds() {
        return banSeconds;
    }

    /** The HTTP status that began the present ban. */
    int banStatus() {
        return banStatus;
    }

    /** Microseconds until another connection may be tried; 0 = now. */
    long microsToWaitForConnect() {
        return Math.max(microsToRoomForConnect(), noConnectUntil - wall);
    }

    private long microsToRoomForConnect() {
        int attempts = 0;
        for (int kept = 0; kept < CELLS; kept++) {
            attempts += connects.at(time, kept);
            if (attempts >= MOST_CONNECTS) {
                return (time / connects.cellMicros + CELLS - kept) * connects.cellMicros - time;
            }
        }
        return 0;
    }

    void connect() {
        connects.add(time, 1);
    }

    RateState state(String host) {
        return new RateState(
                host,
                limit,
                live.sum() + repair.sum() + others.max(),
                repair.sum(),
                limit - percent(LIVE_PERCENT),
                bannedUntil,
                connects.sum(),
                requests,
                refusals429,
                bans418);
    }

    private int percent(int share) {
        return (int) ((long) limit * share / 100);
    }

    /** As {@value #BYTES} bytes, the last of them a checksum. */
    byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putLong(MAGIC).putLong(wall).putLong(time);
        out.putLong(bannedUntil).putLong(noConnectUntil);
        out.putLong(requests).putLong(refusals429).putLong(bans418);
        out.putInt(banSeconds).putInt(banStatus).putInt(limit);
        Stream.of(live, repair, others, connects)
                .forEach(ring -> Arrays.stream(ring.cells).forEach(out::putInt));
        out.putLong(checksum(bytes));
        return bytes;
    }

    /**
     * Empty where the bytes are not whole, of another version, or hold numbers that cannot be, such as a ban for years.
     */
    static Optional<RateWindow> of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length != BYTES || in.getLong() != MAGIC || in.getLong(BYTES - Long.BYTES) != checksum(bytes)) {
            return Optional.empty();
        }
        RateWindow window = new RateWindow(in.getLong());
        window.time = Math.floorMod(in.getLong(), ROUND);
        window.bannedUntil = in.getLong();
        window.noConnectUntil = in.getLong();
        window.requests = in.getLong();
        window.refusals429 = in.getLong();
        window.bans418 = in.getLong();
        window.banSeconds = in.getInt();
        window.banStatus = in.getInt();
        window.limit = in.getInt();
        Stream.of(window.live, window.repair, window.others, window.connects)
                .forEach(ring -> Arrays.setAll(ring.cells, cell -> in.getInt()));
        return window.isPossible() ? Optional.of(window) : Optional.empty();
    }

    /** Whether the numbers are such that none of the sums here leaves its type. */
    private boolean isPossible() {
        return wall >= 0
                && wall < END_OF_TIME
                && LongStream.of(bannedUntil, noConnectUntil)
                        .allMatch(at -> at > -END_OF_TIME && at <= wall + LONGEST_BAN)
                && limit > 0
                && limit <= MOST_LIMIT
                && Stream.of(live, repair, connects).allMatch(ring -> ring.isWithin(MOST_IN_CELL))
                && others.isWithin(MOST_COUNTED);
    }

    private static long checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, BYTES - Long.BYTES);
        return crc.getValue();
    }
}
