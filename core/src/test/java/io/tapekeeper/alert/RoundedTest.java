package io.tapekeeper.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundedTest {
    @Test
    void numbersReadAsPeopleWriteThem() {
        assertEquals("3.08", Rounded.fixed(3.0822070014844885, 2));
        assertEquals("61,000.10", Rounded.grouped(61000.1, 2));
        assertEquals("1,234,567", Rounded.grouped(1234567.4, 0));
        assertEquals("999.00", Rounded.grouped(999, 2));
        assertEquals("1.23e-04", Rounded.scientific(0.0001234, 2));
        assertEquals("1.00e+00", Rounded.scientific(0.9999, 2));
        assertEquals("0.00e+00", Rounded.scientific(0, 2));
    }

    @Test
    void textIsWhatAFormatterGives() {
        long seed = 20240627;
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            double value = random.nextDouble() * Math.pow(10, random.nextInt(24) - 12);
            int places = random.nextInt(9);
            String what = "value " + value + ", places " + places + ", seed " + seed;
            assertEquals(format("%." + places + "f", value), Rounded.fixed(value, places), what);
            assertEquals(format("%,." + places + "f", value), Rounded.grouped(value, places), what);
            assertEquals(format("%." + places + "e", value), Rounded.scientific(value, places), what);
        }
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
