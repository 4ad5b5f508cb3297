package io.tapekeeper.venue.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.venue.ConnectionSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time is passed in, and the witness answers at once. */
class StallDetectorTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final List<String> questions = new ArrayList<>();
    private List<String> places;
    private long newest;
    private long now = 1_000 * SECOND;

    private StallDetector watch(String... symbols) {
        places = List.of(symbols);
        StallDetector watch = new StallDetector(
                List.of(symbols),
                ConnectionSettings.defaults().sockets(),
                symbol -> {
                    questions.add(symbol);
                    return OptionalLong.of(newest);
                },
                Runnable::run,
                () -> {});
        watch.restart(now);
        return watch;
    }

    /** Lets ten trades of a steady pace come. */
    private void trade(StallDetector watch, String symbol, long pause) {
        for (int id = 1; id <= 10; id++) {
            now += pause;
            watch.symbol(places.indexOf(symbol)).heard(id);
            assertTrue(watch.look(now).isEmpty());
            newest = id;
        }
    }

    /** Looks every 100 ms until a question is asked; returns how long the silence was. */
    private long silenceUntilAsked(StallDetector watch) {
        questions.clear();
        long from = now;
        while (questions.isEmpty()) {
            now += 100 * MILLI;
            assertTrue(watch.look(now).isEmpty());
            assertTrue(now - from < 10_000 * SECOND, "it is never asked");
        }
        return now - from;
    }

    @ParameterizedTest
    @CsvSource({"50, 5000", "250, 5000", "1000, 20000", "3000, 60000", "60000, 120000"})
    void aSymbolIsSuspiciousAfterTwentyOfItsUsualPauses(long pause, long silence) {
        StallDetector watch = watch("BTCUSDT");
        trade(watch, "BTCUSDT", pause * MILLI);
        assertEquals(silence, silenceUntilAsked(watch) / MILLI);
    }

    @Test
    void theBusiestSuspiciousSymbolIsAskedAboutFirst() {
        StallDetector watch = watch("AUSDT", "BUSDT", "CUSDT");
        trade(watch, "BUSDT", 10 * MILLI);
        now += 6 * SECOND; // all three are suspicious
        assertTrue(watch.look(now).isEmpty());
        assertEquals(List.of("BUSDT"), questions);
    }

    @Test
    void aConvictionNamesWhatIsMissingAndIsMadeOnce() {
        StallDetector watch = watch("BTCUSDT");
        trade(watch, "BTCUSDT", 50 * MILLI);
        newest = 12;
        silenceUntilAsked(watch);
        assertTrue(watch.look(now).isEmpty(), "it may still be on its way");
        assertTrue(watch.look(now + 400 * MILLI).isEmpty(), "still");
        assertEquals(
                "no BTCUSDT for 5 s, though the venue knows newer trades (up to id 12)",
                watch.look(now + 500 * MILLI).orElseThrow());
        for (int second = 1; second < 600; second++) {
            now += SECOND;
            assertTrue(watch.look(now).isEmpty());
        }
        assertTrue(questions.size() > 3, "it is asked again, but up to 12 all has been said");
    }

    @Test
    void manySleepingSymbolsAreAskedAboutOnceASecondAtMost() {
        StallDetector watch = watch(Stream.iterate(0, i -> i + 1)
                .limit(1_000)
                .map(i -> "COIN%dUSDT".formatted(i))
                .toArray(String[]::new));
        for (int look = 0; look < 600; look++) { // a minute
            now += 100 * MILLI;
            assertTrue(watch.look(now).isEmpty());
        }
        assertTrue(questions.size() <= 60, questions.size() + " questions in a minute");
        assertTrue(questions.size() > 40, questions.size() + " questions in a minute");
    }
}
