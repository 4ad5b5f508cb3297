package io.tapekeeper.market;

/**
 * Exact decimals with eight places, held in a {@code long} in units of 1e-8: what Binance itself uses for every price
 * and size. The largest is 92,233,720,368.54775807.
 */
public final class Decimals {
    /** Units in one whole: 10^8. */
    public static final long ONE = 100_000_000L;

    private static final int PLACES = 8;

    private Decimals() {}

    /**
     * Reads a plain decimal such as {@code 61837.63000000} exactly.
     *
     * @throws NumberFormatException where the text is no plain decimal, has more than eight significant places, or does
     *     not fit; the message quotes the text
     */
    public static long parse(CharSequence text) {
        int length = text.length();
        int at = 0;
        boolean negative = length > 0 && text.charAt(0) == '-';
        if (negative) {
            at++;
        }
        long units = 0;
        int digits = 0;
        int places = -1; // how many places have been read; -1 before the point
        for (; at < length; at++) {
            char c = text.charAt(at);
            if (c == '.' && places < 0) {
                places = 0;
                continue;
            }
            if (c < '0' || c > '9') {
                throw notADecimal(text);
            }
            digits++;
            if (places >= PLACES) {
                if (c != '0') {
                    throw new NumberFormatException("more than eight decimal places: \"" + text + "\"");
                }
                continue;
            }
            if (places >= 0) {
                places++;
            }
            units = times10Plus(units, c - '0', text);
        }
        if (digits == 0) {
            throw notADecimal(text);
        }
        for (int missing = PLACES - Math.max(places, 0); missing > 0; missing--) {
            units = times10Plus(units, 0, text);
        }
        return negative ? -units : units;
    }

    private static long times10Plus(long units, int digit, CharSequence text) {
        if (units > (Long.MAX_VALUE - digit) / 10) {
            throw new NumberFormatException("too large: \"" + text + "\"");
        }
        return units * 10 + digit;
    }

    private static NumberFormatException notADecimal(CharSequence text) {
        return new NumberFormatException("not a plain decimal number: \"" + text + "\"");
    }

    /** With all eight places, as Binance prints it: {@code 61837.63000000}. */
    public static String format(long units) {
        return format(units, PLACES);
    }

    /**
     * With at least {@code minPlaces} places and no zero beyond them: {@code 61837.63} for 2, where the value has no
     * more.
     */
    public static String format(long units, int minPlaces) {
        String digits = Long.toString(units);
        boolean negative = units < 0;
        StringBuilder out = new StringBuilder(22);
        String magnitude = negative ? digits.substring(1) : digits;
        out.append("0".repeat(Math.max(0, PLACES + 1 - magnitude.length()))).append(magnitude);
        out.insert(out.length() - PLACES, '.');
        int end = out.length();
        int shortest = out.length() - PLACES + minPlaces;
        while (end > shortest && out.charAt(end - 1) == '0') {
            end--;
        }
        if (out.charAt(end - 1) == '.') {
            end--;
        }
        out.setLength(end);
        return negative ? out.insert(0, '-').toString() : out.toString();
    }

    /** The nearest double, for statistics only. */
    public static double toDouble(long units) {
        return (double) units / ONE;
    }

    /** How many decimal places a step such as 0.01 has: 2. A step of 0 means "any", so 8. */
    public static int places(long step) {
        if (step <= 0) {
            return PLACES;
        }
        int places = PLACES;
        long rest = step;
        while (places > 0 && rest % 10 == 0) {
            rest /= 10;
            places--;
        }
        return places;
    }
}
