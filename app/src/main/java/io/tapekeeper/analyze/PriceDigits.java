package io.tapekeeper.analyze;

/** Prices that are plain digits, read from the bytes of a table; {@link PriceLine} reads all others. */
final class PriceDigits {
    private static final int MOST_DIGITS = 18; // the point included: fits a long
    private static final long LARGEST_EXACT = 1L << 53;
    private static final double[] POWERS = new double[MOST_DIGITS]; // of ten, all exact

    static {
        double power = 1;
        for (int i = 0; i < POWERS.length; i++, power *= 10) {
            POWERS[i] = power;
        }
    }

    private PriceDigits() {}

    /** Digits with at most one point, exactly; NaN for anything else. */
    static double parse(byte[] text, int from, int to) {
        if (to - from > MOST_DIGITS) {
            return Double.NaN;
        }
        long digits = 0;
        int point = -1;
        for (int at = from; at < to; at++) {
            int digit = text[at] - '0';
            if (digit >= 0 && digit <= 9) {
                digits = 10 * digits + digit;
            } else if (text[at] == '.' && point < 0) {
                point = at;
            } else {
                return Double.NaN;
            }
        }
        int places = point < 0 ? 0 : to - 1 - point;
        boolean empty = to - from == (point < 0 ? 0 : 1);
        // Both operands are exact doubles, so one division rounds as the definition does.
        return empty || digits > LARGEST_EXACT ? Double.NaN : digits / POWERS[places];
    }
}
