package io.tapekeeper.exchange.market;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * A kline interval by its case-sensitive name. Weeks start on Monday, months with the calendar; all others are aligned
 * to the epoch.
 *
 * @param micros length in microseconds; 0 for the month
 */
public record KlineInterval(String name, long micros) {
    private static final long SECOND = 1_000_000L;
    private static final long DAY = 86_400 * SECOND;
    private static final long WEEK = 7 * DAY;

    /** The epoch was a Thursday. */
    private static final long FIRST_MONDAY = 4 * DAY;

    public static final List<KlineInterval> ALL = List.of(
            new KlineInterval("1s", SECOND),
            minutes("1m", 1),
            minutes("3m", 3),
            minutes("5m", 5),
            minutes("15m", 15),
            minutes("30m", 30),
            minutes("1h", 60),
            minutes("2h", 120),
            minutes("4h", 240),
            minutes("6h", 360),
            minutes("8h", 480),
            minutes("12h", 720),
            new KlineInterval("1d", DAY),
            new KlineInterval("3d", 3 * DAY),
            new KlineInterval("1w", WEEK),
            new KlineInterval("1M", 0));

    private static KlineInterval minutes(String name, int minutes) {
        return new KlineInterval(name, minutes * MinuteBlock.MINUTE);
    }

    public static Optional<KlineInterval> named(String name) {
        return ALL.stream().filter(interval -> interval.name.equals(name)).findFirst();
    }

    public boolean isSecond() {
        return micros == SECOND;
    }

    /**
     * The start of the bar that {@code time} lies in.
     *
     * @param zone microseconds by which the clock that sets the edges is ahead of UTC
     */
    public long start(long time, long zone) {
        long local = time + zone;
        if (micros == 0) {
            return firstOfMonth(local, 0) - zone;
        }
        long anchor = micros == WEEK ? FIRST_MONDAY : 0;
        return Math.floorDiv(local - anchor, micros) * micros + anchor - zone;
    }

    /** The start of the bar {@code bars} after (if negative, before) the one at {@code start}. */
    public long plus(long start, long bars, long zone) {
        return micros == 0 ? firstOfMonth(start + zone, bars) - zone : start + bars * micros;
    }

    private static long firstOfMonth(long time, long months) {
        LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(Math.floorDiv(time, SECOND)), ZoneOffset.UTC);
        return date.withDayOfMonth(1).plusMonths(months).toEpochDay() * DAY;
    }
}
