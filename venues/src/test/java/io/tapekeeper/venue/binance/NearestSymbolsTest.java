package io.tapekeeper.venue.binance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearestSymbolsTest {
    private static final List<String> KNOWN =
            List.of("ETHBTC", "BNBBTC", "BTCUSDT", "ETHUSDT", "BTCUSDC", "BTCEUR", "DOGEUSDT");

    @ParameterizedTest
    @ValueSource(strings = {"BTC/USDT", "btc-usdt", " BTC_USDT ", "btc usdt", "BTCUSDT"})
    void separatorsAndCaseDoNotMatter(String written) {
        assertEquals("BTCUSDT", NearestSymbols.spelled(written));
    }

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
        assertEquals(nearest, String.join(" ", NearestSymbols.of(wanted, KNOWN, 3)));
    }

    @ParameterizedTest
    @CsvSource({"'',ABC,3", "ABC,ABC,0", "ABC,ACB,1", "ABC,AXC,1", "ABC,AC,1", "KITTEN,SITTING,3"})
    void countsEditsAndSwapsOfNeighbours(String a, String b, int edits) {
        assertEquals(edits, NearestSymbols.distance(a, b));
        assertEquals(edits, NearestSymbols.distance(b, a));
    }

    @Test
    void anEmptyNameSuggestsNothing() {
        assertEquals(List.of(), NearestSymbols.of("", KNOWN, 3));
    }
}
