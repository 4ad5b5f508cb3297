package io.tapekeeper.benchmarks.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RingTest {
    private static final int SOME = 5;

    @Test
    void framesOfEveryLapAreThoseThatTheWriterWrites() {
        for (FrameWriter.Kind kind : FrameWriter.Kind.values()) {
            Ring ring = new Ring(kind, "BTCUSDT");
            FrameWriter writer = new FrameWriter(Ring.market(), kind, "BTCUSDT");
            for (long from : new long[] {0, 99_998, 300_000, 1_599_998, 999_899_900, 12_345}) {
                ByteBuffer wanted = ByteBuffer.allocate(2_000);
                for (int i = 0; i < SOME; i++) {
                    writer.write(from + i, wanted);
                }
                assertEquals(text(wanted.flip()), text(ring.frames(from, SOME)), kind + " " + from);
            }
        }
    }

    @Test
    void aLapEndsWithItsLastFrame() {
        Ring ring = new Ring(FrameWriter.Kind.AGGREGATE, "BTCUSDT");
        String last = text(ring.frames(Market.LAP - 1, 100));
        assertTrue(last.contains("\"a\":3000299999,"), last);
        assertEquals(1, last.split("\"stream\"", -1).length - 1, last);
    }

    @Test
    void aFrameHasTheShapeOfTheVenues() {
        ByteBuffer out = ByteBuffer.allocate(500);
        new FrameWriter(new Market(30, 0), FrameWriter.Kind.AGGREGATE, "BTCUSDT").write(1, out);
        String frame = text(out.flip());
        assertTrue(
                frame.substring(4)
                        .matches("\\{\"stream\":\"btcusdt@aggTrade\",\"data\":\\{\"e\":\"aggTrade\","
                                + "\"E\":1719500000033,\"s\":\"BTCUSDT\",\"a\":3000000001,"
                                + "\"p\":\"\\d{5}\\.\\d\\d000000\",\"q\":\"0\\.\\d{5}000\","
                                + "\"f\":5000000001,\"l\":5000000001,\"T\":1719500000033,"
                                + "\"m\":(true|false),\"M\":true}}"),
                frame);
        assertEquals(frame.length() - 4, frame.charAt(2) << 8 | frame.charAt(3), frame);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
