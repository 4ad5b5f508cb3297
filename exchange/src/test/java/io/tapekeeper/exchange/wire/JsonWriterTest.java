package io.tapekeeper.exchange.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    private final JsonWriter out = new JsonWriter(TimeUnits.MILLIS);

    private String number(long value) {
        out.reset(TimeUnits.MILLIS);
        return out.number(value).text();
    }

    private String decimal(long units) {
        out.reset(TimeUnits.MILLIS);
        return out.decimal(units).text();
    }

    private String string(String value) {
        out.reset(TimeUnits.MILLIS);
        return out.string(value).text();
    }

    @Test
    void writesNumbersOfEveryLength() {
        assertEquals("0", number(0));
        assertEquals("-7", number(-7));
        for (long value = 1, tens = 1; tens <= 19; value *= 10, tens++) {
            assertEquals(Long.toString(value), number(value));
            assertEquals(Long.toString(value - 1), number(value - 1));
            assertEquals(Long.toString(value + 9), number(value + 9));
        }
        assertEquals("9223372036854775807", number(Long.MAX_VALUE));
    }

    @Test
    void writesDecimalsWithEightPlaces() {
        assertEquals("\"0.00000001\"", decimal(1));
        assertEquals("\"61837.63000000\"", decimal(6_183_763_000_000L));
        assertEquals("\"92233720368.54775807\"", decimal(Long.MAX_VALUE));
        long seed = 11;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            long units = random.nextLong() >>> (1 + random.nextInt(62));
            assertEquals('"' + Payloads.decimal(units) + '"', decimal(units), "seed " + seed);
        }
    }

    @Test
    void writesTimesInTheUnitOfTheClient() {
        out.reset(TimeUnits.MILLIS);
        assertEquals("1 0", out.time(1_999).raw(' ').timeBefore(1_999).text());
        out.reset(TimeUnits.MICROS);
        assertEquals("1999 1998", out.time(1_999).raw(' ').timeBefore(1_999).text());
    }

    @Test
    void separatesTheElementsOfAnArray() {
        assertEquals(
                "[][\"a\"][\"a\",\"b\"]",
                out.array(List.of(), out::string)
                        .array(List.of("a"), out::string)
                        .array(List.of("a", "b"), out::string)
                        .text());
    }

    @Test
    void escapesWhatMustBeEscaped() {
        assertEquals("\"BTCUSDT\"", string("BTCUSDT"));
        assertEquals("\"币安\"", string("币安"));
        assertEquals("\"a\\\"b\\\\c\\u000ad\"", string("a\"b\\c\nd"));
    }
}
