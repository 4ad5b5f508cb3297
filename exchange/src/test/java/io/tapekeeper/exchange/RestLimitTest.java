package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestLimitTest {
    @TempDir
    Path folder;

    @Test
    void answers429BeyondTheLimitAnd418ToWhoGoesOn() throws Exception {
        try (Exchange exchange = Exchange.start(TinyMarket.config(folder).withWeightPerMinute(50));
                Client client = new Client(exchange)) {
            String trades = "/api/v3/trades?symbol=ABCUSDT";
            assertEquals(200, client.get(trades).statusCode());
            assertEquals(200, client.get(trades).statusCode());
            HttpResponse<String> refused = client.get(trades);
            assertEquals(429, refused.statusCode());
            assertEquals(
                    "75", refused.headers().firstValue("x-mbx-used-weight-1m").orElseThrow());
            long wait =
                    Long.parseLong(refused.headers().firstValue("Retry-After").orElseThrow());
            assertTrue(wait >= 1 && wait <= 60, "seconds to wait: " + wait);
            assertEquals(
                    "{\"code\":-1003,\"msg\":\"Too much request weight used; current limit is 50 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.\"}",
                    refused.body());
            int requests = 0;
            while (refused.statusCode() == 429 && requests++ < 50) {
                refused = client.get("/api/v3/ping");
            }
            assertEquals(418, refused.statusCode());
            assertEquals("120", refused.headers().firstValue("Retry-After").orElseThrow());
            assertTrue(refused.body().contains("IP banned until 17092873"), refused.body());
            assertEquals(418, client.get("/api/v3/ping").statusCode());
            assertEquals(200, client.get("/sim/state").statusCode());
        }
    }

    @Test
    void answers503WhileToldToRefuse() throws Exception {
        try (Exchange exchange = Exchange.start(TinyMarket.config(folder));
                Client client = new Client(exchange)) {
            assertEquals(200, client.send("POST", "/sim/refuse?seconds=3600").statusCode());
            HttpResponse<String> refused = client.get("/api/v3/ping");
            assertEquals(503, refused.statusCode());
            assertTrue(refused.body().startsWith("{\"code\":-1008,"), refused.body());
            assertEquals(200, client.send("POST", "/sim/refuse?seconds=0").statusCode());
            assertEquals(200, client.get("/api/v3/ping").statusCode());
            assertEquals(400, client.send("POST", "/sim/refuse").statusCode());
        }
    }

    @Test
    void showsNothingOfARecordingBeforeItIsPlayed() throws Exception {
        try (Exchange exchange = Exchange.start(TinyMarket.config(folder));
                Client client = new Client(exchange)) {
            assertEquals("[]", client.body("/api/v3/trades?symbol=ABCUSDT"));
            assertEquals("[]", client.body("/api/v3/aggTrades?symbol=ABCUSDT&fromId=0"));
            assertEquals("[]", client.body("/api/v3/klines?symbol=ABCUSDT&interval=1m"));
            assertEquals(
                    "{\"symbol\":\"ABCUSDT\",\"price\":\"0.00000000\"}",
                    client.body("/api/v3/ticker/price?symbol=ABCUSDT"));
            assertEquals("{\"lastUpdateId\":0,\"bids\":[],\"asks\":[]}", client.body("/api/v3/depth?symbol=ABCUSDT"));
            assertEquals("{\"serverTime\":" + TinyMarket.TEN + "}", client.body("/api/v3/time"));
            assertTrue(client.body("/api/v3/ticker/24hr").contains("\"count\":0"));
            assertTrue(client.body("/sim/state").contains("\"state\":\"waiting\""));
        }
    }
}
