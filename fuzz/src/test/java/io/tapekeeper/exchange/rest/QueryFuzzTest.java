package io.tapekeeper.exchange.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.tapekeeper.fuzz.FuzzedDecoder;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whatever stands behind the question mark is read within its bounds or refused with a code. */
class QueryFuzzTest extends FuzzedDecoder {
    private static final long NOW = 1_790_000_000_000_000L;
    private static final long HOUR = 3_600_000_000L;

    @Override
    protected boolean take(byte[] input) {
        Map<String, List<String>> sent;
        try {
            sent = new QueryStringDecoder(new String(input, UTF_8)).parameters();
        } catch (IllegalArgumentException malformed) {
            return false; // answered as such before a query is made
        }
        try {
            Query query = new Query(sent, Set.of("symbol", "symbols", "limit", "startTime", "interval", "timeZone"));
            int limit = query.limit(500, 1_000);
            assertTrue(limit > 0 && limit <= 1_000);
            long time = query.time("startTime", 0, NOW);
            assertTrue(time >= 0 && time <= NOW + HOUR);
            assertTrue(Math.abs(query.zone()) <= 14 * HOUR);
            if (query.has("symbols")) {
                assertTrue(query.symbols().stream().noneMatch(String::isBlank));
            }
            if (query.has("interval")) {
                assertTrue(query.interval() != null);
            }
            return !query.symbol().isBlank();
        } catch (RequestRefusedException refused) {
            assertTrue(refused.code() < 0);
            assertFalse(refused.getMessage().isBlank());
            return false;
        }
    }

    @Override
    protected List<byte[]> seeds() {
        return texts(
                "/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1790000000000&limit=10&timeZone=-3:30",
                "/api/v3/trades?symbol=BTCUSDT&limit=1000",
                "/api/v3/ticker?symbol=A&symbols=%5B%22BTCUSDT%22,%22ETHUSDT%22%5D",
                "?symbol=%E5%B8%81&startTime=1790000000000000&timeZone=5",
                "/x?limit=99999999999999999999&symbol=a");
    }
}
