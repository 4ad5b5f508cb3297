package io.tapekeeper.alert;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers of a reason, none below zero, as people read them, the same text that {@link String#format} gives. Alerts are
 * rare, so what writes their reasons is never compiled; a Formatter, interpreted, took 0.15 ms of an alert's way to the
 * page.
 */
final class Rounded {
    private static final int GROUP = 3;

    private Rounded() {}

    /** {@code %.2f} with two places. */
    static String fixed(double value, int places) {
        return exact(value).setScale(places, RoundingMode.HALF_UP).toPlainString();
    }

    /** {@code %,.2f} with two places. */
    static String grouped(double value, int places) {
        StringBuilder text = new StringBuilder(fixed(value, places));
        int point = text.indexOf(".");
        for (int at = (point < 0 ? text.length() : point) - GROUP; at > 0; at -= GROUP) {
            text.insert(at, ',');
        }
        return text.toString();
    }

    /** {@code %.2e} with two places. */
    static String scientific(double value, int places) {
        BigDecimal digits = exact(value).round(new MathContext(places + 1, RoundingMode.HALF_UP));
        int exponent = digits.signum() == 0 ? 0 : digits.precision() - digits.scale() - 1;
        String size = Integer.toString(Math.abs(exponent));
        return digits.scaleByPowerOfTen(-exponent).setScale(places, RoundingMode.HALF_UP)
                + (exponent < 0 ? "e-" : "e+")
                + (size.length() < 2 ? "0" : "")
                + size;
    }

    /** A setting as it was written: without a point where it is whole. */
    static String shortest(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** The shortest decimal that reads back to the same double: what a Formatter rounds too. */
    private static BigDecimal exact(double value) {
        return new BigDecimal(Double.toString(value));
    }
}
