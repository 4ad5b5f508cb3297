package io.tapekeeper.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.Durations;
import io.tapekeeper.app.terminal.Intervals;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.fuzz.FuzzedDecoder;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.TypeConversionException;

/** A duration, an interval, a speed on the command line: understood, or told why not. */
class WordsFuzzTest extends FuzzedDecoder {
    private final Durations durations = new Durations();
    private final Intervals intervals = new Intervals();

    @Override
    protected boolean take(byte[] input) {
        String word = new String(input, UTF_8);
        boolean duration = isDuration(word); // each of them reads every word
        boolean interval = isInterval(word);
        boolean speed = isSpeed(word);
        return duration || interval || speed;
    }

    private boolean isDuration(String word) {
        try {
            Duration duration = durations.convert(word);
            assertFalse(duration.isNegative(), word);
            return true;
        } catch (TypeConversionException told) {
            assertTrue(told.getMessage().contains(word), told.getMessage());
            return false;
        }
    }

    private boolean isInterval(String word) {
        try {
            Interval interval = intervals.convert(word);
            assertTrue(interval.micros() > 0, word);
            assertEquals(interval, Interval.parse(interval.toString()), word);
            return true;
        } catch (TypeConversionException told) {
            assertFalse(told.getMessage().isBlank());
            return false;
        }
    }

    private static boolean isSpeed(String word) {
        try {
            Speed speed = ExchangeCommand.speed(word);
            assertTrue(speed.factor() > 0, word);
            if (speed.factor() < Long.MAX_VALUE) {
                assertEquals(speed, Speed.parse(speed.label()), word);
            }
            return true;
        } catch (CommandFailure told) {
            assertFalse(told.getMessage().isBlank());
            return false;
        }
    }

    @Override
    protected List<byte[]> seeds() {
        return texts(
                "500ms",
                "5s",
                "2m",
                "1h",
                "0ms",
                "999999999h",
                "1d",
                "90s",
                "86400s",
                "60m",
                "max",
                "1",
                "0.5",
                "1e9",
                "1e300",
                "NaN",
                "-1",
                "Infinity");
    }
}
