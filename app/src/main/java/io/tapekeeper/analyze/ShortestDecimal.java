package io.tapekeeper.analyze;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * Writes a double as {@link Double#toString(double)} does, straight into an array of bytes.
 *
 * <p>That is the shortest decimal that reads back to the same double and, of those, the closest to it. Method: R.
 * Giulietti, "The Schubfach way to render doubles" (2021), with its table cut down to what features look like: normal
 * doubles from 1e-33 to 1e16 in size that are no powers of two, and zero. Everything else goes through
 * {@code Double.toString}. The price is a page of code in place of a call; the gain is no allocation and half of the
 * time of a number, which is most of the time of {@code analyze}. A test on random doubles of every kind holds it to
 * {@code Double.toString}.
 */
final class ShortestDecimal {
    /** The longest text: a sign, 17 digits, a point, and E-308. */
    static final int LONGEST = 24;

    private static final int FRACTION_BITS = 52;
    private static final long FRACTION = (1L << FRACTION_BITS) - 1;
    private static final int EXPONENT_MASK = 0x7ff;
    private static final int EXPONENT_BIAS = 1075; // of a significand taken as an integer
    private static final long LOW_63 = Long.MAX_VALUE;

    private static final int HIGHEST_POWER = 50;
    private static final int LEAST_EXPONENT = -166; // 2^-166 > 10^-50
    private static final long[] POWER_HIGH = new long[HIGHEST_POWER + 1]; // 10^i in 126 bits
    private static final long[] POWER_LOW = new long[HIGHEST_POWER + 1];
    private static final int[] POWER_LOG = new int[HIGHEST_POWER + 1]; // ⌊log2 10^i⌋

    private static final int MOST_DIGITS = 17;
    private static final long TEN_TO_16 = 10_000_000_000_000_000L;
    private static final int TEN_TO_8 = 100_000_000;
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static {
        BigInteger power = BigInteger.ONE;
        for (int i = 0; i <= HIGHEST_POWER; i++) {
            int log = power.bitLength() - 1;
            // The paper's g: the first integer above 10^i, scaled into [2^125, 2^126).
            BigInteger scaled = power.shiftLeft(125).shiftRight(log).add(BigInteger.ONE);
            POWER_HIGH[i] = scaled.shiftRight(63).longValue();
            POWER_LOW[i] = scaled.longValue() & LOW_63;
            POWER_LOG[i] = log;
            power = power.multiply(BigInteger.TEN);
        }
    }

    private ShortestDecimal() {}

    /**
     * Writes {@code value} at {@code at}, where there must be room for {@link #LONGEST}.
     *
     * @return where its text ends
     */
    static int put(double value, byte[] out, int at) {
        long bits = Double.doubleToRawLongBits(value);
        int exponent = (int) (bits >>> FRACTION_BITS) & EXPONENT_MASK;
        int q = exponent - EXPONENT_BIAS; // |value| = c · 2^q
        if (q < LEAST_EXPONENT || q > 0 || (bits & FRACTION) == 0) {
            return putRare(value, out, at);
        }
        int start = at;
        if (bits < 0) {
            out[start++] = '-';
        }
        long c = (bits & FRACTION) | (1L << FRACTION_BITS);
        int i = -(int) ((q * 661_971_961_083L) >> 41); // −⌊log10 2^q⌋
        return layOut(shortest(c, q, i), i, out, start);
    }

    private static int putRare(double value, byte[] out, int at) {
        String text = value == 0 && Double.doubleToRawLongBits(value) == 0 ? "0.0" : null;
        if (text == null) {
            text = Double.toString(value);
        }
        for (int i = 0; i < text.length(); i++) {
            out[at + i] = (byte) text.charAt(i);
        }
        return at + text.length();
    }

    /** The decimal d of {@code d · 10^-i}, of 16 or 17 digits, zeros at its end not yet removed. */
    private static long shortest(long c, int q, int i) {
        long out = c & 1; // the ends of the interval belong to an even significand only
        long high = POWER_HIGH[i];
        long low = POWER_LOW[i];
        int shift = q + POWER_LOG[i] + 2;
        long middle = scaled(high, low, (4 * c) << shift);
        long left = scaled(high, low, (4 * c - 2) << shift) + out;
        long right = scaled(high, low, (4 * c + 2) << shift) - out;

        long below = middle >> 2;
        long shorterBelow = below / 10 * 10;
        long shorterAbove = shorterBelow + 10;
        boolean shorterBelowIn = left <= shorterBelow << 2;
        boolean shorterAboveIn = shorterAbove << 2 <= right;
        if (shorterBelowIn != shorterAboveIn) {
            return shorterBelowIn ? shorterBelow : shorterAbove;
        }
        long above = below + 1;
        boolean belowIn = left <= below << 2;
        boolean aboveIn = above << 2 <= right;
        if (belowIn != aboveIn) {
            return belowIn ? below : above;
        }
        long closer = middle - 2 * (below + above);
        return closer < 0 || (closer == 0 && (below & 1) == 0) ? below : above;
    }

    /** c · g · 2^-126, its last bit set where something was cut off. */
    private static long scaled(long high, long low, long c) {
        long carry = ((high * c) >>> 1) + Math.multiplyHigh(low, c);
        long product = Math.multiplyHigh(high, c) + (carry >>> 63);
        return product | (((carry & LOW_63) + LOW_63) >>> 63);
    }

    /** Writes {@code digits · 10^-i} in the layout of Double.toString. */
    private static int layOut(long digits, int i, byte[] out, int at) {
        int point = MOST_DIGITS - i; // the number is 0.ddd · 10^point
        long all = digits;
        while (all < TEN_TO_16) {
            all *= 10;
            point--;
        }
        if (point > 0 && point <= 7) { // ddd.ddd
            putDigits(all, out, at + 1);
            System.arraycopy(out, at + 1, out, at, point);
            out[at + point] = '.';
            return withoutZeros(out, at + point + 2, at + 1 + MOST_DIGITS);
        }
        if (point > -3 && point <= 0) { // 0.00ddd
            out[at] = '0';
            out[at + 1] = '.';
            out[at + 2] = '0';
            out[at + 3] = '0';
            int first = at + 2 - point;
            putDigits(all, out, first);
            return withoutZeros(out, first + 1, first + MOST_DIGITS);
        }
        putDigits(all, out, at + 1); // d.dddE-dd
        out[at] = out[at + 1];
        out[at + 1] = '.';
        int end = withoutZeros(out, at + 3, at + 1 + MOST_DIGITS);
        out[end++] = 'E';
        int exponent = point - 1;
        if (exponent < 0) {
            out[end++] = '-';
            exponent = -exponent;
        }
        if (exponent >= 10) {
            out[end++] = (byte) ('0' + exponent / 10);
        }
        out[end++] = (byte) ('0' + exponent % 10);
        return end;
    }

    private static int withoutZeros(byte[] out, int least, int end) {
        int at = end;
        while (at > least && out[at - 1] == '0') {
            at--;
        }
        return at;
    }

    /** Writes exactly 17 digits. */
    private static void putDigits(long digits, byte[] out, int at) {
        long upper = digits / TEN_TO_8;
        int first = (int) (upper / TEN_TO_8);
        out[at] = (byte) ('0' + first);
        putEight((int) (upper - (long) first * TEN_TO_8), out, at + 1);
        putEight((int) (digits - upper * TEN_TO_8), out, at + 9);
    }

    /** Writes eight digits, all at once: halves, their halves, and theirs, side by side in a long. */
    private static void putEight(int digits, byte[] out, int at) {
        long upper = digits / 10_000;
        long fours = upper | ((digits - upper * 10_000) << 32);
        long hundreds = ((fours * 10_486) >>> 20) & 0x0000_007f_0000_007fL; // /100 below 10,000
        long pairs = hundreds | ((fours - hundreds * 100) << 16);
        long tens = ((pairs * 103) >>> 10) & 0x000f_000f_000f_000fL; // /10 below 100
        long ones = tens | ((pairs - tens * 10) << 8);
        EIGHT.set(out, at, ones | 0x3030_3030_3030_3030L);
    }
}
