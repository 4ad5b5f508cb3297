package io.tapekeeper.venue.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VenueErrorsTest {
    private static final Duration OTHERWISE = Duration.ofMinutes(5);

    private static Duration pause(int status, String retryAfter) {
        Map<String, List<String>> headers = Map.of("Retry-After", List.of(retryAfter));
        return VenueErrors.wait(status, HttpHeaders.of(headers, (name, value) -> true), OTHERWISE);
    }

    /** A pause that is not said is one of our own; one of months is not believed. */
    @ParameterizedTest
    @CsvSource({
        "403, 120,     120",
        "403, '',      300",
        "403, soon,    300",
        "451, 9999999, 259200",
        "429, 120,     120",
        "429, '',      60",
        "418, '',      120",
        "418, 9999999, 259200",
        "503, 120,     0"
    })
    void aRefusalPausesForAsLongAsItSays(int status, String retryAfter, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), pause(status, retryAfter));
    }
}
