package io.tapekeeper.venue.binance;

/** Times as Binance sends them: integers since the epoch, in a unit that only their size reveals. */
final class VenueTime {
    static final long IMPOSSIBLE = -1;

    // 2017, when the venue opened, to 2100. In three units these ranges are far from touching.
    private static final long FIRST_MILLIS = 1_483_228_800_000L;
    private static final long LAST_MILLIS = 4_102_444_800_000L;

    private VenueTime() {}

    /** Microseconds since the epoch, or {@link #IMPOSSIBLE}. */
    static long toMicros(long time) {
        if (between(time, 1)) {
            return time * 1_000;
        }
        if (between(time, 1_000)) {
            return time;
        }
        return between(time, 1_000_000) ? time / 1_000 : IMPOSSIBLE;
    }

    private static boolean between(long time, long unitsPerMilli) {
        return time >= FIRST_MILLIS * unitsPerMilli && time < LAST_MILLIS * unitsPerMilli;
    }
}
