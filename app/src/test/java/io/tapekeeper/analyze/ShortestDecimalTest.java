package io.tapekeeper.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ShortestDecimalTest {
    private final byte[] out = new byte[ShortestDecimal.LONGEST + 2];

    private String text(double value) {
        return new String(out, 1, ShortestDecimal.put(value, out, 1) - 1, StandardCharsets.US_ASCII);
    }

    private void assertAsTheJdkPrints(double value, String where) {
        String expected = Double.toString(value);
        int end = ShortestDecimal.put(value, out, 1);
        boolean same = end - 1 == expected.length();
        for (int i = 0; same && i < expected.length(); i++) {
            same = out[1 + i] == expected.charAt(i);
        }
        if (!same) {
            assertEquals(expected, text(value), where);
        }
    }

    @Test
    void numbersByHand() {
        assertEquals("0.0", text(0));
        assertEquals("-0.0", text(-0.0));
        assertEquals("1.0", text(1));
        assertEquals("3.0", text(3));
        assertEquals("-0.1", text(-0.1));
        assertEquals("0.30000000000000004", text(0.1 + 0.2));
        assertEquals("61837.63", text(61837.63));
        assertEquals("9999999.9", text(9999999.9));
        assertEquals("1.00000001E7", text(10_000_000.1));
        assertEquals("0.001", text(0.001));
        assertEquals("9.9E-4", text(0.00099));
        assertEquals("4.9E-324", text(Double.MIN_VALUE));
        assertEquals("NaN", text(Double.NaN));
        assertEquals("-Infinity", text(Double.NEGATIVE_INFINITY));
    }

    @Test
    void printsAsTheJdkAtTheEdgesOfEveryBinaryAndDecimalRange() {
        for (int exponent = -1074; exponent < 1024; exponent++) {
            assertAround(Math.scalb(1.0, exponent));
            assertAround(Math.scalb(3.0, exponent));
        }
        for (int exponent = -323; exponent <= 308; exponent++) {
            for (int digit = 1; digit <= 9; digit++) {
                assertAround(Double.parseDouble(digit + "e" + exponent));
            }
        }
    }

    private void assertAround(double value) {
        double near = value;
        for (int i = 0; i < 4; i++) {
            near = Math.nextDown(near);
        }
        for (int i = 0; i < 9; i++, near = Math.nextUp(near)) {
            assertAsTheJdkPrints(near, "near " + value);
            assertAsTheJdkPrints(-near, "near " + -value);
        }
    }

    @Test
    void printsAsTheJdkWhateverTheDouble() {
        assertRandomDoubles(1, 3_000_000);
    }

    /** Some minutes. */
    @Tag("long")
    @Test
    void printsAHundredMillionDoublesOfEachKindAsTheJdk() {
        int step = 10_000_000;
        for (int i = 1; i <= 10; i++) {
            assertRandomDoubles(i, step);
            System.out.printf("shortest decimals: %d of 100 million%n", i * step / 1_000_000);
        }
    }

    private void assertRandomDoubles(long seed, int each) {
        SplittableRandom random = new SplittableRandom(seed);
        String where = "seed " + seed;
        for (int i = 0; i < each; i++) {
            long bits = random.nextLong();
            assertAsTheJdkPrints(Double.longBitsToDouble(bits), where); // of any size
            assertAsTheJdkPrints( // of a size that features have
                    Math.scalb(random.nextDouble(1, 2), random.nextInt(-130, 60)), where);
            assertAsTheJdkPrints((double) (random.nextLong(1L << 60) >> random.nextInt(60)), where);
            assertAsTheJdkPrints( // of few digits
                    random.nextInt(1_000_000) / Math.pow(10, random.nextInt(12)), where);
            assertAsTheJdkPrints(random.nextInt(-9_999_999, 9_999_999) / 61_837.63, where);
        }
    }
}
