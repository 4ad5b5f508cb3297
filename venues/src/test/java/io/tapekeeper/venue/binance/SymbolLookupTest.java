package io.tapekeeper.venue.binance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolLookupTest {
    @ParameterizedTest
    @ValueSource(strings = {"BTC/USDT", "btc-usdt", " BTC_USDT ", "btc usdt", "BTCUSDT"})
    void separatorsAndCaseDoNotMatter(String written) {
        assertEquals("BTCUSDT", SymbolLookup.spelled(written));
    }
}
