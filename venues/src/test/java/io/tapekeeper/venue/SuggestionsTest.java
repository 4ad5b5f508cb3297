package io.tapekeeper.venue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    private static final List<String> KNOWN =
            List.of("ETHBTC", "BNBBTC", "BTCUSDT", "ETHUSDT", "BTCUSDC", "BTCEUR", "DOGEUSDT");

    @ParameterizedTest
    @CsvSource({
        "BTCUSD,   BTCUSDT BTCUSDC",
        "BTC,      BTCEUR BTCUSDT BTCUSDC",
        "BTCUDST,  BTCUSDT BTCUSDC",
        "DOGUSDT,  DOGEUSDT",
        "ETHUSDTT, ETHUSDT",
        "XYZ,      ''"
    })
    void whatBeginsAlikeComesFirstThenWhatIsFewestEditsAway(String wanted, String nearest) {
        assertEquals(nearest, String.join(" ", Suggestions.nearest(wanted, KNOWN, 3)));
    }

    @ParameterizedTest
    @CsvSource({"'',ABC,3", "ABC,ABC,0", "ABC,ACB,1", "ABC,AXC,1", "ABC,AC,1", "KITTEN,SITTING,3"})
    void countsEditsAndSwapsOfNeighbours(String a, String b, int edits) {
        assertEquals(edits, Suggestions.distance(a, b));
        assertEquals(edits, Suggestions.distance(b, a));
    }

    @Test
    void whereOneNameIsAskedForTheNearestIsGivenHoweverFarAndTheShorterOfTwo() {
        assertEquals("ETHUSDT", Suggestions.nearest("ETHUSTD", KNOWN));
        assertEquals("ab", Suggestions.nearest("a", List.of("abc", "ab", "xy")));
        assertEquals("b", Suggestions.nearest("quite-another-word", List.of("b")));
    }

    @Test
    void anEmptyNameSuggestsNothing() {
        assertEquals(List.of(), Suggestions.nearest("", KNOWN, 3));
    }
}
