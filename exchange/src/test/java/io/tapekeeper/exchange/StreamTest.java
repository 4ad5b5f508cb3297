package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Client.Socket;
import io.tapekeeper.exchange.play.Speed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes over the streams of the tiny market. */
class StreamTest {
    @TempDir
    Path folder;

    private ExchangeConfig config;

    @BeforeEach
    void write() throws Exception {
        config = TinyMarket.config(folder);
    }

    private List<String> play(String streams, int events) throws Exception {
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/" + streams)) {
            return socket.next(events);
        }
    }

    @Test
    void tellsTradesQuotesAndAggregatesInTheOrderOfTheTape() throws Exception {
        List<String> kinds = new ArrayList<>();
        for (String event : play("abcusdt@trade/abcusdt@aggTrade/abcusdt@bookTicker", 15)) {
            kinds.add(event.replaceAll("\\{(\"e\":\"(.).*\"[ta]\":([0-9]+),.*|\"(u)\":([0-9]+),.*)", "$2$3$4$5"));
        }
        assertEquals("u3 t100 t101 a100 t102 a101 u9 t103 a102 t104 a103 t105 t106 a104 u12", String.join(" ", kinds));
    }

    @Test
    void tellsTheBestQuote() throws Exception {
        assertEquals(
                "{\"u\":3,\"s\":\"ABCUSDT\",\"b\":\"9.99000000\",\"B\":\"7.00000000\",\"a\":\"10.00000000\",\"A\":\"8.00000000\"}",
                play("abcusdt@bookTicker", 1).getFirst());
    }

    @Test
    void tellsABarOfEverySecondFromTheFirstTradeOn() throws Exception {
        List<String> bars = play("abcusdt@kline_1s", 30);
        assertEquals(
                "{\"e\":\"kline\",\"E\":1709287202000,\"s\":\"ABCUSDT\",\"k\":{\"t\":1709287201000,\"T\":1709287201999,\"s\":\"ABCUSDT\",\"i\":\"1s\",\"f\":100,\"L\":102,\"o\":\"10.00000000\",\"c\":\"10.10000000\",\"h\":\"10.10000000\",\"l\":\"10.00000000\",\"v\":\"6.00000000\",\"n\":3,\"x\":true,\"q\":\"60.10000000\",\"V\":\"6.00000000\",\"Q\":\"60.10000000\",\"B\":\"0\"}}",
                bars.getFirst());
        assertEquals(
                "{\"e\":\"kline\",\"E\":1709287203000,\"s\":\"ABCUSDT\",\"k\":{\"t\":1709287202000,\"T\":1709287202999,\"s\":\"ABCUSDT\",\"i\":\"1s\",\"f\":-1,\"L\":-1,\"o\":\"10.10000000\",\"c\":\"10.10000000\",\"h\":\"10.10000000\",\"l\":\"10.10000000\",\"v\":\"0.00000000\",\"n\":0,\"x\":true,\"q\":\"0.00000000\",\"V\":\"0.00000000\",\"Q\":\"0.00000000\",\"B\":\"0\"}}",
                bars.get(1));
        assertTrue(bars.get(29).contains("\"t\":1709287230000,"), bars.get(29));
        assertTrue(bars.get(29).contains("\"v\":\"4.00000000\",\"n\":1,"), bars.get(29));
    }

    @Test
    void tellsAFormingMinuteEveryTwoSecondsAndThenTheClosedOne() throws Exception {
        List<String> bars = play("abcusdt@kline_1m", 60);
        // 10:00:02 is the first even second with a trade before it, 10:01:00 closes the bar.
        assertTrue(bars.getFirst().startsWith("{\"e\":\"kline\",\"E\":1709287202000,"));
        assertTrue(bars.getFirst().contains("\"n\":3,\"x\":false,"), bars.getFirst());
        String closed = bars.get(29);
        assertTrue(closed.startsWith("{\"e\":\"kline\",\"E\":1709287260000,"), closed);
        assertTrue(
                closed.contains(
                        "\"f\":100,\"L\":103,\"o\":\"10.00000000\",\"c\":\"9.90000000\",\"h\":\"10.10000000\",\"l\":\"9.90000000\",\"v\":\"10.00000000\",\"n\":4,\"x\":true,\"q\":\"99.70000000\",\"V\":\"6.00000000\",\"Q\":\"60.10000000\""),
                closed);
        String second = bars.get(59);
        assertTrue(second.contains("\"f\":104,\"L\":104,\"o\":\"9.80000000\""), second);
        assertTrue(second.contains("\"n\":1,\"x\":true,"), second);
    }

    @Test
    void writesEachClientItsOwnForm() throws Exception {
        // The first trade is 1.002 s into the tape: at this speed all have subscribed long before.
        config = config.withSpeed(new Speed(0.5));
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Socket bare = client.connect("/ws");
                Socket named = client.connect("/stream");
                Socket bareMicros = client.connect("/ws?timeUnit=MICROSECOND");
                Socket namedMicros = client.connect("/stream?timeUnit=MICROSECOND")) {
            for (Socket socket : List.of(bare, named, bareMicros, namedMicros)) {
                socket.send("{\"method\":\"SUBSCRIBE\",\"params\":[\"abcusdt@aggTrade\"],\"id\":1}");
            }
            for (Socket socket : List.of(bare, named, bareMicros, namedMicros)) {
                assertEquals("{\"result\":null,\"id\":1}", socket.next());
            }
            String millis = bare.next();
            String micros = bareMicros.next();
            assertTrue(millis.contains("\"T\":1709287201000,"), millis);
            assertTrue(micros.contains("\"T\":1709287201000000,"), micros);
            String wrapped = "{\"stream\":\"abcusdt@aggTrade\",\"data\":%s}";
            assertEquals(wrapped.formatted(millis), named.next());
            assertEquals(wrapped.formatted(micros), namedMicros.next());
        }
    }
}
