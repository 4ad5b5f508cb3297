package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.binance.BinanceDecoder.Decoded;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TradeScannerTest {
    private static final String DATA = "{\"e\":\"aggTrade\",\"E\":1616176861895,\"s\":\"BTCUSDT\",\"a\":640283266,"
            + "\"p\":\"58942.01000000\",\"q\":\"0.00035600\",\"f\":716849523,"
            + "\"l\":716849525,\"T\":1616176861893,\"m\":false,\"M\":true}";
    private static final String AGGREGATE = "{\"stream\":\"btcusdt@aggTrade\",\"data\":" + DATA + "}";
    private static final String RAW = "{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161255343,"
            + "\"s\":\"BTCUSDT\",\"t\":3735683259,\"p\":\"61837.63000000\","
            + "\"q\":\"0.02000000\",\"T\":1723161255342,\"m\":true,\"M\":true}}";

    private final TradeSlot slot = new TradeSlot();

    private String scan(TapeKind kind, String frame) {
        byte[] bytes = frame.getBytes(UTF_8);
        return new TradeScanner<>(kind, Map.of("BTCUSDT", "btc", "ETHUSDT", "eth"))
                .scan(bytes, 0, bytes.length, 42, slot);
    }

    @Test
    void readsAnAggregate() {
        assertEquals("btc", scan(TapeKind.AGGREGATE, AGGREGATE));
        assertEquals(
                new Trade(640283266, 5_894_201_000_000L, 35_600, Side.BUY, 1_616_176_861_893_000L, 42, 3),
                slot.toTrade());
        assertEquals("btc", scan(TapeKind.AGGREGATE, DATA), "without its stream's name");
    }

    @Test
    void readsARawTradeAsItIsWrittenNowAndAsItWas() {
        Trade trade = new Trade(3735683259L, 6_183_763_000_000L, 2_000_000, Side.SELL, 1_723_161_255_342_000L, 42, 1);
        assertEquals("btc", scan(TapeKind.RAW, RAW));
        assertEquals(trade, slot.toTrade());
        slot.set(1, 1, 1, Side.BUY, 1, 1, 1);
        assertEquals("btc", scan(TapeKind.RAW, RAW.replace(",\"T\"", ",\"b\":12,\"a\":7,\"T\"")));
        assertEquals(trade, slot.toTrade());
    }

    @Test
    void tellsManySymbolsApart() {
        Map<String, String> symbols = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            symbols.put("A" + i + "USDT", "value " + i);
        }
        TradeScanner<String> scanner = new TradeScanner<>(TapeKind.AGGREGATE, symbols);
        for (String symbol : symbols.keySet()) {
            byte[] frame = AGGREGATE.replace("BTCUSDT", symbol).getBytes(UTF_8);
            assertEquals(symbols.get(symbol), scanner.scan(frame, 0, frame.length, 42, slot), symbol);
        }
        assertNull(scanner.scan(AGGREGATE.getBytes(UTF_8), 0, AGGREGATE.length(), 42, slot));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"M\":true}} ", // something behind it
                "\"M\":true},\"x\":1}",
                "\"M\":true}",
                "\"M\":truu}}",
                "\"m\":null",
                "\"m\":\"true\"",
                "\"a\":0640283266",
                "\"a\":-640283266",
                "\"a\":6402832660000000000",
                "\"a\":640283266.0",
                "\"a\":\"640283266\"",
                "\"p\":\"0.00000000\"",
                "\"p\":\"-8942.01000000\"",
                "\"p\":\"5e4\"",
                "\"p\":\"58942\"",
                "\"p\":\".01\"",
                "\"p\":\"58942.\"",
                "\"p\":\"58942.010000001\"",
                "\"p\":\"99999999999.0\"",
                "\"p\":58942.01",
                "\"q\":\"0.0\"",
                "\"f\":716849526",
                "\"f\":-1",
                "\"l\":716849522",
                "\"l\":9716849525",
                "\"T\":161617686189",
                "\"T\":99999999999999999",
                "\"s\":\"BTCUSDTX\"",
                "\"s\":\"BTCUSD\"",
                "\"s\":\"btcusdt\"",
                "\"e\":\"trade\"",
                "\"E\":null",
                "\"stream\":\"a\\u0062\"",
                "\"stream\":\"gr\u00fc\u00df\"",
            })
    void leavesAloneWhatIsNotWrittenAsUsual(String other) {
        String name = other.substring(0, other.indexOf(':') + 1);
        int from = AGGREGATE.indexOf(name);
        int to = from + name.length();
        while (to < AGGREGATE.length() && ",}".indexOf(AGGREGATE.charAt(to)) < 0) {
            to++;
        }
        String tail = name.equals("\"M\":") ? "" : AGGREGATE.substring(to);
        assertNull(scan(TapeKind.AGGREGATE, AGGREGATE.substring(0, from) + other + tail));
    }

    @ParameterizedTest
    @ValueSource(strings = {"E", "a", "p", "q", "f", "l", "T"})
    void readsNumbersOfAnyLengthAsTheDecoderDoes(String field) {
        TradeScanner<String> scanner = new TradeScanner<>(TapeKind.AGGREGATE, Map.of("BTCUSDT", "BTCUSDT"));
        BinanceDecoder decoder = new BinanceDecoder();
        boolean decimal = field.equals("p") || field.equals("q");
        int read = 0;
        for (int length = 1; length <= 30; length++) {
            for (int places = decimal ? 1 : 0; places <= (decimal ? 10 : 0); places++) {
                String number = "171234567".repeat(4).substring(0, length)
                        + (decimal ? "." : "")
                        + "987654321".repeat(2).substring(0, places);
                String frame = AGGREGATE.replaceFirst(
                        "\"" + field + "\":\"?[0-9.]+", "\"" + field + "\":" + (decimal ? "\"" : "") + number);
                byte[] bytes = frame.getBytes(UTF_8);
                if (scanner.scan(bytes, 0, bytes.length, 42, slot) != null) {
                    read++;
                    assertEquals(
                            new Decoded.SymbolTrade("BTCUSDT", TapeKind.AGGREGATE, slot.toTrade()),
                            decoder.decode(bytes, 42),
                            frame);
                }
            }
        }
        assertTrue(read > 0, "none was read");
    }

    @Test
    void looksAtNothingBehindItsMemory() {
        String digits = "1".repeat(40);
        for (String tail : new String[] {"", digits, "\"" + digits, "." + digits}) {
            for (int length = 0; length <= AGGREGATE.length(); length++) {
                byte[] frame = (AGGREGATE.substring(0, length) + tail).getBytes(UTF_8);
                for (int behind = 0; behind <= 64; behind++) {
                    byte[] memory = Arrays.copyOf(frame, frame.length + behind);
                    String symbol = new TradeScanner<>(TapeKind.AGGREGATE, Map.of("BTCUSDT", "btc"))
                            .scan(memory, 0, frame.length, 42, slot);
                    boolean whole = length == AGGREGATE.length() && tail.isEmpty();
                    assertEquals(whole ? "btc" : null, symbol, length + " and " + tail);
                }
            }
        }
    }

    @Test
    void leavesASymbolAloneThatIsLongerThanItsMemory() {
        String symbol = "A".repeat(24);
        byte[] frame = AGGREGATE.replace("BTCUSDT", symbol).getBytes(UTF_8);
        assertNull(
                new TradeScanner<>(TapeKind.AGGREGATE, Map.of(symbol, "long")).scan(frame, 0, frame.length, 42, slot));
    }

    @ParameterizedTest
    @EnumSource(
            value = TapeKind.class,
            names = {"AGGREGATE", "RAW"})
    void neverSaysAnythingElseThanTheDecoder(TapeKind kind) {
        long seed = 20240808;
        Random random = new Random(seed);
        BinanceDecoder decoder = new BinanceDecoder();
        TradeScanner<String> scanner = new TradeScanner<>(kind, Map.of("BTCUSDT", "BTCUSDT", "ETHUSDT", "ETHUSDT"));
        byte[] sound = (kind == TapeKind.RAW ? RAW : AGGREGATE).getBytes(UTF_8);
        String alphabet = "0123456789.-eE\",:{}[]tTfs \\aM";
        int read = 0;
        for (int i = 0; i < 300_000; i++) {
            byte[] frame = sound.clone();
            for (int change = random.nextInt(3); change > 0; change--) {
                frame[random.nextInt(frame.length)] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            int length = random.nextInt(50) == 0 ? random.nextInt(frame.length) : frame.length;
            frame = Arrays.copyOf(frame, length);
            String symbol = scanner.scan(frame, 0, frame.length, 42, slot);
            if (symbol != null) {
                read++;
                assertEquals(
                        new Decoded.SymbolTrade(symbol, kind, slot.toTrade()),
                        decoder.decode(frame, 42),
                        "seed " + seed + ", frame " + i + ": " + new String(frame, UTF_8));
            }
        }
        assertTrue(read > 100_000, read + " of them were read");
    }
}
