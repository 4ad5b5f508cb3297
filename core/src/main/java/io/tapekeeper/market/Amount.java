package io.tapekeeper.market;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * An exact 128-bit integer: a sum of sizes (units of 1e-8) or of price times size (units of 1e-16). A {@code long}
 * would not do: a busy second of a cheap coin moves more than 9.2e10 of it.
 *
 * @param high the upper 64 bits, signed
 * @param low the lower 64 bits, unsigned
 */
public record Amount(long high, long low) {
    public static final Amount ZERO = new Amount(0, 0);

    /** Places of a sum of sizes. */
    public static final int SIZE_PLACES = 8;

    /** Places of a sum of products of price and size. */
    public static final int QUOTE_PLACES = 16;

    /** Below this {@code high}, a 1e8th fits into a {@code long}: 2^64 · limit = 2^63 · 1e8. */
    private static final long HIGH_LIMIT = Decimals.ONE / 2;

    public static Amount of(long units) {
        return new Amount(units >> 63, units);
    }

    /** The exact product of two integers. */
    public static Amount product(long a, long b) {
        return new Amount(Math.multiplyHigh(a, b), a * b);
    }

    /** @throws ArithmeticException where the value needs more than 128 bits */
    public static Amount of(BigInteger units) {
        if (units.bitLength() > 127) {
            throw new ArithmeticException("needs more than 128 bits: " + units);
        }
        return new Amount(units.shiftRight(64).longValue(), units.longValue());
    }

    public Amount plus(Amount other) {
        long sum = low + other.low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new Amount(high + other.high + carry, sum);
    }

    public Amount plus(long units) {
        return plus(of(units));
    }

    public BigInteger units() {
        BigInteger lower = BigInteger.valueOf(low);
        if (low < 0) {
            lower = lower.add(BigInteger.ONE.shiftLeft(64));
        }
        return BigInteger.valueOf(high).shiftLeft(64).add(lower);
    }

    /** The value as a decimal with {@code places} places, none of them cut. */
    public BigDecimal toDecimal(int places) {
        return new BigDecimal(units(), places);
    }

    /**
     * With at least eight places and no zero beyond them, exact. Nearly every sum is a whole number of 1e-8, which is
     * seen without a division for each zero that is taken off.
     */
    public String format(int places) {
        if (places == SIZE_PLACES && high == low >> 63) {
            return Decimals.format(low);
        }
        if (places == QUOTE_PLACES && high >= 0 && high < HIGH_LIMIT) {
            // By hand, 32 bits at a time: an object a step is felt where each bar has a sum.
            long upper = (high << 32) | (low >>> 32);
            long lower = ((upper % Decimals.ONE) << 32) | (low & 0xFFFF_FFFFL);
            if (lower % Decimals.ONE == 0) {
                long whole = ((upper / Decimals.ONE) << 32) | (lower / Decimals.ONE);
                return Decimals.format(whole);
            }
        }
        BigDecimal value = toDecimal(places).stripTrailingZeros();
        return (value.scale() < 8 ? value.setScale(8) : value).toPlainString();
    }
}
