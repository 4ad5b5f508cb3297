package io.tapekeeper.benchmarks.sender;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Writes the trades of one symbol as WebSocket frames in the shape that Binance's combined streams have. All of one
 * writer are of the same length but for one letter at their end, and the digits that differ from lap to lap stand at
 * the same places.
 */
final class FrameWriter {
    /** {@code @aggTrade} or {@code @trade}. */
    enum Kind {
        AGGREGATE("aggTrade", "a"),
        RAW("trade", "t");

        private final String event;
        private final String id;

        Kind(String event, String id) {
            this.event = event;
            this.id = id;
        }
    }

    private static final int LONGEST = 320;
    private static final int HEADER = 4; // of a frame of 126 bytes or more

    private final Market market;
    private final boolean aggregate;
    private final byte[] first;
    private final byte[] symbol;
    private final byte[] frame = new byte[LONGEST];
    private final int[] ids; // offsets of the digits, set by the first frame
    private final int[] times = new int[2];
    private int at;

    FrameWriter(Market market, Kind kind, String symbol) {
        this.market = market;
        aggregate = kind == Kind.AGGREGATE;
        ids = new int[aggregate ? 3 : 1];
        this.first = "{\"stream\":\"%s@%s\",\"data\":{\"e\":\"%s\",\"E\":"
                .formatted(symbol.toLowerCase(Locale.ROOT), kind.event, kind.event)
                .getBytes(US_ASCII);
        this.symbol = ",\"s\":\"%s\",\"%s\":".formatted(symbol, kind.id).getBytes(US_ASCII);
    }

    /** Appends the trade with this number. */
    void write(long number, ByteBuffer out) {
        long millis = market.millis(number);
        at = HEADER;
        put(first);
        times[0] = at;
        digits(millis, 13);
        put(symbol);
        ids[0] = at;
        digits(Market.FIRST_ID + number, 10);
        put(",\"p\":\"");
        int ticks = market.ticks(number);
        digits(ticks / 100, 5);
        put(".");
        digits(ticks % 100, 2);
        put("000000\",\"q\":\"0.");
        digits(market.size(number), 5);
        put("000\"");
        if (aggregate) {
            put(",\"f\":");
            ids[1] = at;
            digits(Market.FIRST_RAW_ID + number, 10);
            put(",\"l\":");
            ids[2] = at;
            digits(Market.FIRST_RAW_ID + number, 10);
        }
        put(",\"T\":");
        times[1] = at;
        digits(millis, 13);
        put(market.buyerIsMaker(number) ? ",\"m\":true,\"M\":true}}" : ",\"m\":false,\"M\":true}}");
        int length = at - HEADER;
        frame[0] = (byte) 0x81; // whole, text
        frame[1] = 126;
        frame[2] = (byte) (length >> 8);
        frame[3] = (byte) length;
        out.put(frame, 0, at);
    }

    /** Where the ids stand in each frame; known once one was written. */
    int[] ids() {
        return ids;
    }

    /** Where the times stand in each frame; known once one was written. */
    int[] times() {
        return times;
    }

    private void put(byte[] ascii) {
        System.arraycopy(ascii, 0, frame, at, ascii.length);
        at += ascii.length;
    }

    private void put(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            frame[at++] = (byte) ascii.charAt(i);
        }
    }

    private void digits(long value, int width) {
        long left = value;
        for (int i = width - 1; i >= 0; i--) {
            frame[at + i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        at += width;
    }
}
