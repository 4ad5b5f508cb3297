package io.tapekeeper.venue.binance;

import java.net.URI;

/** Which hosts are Binance's own, and what they are for. */
final class BinanceHosts {
    /** Serve every location, but no raw trades by id. */
    static final String DATA_REST = "https://data-api.binance.vision";

    static final String DATA_STREAM = "wss://data-stream.binance.vision";

    /** What to do where a host does not serve this location. */
    static final String ELSEWHERE = "Use its hosts for market data only: %s and %s.".formatted(DATA_REST, DATA_STREAM);

    private BinanceHosts() {}

    /** One of binance.com, beside which the hosts for market data only stand by. */
    static boolean isMain(URI url) {
        return String.valueOf(url.getHost()).matches("(?i)(.+\\.)?binance\\.com");
    }

    /** Whether the address is the exchange's own, and no local exchange. */
    static boolean isReal(URI url) {
        return String.valueOf(url.getHost()).matches("(?i)(.+\\.)?binance\\.(com|vision)");
    }

    /** A host that serves market data only. */
    static boolean isDataOnly(URI url) {
        return URI.create(DATA_REST).getHost().equals(url.getHost());
    }

    /** Whose limit a question counts for: Binance counts what an address asks all of its hosts together. */
    static String limitOf(URI restUrl) {
        return isReal(restUrl) ? "binance.com" : restUrl.getAuthority();
    }
}
