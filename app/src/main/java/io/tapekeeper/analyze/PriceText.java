package io.tapekeeper.analyze;

import java.nio.charset.StandardCharsets;

/** Prices as they stand in a table: fast from the bytes of plain digits, slowly from any text. */
final class PriceText {
    private static final int MOST_DIGITS = 18; // the point included: fits a long
    private static final long LARGEST_EXACT = 1L << 53;
    private static final double[] POWERS = new double[MOST_DIGITS]; // of ten, all exact

    static {
        double power = 1;
        for (int i = 0; i < POWERS.length; i++, power *= 10) {
            POWERS[i] = power;
        }
    }

    private PriceText() {}

    /** Digits with at most one point, exactly; NaN for anything else. */
    static double ofDigits(byte[] text, int from, int to) {
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

    /** Any text: the definition of what is a price; NaN for what is none. */
    static double ofAny(String price) {
        for (int at = 0; at < price.length(); at++) {
            if ("0123456789.+-eE".indexOf(price.charAt(at)) < 0) {
                return Double.NaN;
            }
        }
        try {
            return Double.parseDouble(price);
        } catch (NumberFormatException e) {
            return Double.NaN; // such as 1.2.3
        }
    }

    /** How many bytes of a line stand before the stripped text of a column. */
    static int bytesBefore(String[] texts, int column) {
        int before = bytes(texts[column]) - bytes(texts[column].stripLeading());
        for (int i = 0; i < column; i++) {
            before += bytes(texts[i]) + 1;
        }
        return before;
    }

    static int bytes(String part) {
        return part.getBytes(StandardCharsets.UTF_8).length;
    }
}
