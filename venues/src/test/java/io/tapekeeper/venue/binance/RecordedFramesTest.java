package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.binance.BinanceDecoder.Decoded;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Frames that real exchanges sent, of Binance and of others. */
class RecordedFramesTest {
    private static final Pattern RECEIVED = Pattern.compile("[0-9]{16,19} (.*)|[0-9.]+: (.*)|\\S+ -> [0-9.]+: (.*)");

    private final BinanceDecoder decoder = new BinanceDecoder();

    private static Path data() {
        Path data = Path.of(System.getProperty("tapekeeper.shared", "../shared"), "data");
        assumeTrue(Files.isDirectory(data), "no recordings at " + data);
        return data;
    }

    private static List<String> lines(Path file) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
            return reader.lines().toList();
        }
    }

    private static List<String> frames(Path file) throws IOException {
        List<String> frames = new ArrayList<>();
        for (String line : lines(file)) {
            Matcher matcher = RECEIVED.matcher(line);
            if (matcher.matches()) {
                for (int group = 1; group <= 3; group++) {
                    if (matcher.group(group) != null) {
                        frames.add(matcher.group(group));
                    }
                }
            }
        }
        return frames;
    }

    private List<Trade> trades(String file, TapeKind kind) throws IOException {
        List<Trade> trades = new ArrayList<>();
        for (String frame : frames(data().resolve("wire").resolve(file))) {
            switch (decoder.decode(frame, 0)) {
                case Decoded.SymbolTrade trade -> {
                    assertEquals(kind, trade.kind());
                    trades.add(trade.trade());
                }
                case Decoded.Malformed malformed -> throw new AssertionError(malformed + frame);
                case Decoded.Ignored ignored -> assertFalse(ignored.reason().isEmpty());
                case Decoded other -> throw new AssertionError(other + frame);
            }
        }
        return trades;
    }

    @Test
    void readsAll9757TradesOfBtcusdtWithoutAHole() throws IOException {
        List<Trade> trades = trades("hft_binance_spot_btcusdt_20240808.txt.gz", TapeKind.RAW);
        assertEquals(9757, trades.size());
        for (int i = 1; i < trades.size(); i++) {
            assertEquals(trades.get(i - 1).id() + 1, trades.get(i).id());
        }
        assertEquals(
                6158322000000L, trades.stream().mapToLong(Trade::price).min().orElseThrow());
        assertEquals(
                6186080000000L, trades.stream().mapToLong(Trade::price).max().orElseThrow());
    }

    @Test
    void readsAll6106TradesOfEthusdt() throws IOException {
        assertEquals(
                6106,
                trades("hft_binance_spot_ethusdt_20240808.txt.gz", TapeKind.RAW).size());
    }

    @Test
    void readsAll1240AggregatesOfTenSymbols() throws IOException {
        assertEquals(
                1240,
                trades("cf_binance_20210405_ws_and_rest.txt.gz", TapeKind.AGGREGATE)
                        .size());
    }

    @Test
    void theScannerReadsEveryTradeOfSpotJustAsTheDecoderDoes() throws IOException {
        List<Path> files;
        try (Stream<Path> wire = Files.list(data().resolve("wire"))) {
            files = wire.sorted().toList();
        }
        TradeSlot slot = new TradeSlot();
        int read = 0;
        for (Path file : files) {
            boolean spot = file.getFileName().toString().matches(".*binance_(spot|2021).*");
            for (String frame : frames(file)) {
                Decoded decoded = decoder.decode(frame, 42);
                byte[] bytes = frame.getBytes(UTF_8);
                for (TapeKind kind : List.of(TapeKind.RAW, TapeKind.AGGREGATE)) {
                    String symbol = decoded instanceof Decoded.SymbolTrade trade ? trade.symbol() : "NONE";
                    String said =
                            new TradeScanner<>(kind, Map.of(symbol, symbol)).scan(bytes, 0, bytes.length, 42, slot);
                    if (said != null) {
                        read++;
                        assertEquals(new Decoded.SymbolTrade(said, kind, slot.toTrade()), decoded, frame);
                    } else if (spot && decoded instanceof Decoded.SymbolTrade trade) {
                        assertNotEquals(kind, trade.kind(), frame);
                    }
                }
            }
        }
        assertTrue(read > 17_000, read + " trades were read");
    }

    @Test
    void nothingThatAnyExchangeSentEscapes() throws IOException {
        List<Path> files;
        try (Stream<Path> wire = Files.list(data().resolve("wire"))) {
            files = wire.sorted().toList();
        }
        Map<Class<?>, Integer> outcomes = new HashMap<>();
        for (Path file : files) {
            List<String> frames = frames(file);
            assertFalse(frames.isEmpty(), file.toString());
            for (String frame : frames) {
                Decoded fromText = decoder.decode(frame, 0);
                Decoded fromBytes = decoder.decode(frame.getBytes(UTF_8), 0);
                assertEquals(fromText, fromBytes, frame);
                assertReasoned(fromText, frame);
                outcomes.merge(fromText.getClass(), 1, Integer::sum);
                if (!file.getFileName().toString().contains("binance")) {
                    assertFalse(fromText instanceof Decoded.SymbolTrade, frame);
                }
            }
        }
        assertTrue(outcomes.get(Decoded.SymbolTrade.class) > 38_000, outcomes.toString());
        assertTrue(outcomes.get(Decoded.Ignored.class) > 100_000, outcomes.toString());
    }

    @Test
    void nothingInThePayloadsOfOtherVenuesEscapes() throws IOException {
        List<Path> files;
        try (Stream<Path> payloads = Files.list(data().resolve("payloads"))) {
            files = payloads.sorted().toList();
        }
        for (Path file : files) {
            List<String> lines = lines(file);
            assertReasoned(decoder.decode(String.join("\n", lines), 0), file.toString());
            for (String line : lines) {
                assertReasoned(decoder.decode(line, 0), line);
                if (line.startsWith("{\"exchange\"")
                        && BinanceJson.tree(line.getBytes(UTF_8)) instanceof Map<?, ?> entry
                        && entry.get("raw") instanceof String raw) {
                    assertReasoned(decoder.decode(raw, 0), raw);
                }
            }
        }
    }

    private static void assertReasoned(Decoded decoded, String frame) {
        switch (decoded) {
            case Decoded.Ignored(String reason) -> assertFalse(reason.isBlank(), frame);
            case Decoded.Malformed(String reason) -> assertFalse(reason.isBlank(), frame);
            case Decoded.SymbolTrade trade -> assertTrue(trade.trade().price() > 0, frame);
            case Decoded.Reply reply -> assertFalse(reply.id().isEmpty(), frame);
            case Decoded.ErrorReply refused -> assertFalse(refused.message().isEmpty(), frame);
            case Decoded.ServerShutdown shutdown -> {}
        }
    }
}
