package io.tapekeeper.market;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
    @Test
    void readsAndPrintsWhatTheVenuePrints() {
        assertEquals(6_183_763_000_000L, Decimals.parse("61837.63000000"));
        assertEquals("61837.63000000", Decimals.format(6_183_763_000_000L));
        assertEquals("0.00000001", Decimals.format(1));
        assertEquals("-0.50000000", Decimals.format(Decimals.parse("-0.5")));
    }

    @Test
    void takesZerosBeyondTheEighthPlaceButNoOtherDigit() {
        assertEquals(150_000_000L, Decimals.parse("1.5000000000"));
        assertThrows(NumberFormatException.class, () -> Decimals.parse("1.000000001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", ".", "1e5", "1.2.3", "NaN", "1,5", " 1", "99999999999999"})
    void refusesWhatIsNoPlainDecimalAndQuotesIt(String text) {
        String message = assertThrows(NumberFormatException.class, () -> Decimals.parse(text))
                .getMessage();
        assertTrue(message.contains('"' + text + '"'), message);
    }

    @Test
    void printsAsManyPlacesAsAskedForAndNoZeroBeyondThem() {
        assertEquals("61837.63", Decimals.format(6_183_763_000_000L, 2));
        assertEquals("5", Decimals.format(500_000_000L, 0));
        assertEquals("0.00005", Decimals.format(5_000L, 2));
    }

    @Test
    void knowsThePlacesOfAStep() {
        assertEquals(2, Decimals.places(1_000_000)); // 0.01
        assertEquals(0, Decimals.places(Decimals.ONE));
        assertEquals(8, Decimals.places(0));
    }

    @Test
    void roundTripsAnyValueExactly() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long units = random.nextLong() >>> 1 >>> random.nextInt(62);
            assertEquals(units, Decimals.parse(Decimals.format(units)), "seed 7, round " + i);
            assertEquals(
                    new BigDecimal(BigDecimal.valueOf(units).unscaledValue(), 8),
                    new BigDecimal(Decimals.format(units)),
                    "seed 7, round " + i);
        }
    }
}
