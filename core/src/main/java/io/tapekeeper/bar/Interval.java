package io.tapekeeper.bar;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The length of a bar. Bars are aligned to the epoch.
 *
 * @param micros length in microseconds, a whole number of seconds
 */
public record Interval(long micros) {
    public static final Interval SECOND = new Interval(1_000_000L);
    public static final Interval MINUTE = new Interval(60 * SECOND.micros);
    public static final Interval DAY = new Interval(24 * 60 * MINUTE.micros);

    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

    public Interval {
        if (micros <= 0 || micros % 1_000_000 != 0) {
            throw new IllegalArgumentException("an interval is a whole number of seconds, not " + micros + " µs");
        }
    }

    /**
     * Reads {@code 1s}, {@code 5m}, {@code 1h}, {@code 1d}.
     *
     * @throws IllegalArgumentException with one plain sentence where the text is none of these
     */
    public static Interval parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no interval: write a number and s, m, h or d, as in 1s");
        }
        long unit = switch (matcher.group(2)) {
            case "s" -> SECOND.micros;
            case "m" -> MINUTE.micros;
            case "h" -> 60 * MINUTE.micros;
            default -> DAY.micros;
        };
        return new Interval(Long.parseLong(matcher.group(1)) * unit);
    }

    /** The start of the bar that contains {@code time}; both epoch microseconds. */
    public long startOf(long time) {
        return Math.floorDiv(time, micros) * micros;
    }

    /** The bar's number since the epoch. */
    public long numberOf(long start) {
        return Math.floorDiv(start, micros);
    }

    /** In the largest unit that divides it: {@code 1s}, {@code 90s}, {@code 1m}, {@code 1d}. */
    @Override
    public String toString() {
        if (micros % DAY.micros == 0) {
            return micros / DAY.micros + "d";
        }
        if (micros % (60 * MINUTE.micros) == 0) {
            return micros / (60 * MINUTE.micros) + "h";
        }
        if (micros % MINUTE.micros == 0) {
            return micros / MINUTE.micros + "m";
        }
        return micros / SECOND.micros + "s";
    }
}
