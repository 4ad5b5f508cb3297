package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.fuzz.FuzzedDecoder;
import io.tapekeeper.fuzz.Recordings;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.binance.BinanceDecoder.Decoded;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A frame is a trade that could have happened, or is told in one short line why not; as text and as bytes it is the
 * same. The scanner, where it says something, says the same.
 */
class BinanceDecoderFuzzTest extends FuzzedDecoder {
    private static final long RECEIVED = 42;
    private static final int LONGEST_REASON = 220; // 200 from outside, and a few words of ours

    private final BinanceDecoder decoder = new BinanceDecoder();
    private final TradeScanner<String> aggregates = scanner(TapeKind.AGGREGATE);
    private final TradeScanner<String> raw = scanner(TapeKind.RAW);
    private final TradeSlot slot = new TradeSlot();

    private static TradeScanner<String> scanner(TapeKind kind) {
        return new TradeScanner<>(kind, Map.of("BTCUSDT", "BTCUSDT", "ETHUSDT", "ETHUSDT"));
    }

    private void compareScanned(TradeScanner<String> scanner, TapeKind kind, byte[] frame) {
        String symbol = scanner.scan(frame, 0, frame.length, RECEIVED, slot);
        if (symbol != null) {
            assertEquals(new Decoded.SymbolTrade(symbol, kind, slot.toTrade()), decoder.decode(frame, RECEIVED));
        }
    }

    @Override
    protected boolean take(byte[] frame) {
        Decoded decoded = decoder.decode(frame, RECEIVED);
        String text = new String(frame, UTF_8);
        Decoded fromText = decoder.decode(text, RECEIVED);
        check(decoded);
        check(fromText);
        compareScanned(aggregates, TapeKind.AGGREGATE, frame);
        compareScanned(raw, TapeKind.RAW, frame);
        if (!text.startsWith("\uFEFF") && Arrays.equals(text.getBytes(UTF_8), frame)) {
            assertEquals(decoded.getClass(), fromText.getClass());
            assertTrue(decoded instanceof Decoded.Malformed || decoded.equals(fromText));
        }
        return decoded instanceof Decoded.SymbolTrade;
    }

    private void check(Decoded decoded) {
        switch (decoded) {
            case Decoded.SymbolTrade trade -> {
                assertTrue(trade.trade().price() > 0 && trade.trade().size() > 0, trade.toString());
                assertTrue(trade.trade().id() >= 0 && trade.trade().rawTrades() > 0);
                assertEquals(RECEIVED, trade.trade().receivedTime());
                assertEquals(trade, decoder.decode(frame(trade), RECEIVED));
            }
            case Decoded.Ignored(String reason) -> checkReason(reason);
            case Decoded.Malformed(String reason) -> checkReason(reason);
            case Decoded.ErrorReply refused -> checkReason(refused.message());
            case Decoded.Reply reply -> assertTrue(reply.id() != null);
            case Decoded.ServerShutdown shutdown -> {}
        }
    }

    private static void checkReason(String reason) {
        assertTrue(reason.length() <= LONGEST_REASON && reason.chars().noneMatch(Character::isISOControl), reason);
    }

    /** The frame that says this trade and no more. */
    private static String frame(Decoded.SymbolTrade decoded) {
        Trade trade = decoded.trade();
        String begin = decoded.kind() == TapeKind.RAW ? "{\"e\":\"trade\",\"t\":" : "{\"e\":\"aggTrade\",\"a\":";
        return begin
                + trade.id()
                + ",\"f\":0,\"l\":"
                + (trade.rawTrades() - 1)
                + ",\"s\":\""
                + escaped(decoded.symbol())
                + "\",\"p\":\""
                + Decimals.format(trade.price())
                + "\",\"q\":\""
                + Decimals.format(trade.size())
                + "\",\"T\":"
                + trade.venueTime()
                + ",\"m\":"
                + (trade.aggressor() == Side.SELL)
                + '}';
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> out.append("\\u").append(HexFormat.of().toHexDigits((char) c)));
        return out.toString();
    }

    @Override
    protected List<byte[]> seeds() {
        return joined(
                Recordings.frames(),
                texts(
                        """
                        {"e":"trade","E":1790000000125,"s":"BTCUSDT","t":5012345678,"p":"64012.34000000",\
                        "q":"0.00150000","T":1790000000123,"m":true,"M":true}\
                        """,
                        """
                        {"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1790000000126,"s":"BTCUSDT",\
                        "a":3700000001,"p":"64012.34000000","q":"0.01500000","f":5012345678,"l":5012345680,\
                        "T":1790000000123456,"m":false,"M":true}}\
                        """,
                        "{\"result\":null,\"id\":7}",
                        "{\"error\":{\"code\":2,\"msg\":\"Invalid request: invalid stream\"},\"id\":9}",
                        "{\"stream\":\"!serverShutdown\",\"data\":{\"e\":\"serverShutdown\",\"E\":1}}",
                        "[{\"e\":\"24hrMiniTicker\"}]"));
    }
}
