package io.tapekeeper.market;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AmountTest {
    @Test
    void sumsBeyondSixtyFourBitsExactly() {
        Amount sum = Amount.ZERO;
        for (int i = 0; i < 4; i++) {
            sum = sum.plus(Long.MAX_VALUE);
        }
        assertEquals("368934881474.19103228", sum.format(Amount.SIZE_PLACES)); // 4 · (2^63 − 1)
    }

    @Test
    void multipliesPriceAndSizeExactly() {
        Amount quote = Amount.product(Decimals.parse("61837.63000000"), Decimals.parse("0.00009000"));
        assertEquals("5.56538670", quote.format(Amount.QUOTE_PLACES)); // 61837.63 · 0.00009
    }

    @Test
    void isPrintedAsItsDecimal() {
        Random random = new Random(12);
        for (int i = 0; i < 10_000; i++) {
            int bits = 1 + random.nextInt(127);
            BigInteger any = new BigInteger(bits, random);
            if (i % 2 == 0) { // as most prices times sizes are: a whole number of 1e-8
                any = any.shiftRight(27).multiply(BigInteger.valueOf(Decimals.ONE));
            }
            Amount amount = Amount.of(i % 3 == 0 ? any.negate() : any);
            for (int places : new int[] {Amount.SIZE_PLACES, Amount.QUOTE_PLACES}) {
                BigDecimal value = new BigDecimal(amount.units(), places).stripTrailingZeros();
                BigDecimal shown = value.scale() < 8 ? value.setScale(8) : value;
                assertEquals(shown.toPlainString(), amount.format(places), "seed 12, " + amount);
            }
        }
    }

    @Test
    void isPrintedAsItsDecimalAtTheEdgeOfSixtyFourBits() {
        BigInteger one = BigInteger.valueOf(Decimals.ONE);
        BigInteger edge = BigInteger.ONE.shiftLeft(63);
        for (int i = -2; i <= 2; i++) {
            BigInteger whole = edge.add(BigInteger.valueOf(i));
            BigDecimal value = new BigDecimal(whole, 8);
            String shown = Amount.of(whole.multiply(one)).format(Amount.QUOTE_PLACES);
            assertEquals(value.toPlainString(), shown, "2^63 and " + i);
            BigInteger next = edge.multiply(one).add(BigInteger.valueOf(i));
            BigDecimal exact = new BigDecimal(next, 16).stripTrailingZeros();
            assertEquals(
                    (exact.scale() < 8 ? exact.setScale(8) : exact).toPlainString(),
                    Amount.of(next).format(Amount.QUOTE_PLACES),
                    "2^63 · 1e8 and " + i);
        }
    }

    @Test
    void agreesWithBigIntegers() {
        Random random = new Random(11);
        for (int i = 0; i < 10_000; i++) {
            long a = random.nextLong();
            long b = random.nextLong();
            long c = random.nextLong();
            BigInteger expected =
                    BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).add(BigInteger.valueOf(c));
            Amount actual = Amount.product(a, b).plus(c);
            assertEquals(expected, actual.units(), "seed 11, round " + i);
            assertEquals(actual, Amount.of(expected), "seed 11, round " + i);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(ArithmeticException.class, () -> Amount.of(BigInteger.ONE.shiftLeft(127)));
    }
}
