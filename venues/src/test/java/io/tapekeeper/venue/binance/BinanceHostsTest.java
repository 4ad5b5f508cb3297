package io.tapekeeper.venue.binance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinanceHostsTest {
    @ParameterizedTest
    @CsvSource({
        "https://api.binance.com, binance.com",
        "https://API1.Binance.com:443/api, binance.com",
        "https://data-api.binance.vision, binance.com",
        "https://binance.com, binance.com",
        "https://api.binance.us, api.binance.us",
        "https://notbinance.com, notbinance.com",
        "https://api.binance.com.example.org, api.binance.com.example.org",
        "http://127.0.0.1:9000, 127.0.0.1:9000"
    })
    void allHostsOfBinanceShareOneLimitAndOthersHaveTheirOwn(URI restUrl, String venue) {
        assertEquals(venue, BinanceHosts.limitOf(restUrl));
    }
}
