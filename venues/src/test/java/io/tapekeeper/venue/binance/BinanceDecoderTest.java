package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.binance.BinanceDecoder.Decoded;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BinanceDecoderTest {
    private static final String TRADE = """
            {"e":"trade","E":1790000000125,"s":"BTCUSDT","t":5012345678,"p":"64012.34000000",\
            "q":"0.00150000","T":1790000000123,"m":true,"M":true}\
            """;
    private static final String AGGREGATE = """
            {"e":"aggTrade","E":1790000000126,"s":"BTCUSDT","a":3700000001,"p":"64012.34000000",\
            "q":"0.01500000","f":5012345678,"l":5012345680,"T":1790000000123,"m":false,"M":true}\
            """;
    private static final List<String> SAMPLES = List.of(
            TRADE,
            combined("btcusdt@aggTrade", AGGREGATE),
            "{\"result\":null,\"id\":7}",
            "{\"error\":{\"code\":2,\"msg\":\"Invalid request: invalid stream\"},\"id\":9}",
            "{\"stream\":\"!serverShutdown\",\"data\":{\"e\":\"serverShutdown\",\"E\":1790000000123}}",
            "{\"u\":740,\"s\":\"BTCUSDT\",\"b\":\"1.0\",\"B\":\"2.0\",\"a\":\"3.0\",\"A\":\"4.0\"}",
            "{\"e\":\"depthUpdate\",\"s\":\"BTCUSDT\",\"U\":1,\"u\":2,\"b\":[[\"1.0\",\"0.5\"]],\"a\":[]}");

    private final BinanceDecoder decoder = new BinanceDecoder();

    private static String combined(String stream, String data) {
        return "{\"stream\":\"%s\",\"data\":%s}".formatted(stream, data);
    }

    private Decoded decode(String frame) {
        Decoded fromText = decoder.decode(frame, 42);
        Decoded fromBytes = decoder.decode(frame.getBytes(UTF_8), 42);
        assertEquals(fromText.getClass(), fromBytes.getClass(), frame);
        return fromText;
    }

    private String ignored(String frame) {
        return assertInstanceOf(Decoded.Ignored.class, decode(frame)).reason();
    }

    private String malformed(String frame) {
        return assertInstanceOf(Decoded.Malformed.class, decode(frame)).reason();
    }

    @Test
    void readsARawTradeWhoseBuyerIsMakerAsASell() {
        Trade trade = new Trade(5012345678L, 6401234000000L, 150000, Side.SELL, 1790000000123000L, 42, 1);
        assertEquals(new Decoded.SymbolTrade("BTCUSDT", TapeKind.RAW, trade), decode(TRADE));
        assertEquals(decode(TRADE), decode(combined("btcusdt@trade", TRADE)));
    }

    @Test
    void readsAnAggregateAsItsNumberOfRawTrades() {
        Trade trade = new Trade(3700000001L, 6401234000000L, 1500000, Side.BUY, 1790000000123000L, 42, 3);
        assertEquals(new Decoded.SymbolTrade("BTCUSDT", TapeKind.AGGREGATE, trade), decode(AGGREGATE));
    }

    @Test
    void readsFieldsInAnyOrderAndSkipsUnknownOnes() {
        String frame = """
                {"data":{"x":{"deep":[1,{"p":"9"}]},"m":true,"T":1790000000123,"b":88,"q":"0.0015",\
                "X":null,"p":"64012.34","t":5012345678,"s":"BTCUSDT","e":"trade"},"new":[[]],\
                "stream":"btcusdt@trade"}\
                """;
        assertEquals(decode(TRADE), decode(frame));
    }

    @Test
    void ordersOfBuyerAndSellerInOldRecordingsAreNoAggregateId() {
        assertEquals(decode(TRADE), decode(TRADE.replace("\"m\":", "\"b\":1,\"a\":2,\"m\":")));
    }

    @ParameterizedTest
    @CsvSource({
        "1790000000123,       1790000000123000",
        "1790000000123456,    1790000000123456",
        "1790000000123456789, 1790000000123456"
    })
    void tellsMilliMicroAndNanosecondsByMagnitude(String sent, long micros) {
        Decoded decoded = decode(TRADE.replace("\"T\":1790000000123", "\"T\":" + sent));
        Trade trade = assertInstanceOf(Decoded.SymbolTrade.class, decoded).trade();
        assertEquals(micros, trade.venueTime());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1790000000", "17900000001230", "9223372036854775807"})
    void impossibleTimesAreMalformed(String time) {
        String reason = malformed(TRADE.replace("\"T\":1790000000123", "\"T\":" + time));
        assertEquals("trade with an impossible T: " + time, reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s", "t", "p", "q", "T", "m"})
    void aTradeWithoutAFieldIsMalformed(String field) {
        String name = field.equals("t") ? "id" : field;
        String reason = malformed(TRADE.replace('"' + field + "\":", "\"z\":"));
        assertEquals("trade without a usable " + name, reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"p\":64012.34",
                "\"p\":\"1e5\"",
                "\"p\":\"\"",
                "\"p\":\"NaN\"",
                "\"p\":\"-1.0\"",
                "\"p\":\"0.123456789\"",
                "\"p\":\"99999999999999999999\"",
                "\"p\":null",
                "\"p\":\"0.00000000\""
            })
    void aPriceThatIsNoneIsMalformed(String price) {
        assertNotNull(malformed(TRADE.replace("\"p\":\"64012.34000000\"", price)));
    }

    @Test
    void rawIdsThatRunBackwardsAreMalformed() {
        assertEquals(
                "aggTrade with an impossible range of raw ids f to l: 9 to 8",
                malformed(AGGREGATE.replace("5012345678", "9").replace("5012345680", "8")));
    }

    @Test
    void anIdBeyondALongIsMalformed() {
        malformed(TRADE.replace("5012345678", "50123456785012345678"));
    }

    @Test
    void blankedTradesAreIgnored() {
        assertEquals("blanked aggTrade 7", ignored("""
                        {"e":"aggTrade","s":"BTCUSDT","a":7,"p":"0","q":"0","f":-1,"l":-1,\
                        "T":1790000000123,"m":false}\
                        """));
        assertEquals(
                "blanked trade 5012345678",
                ignored(TRADE.replace("64012.34000000", "0").replace("0.00150000", "0")));
    }

    @Test
    void otherEventsAreIgnoredByTheirNames() {
        assertEquals("kline", ignored("{\"e\":\"kline\",\"s\":\"BTCUSDT\",\"k\":{\"x\":true}}"));
        assertEquals("depthUpdate", ignored(SAMPLES.getLast()));
        assertEquals("no event type", ignored(SAMPLES.get(5)));
        assertEquals("btcusdt@bookTicker", ignored(combined("btcusdt@bookTicker", SAMPLES.get(5))));
        assertEquals("something new", ignored("{\"e\":\"something new\",\"p\":\"not a price\"}"));
        assertEquals("an array of events", ignored("[{\"e\":\"24hrMiniTicker\"}]"));
    }

    @Test
    void readsRepliesAndRefusals() {
        assertEquals(new Decoded.Reply("7"), decode(SAMPLES.get(2)));
        assertEquals(new Decoded.Reply("a-1"), decode("{\"id\":\"a-1\",\"result\":[\"x@trade\"]}"));
        Decoded refused = new Decoded.ErrorReply(2, "Invalid request: invalid stream");
        assertEquals(refused, decode(SAMPLES.get(3)));
        assertEquals(refused, decode("{\"code\":2,\"msg\":\"Invalid request: invalid stream\"}"));
    }

    @Test
    void readsServerShutdownBareAndCombined() {
        assertEquals(new Decoded.ServerShutdown(), decode(SAMPLES.get(4)));
        assertEquals(new Decoded.ServerShutdown(), decode("{\"e\":\"serverShutdown\",\"E\":1790000000123}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "7", "\"x\"", "{", "[", "[1", "{}x", "{}{}", "{'e':1}", "\u0000"})
    void whatIsNoJsonObjectIsMalformed(String frame) {
        malformed(frame);
    }

    @Test
    void deepNestingAndLongFramesAreMalformed() {
        malformed("[".repeat(100_000));
        malformed("{\"data\":".repeat(100_000));
        malformed("{\"e\":" + "[".repeat(40) + "]".repeat(40) + "}");
        malformed("{\"e\":\"" + "x".repeat(BinanceDecoder.MAX_FRAME) + "\"}");
        malformed("{\"" + "x".repeat(1000) + "\":1}");
    }

    @Test
    void reasonsAreShortAndOnOneLine() {
        String reason = malformed("{\"e\":\"trade\",\"t\":1,\"s\":\"A\",\"m\":true,"
                + "\"T\":1790000000123,\"q\":\"1\",\"p\":\""
                + "1\\n".repeat(10_000)
                + "\"}");
        assertTrue(reason.length() <= 201 && reason.indexOf('\n') < 0, reason);
    }

    @Test
    void everyPrefixOfAFrameIsMalformed() {
        for (String frame : SAMPLES) {
            for (int end = 0; end < frame.length(); end++) {
                malformed(frame.substring(0, end));
            }
        }
    }

    /** Whatever comes in, something comes out. */
    @Test
    void survivesAMillionMutations() {
        long seed = 20240808;
        // Most inputs end in an exception, whose cost is its stack trace: a pool thread has a short
        // one.
        long trades =
                CompletableFuture.supplyAsync(() -> tradesAmongMutations(seed)).join();
        assertTrue(trades > 10_000, "too few mutations remained trades: " + trades);
    }

    private long tradesAmongMutations(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long trades = 0;
        for (int i = 0; i < 1_000_000; i++) {
            byte[] frame = SAMPLES.get(random.nextInt(SAMPLES.size())).getBytes(UTF_8);
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                frame = mutated(frame, random);
            }
            Decoded decoded = i % 8 == 0 ? decoder.decode(frame, 42) : decoder.decode(new String(frame, UTF_8), 42);
            assertNotNull(decoded, "seed " + seed + ", input " + i);
            if (decoded instanceof Decoded.SymbolTrade) {
                trades++;
            }
        }
        return trades;
    }

    private static byte[] mutated(byte[] frame, SplittableRandom random) {
        if (frame.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(frame.length);
        switch (random.nextInt(5)) {
            case 0 -> frame[at] = (byte) random.nextInt(256);
            case 1 -> frame[at] = (byte) "{}[]:,\"\\0-.eE1n".charAt(random.nextInt(15));
            case 2 -> frame[at] ^= (byte) (1 << random.nextInt(8));
            case 3 -> {
                return Arrays.copyOf(frame, at);
            }
            default -> { // a piece of the frame once more
                int length = random.nextInt(frame.length - at) + 1;
                byte[] longer = Arrays.copyOf(frame, frame.length + length);
                System.arraycopy(frame, at, longer, at + length, frame.length - at);
                return longer;
            }
        }
        return frame;
    }
}
