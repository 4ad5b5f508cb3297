package io.tapekeeper.analyze;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.signal.Signal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Some whole lines of a table of prices on their way: {@link #parse}, {@link #compute}, {@link #print},
 * {@link #writeTo}; then the next lines. Only computing needs the lines before.
 *
 * <p>A line of plain ASCII whose price is at most 2⁵³ in digits is read from its bytes; every other line goes
 * {@linkplain #slowly the slow way}, as text. That costs a second reader of lines, held to the slow one by a fuzzer; it
 * bought a third of the time of {@code analyze}. Lives in one thread at a time; nothing is allocated for a line.
 */
final class PriceChunk {
    private static final Map<Signal, byte[]> SIGNALS = new EnumMap<>(Signal.class);
    private static final byte[][] RULES = new byte[1 << ClassicRules.ALL.size()][];
    private static final int MOST_BESIDE_CELLS = 128; // bytes of a row: three numbers, the labels

    static {
        for (Signal signal : Signal.values()) {
            SIGNALS.put(signal, ascii(signal.label()));
        }
        for (int bits = 0; bits < RULES.length; bits++) {
            RULES[bits] = ascii(ClassicRules.labels(bits));
        }
    }

    /** The {@link #trouble} of bytes that are no text. */
    static final String NOT_UTF_8 = "not UTF-8";

    private final byte[] text;
    private int length;
    private long ticket;
    private boolean last;

    private int rows;
    private int[] cells = new int[4 * 1024]; // of a row: time from, to, price from, to
    private double[] numbers = new double[4 * 1024]; // price, change, volatility, z-score
    private Signal[] signals = new Signal[1024];
    private byte[] holding = new byte[1024]; // bits of the rules

    private int lines; // begun so far
    private String trouble; // what is wrong with the last of them, or null
    private String troubledLine;

    private byte[] out = new byte[1 << 16];
    private int printed;

    /** @param size most bytes of lines */
    PriceChunk(int size) {
        text = new byte[size];
    }

    private static byte[] ascii(String label) {
        return label.getBytes(StandardCharsets.US_ASCII);
    }

    /** Takes the next lines; false where there are none. */
    boolean fillFrom(LineChunks chunks) throws IOException {
        return chunks.next(text, (itsTicket, itsLength, isLast) -> {
            ticket = itsTicket;
            length = itsLength;
            last = isLast;
        });
    }

    /** Its place in the file. */
    long ticket() {
        return ticket;
    }

    /** Whether the file ends with it. */
    boolean last() {
        return last;
    }

    int rows() {
        return rows;
    }

    /** Lines in it, or up to the one that cannot be understood. */
    int lines() {
        return lines;
    }

    /** What is wrong with its last line, or null; {@link #NOT_UTF_8} for one that is no text. */
    String trouble() {
        return trouble;
    }

    String troubledLine() {
        return troubledLine;
    }

    /** The first line as text, empty where it is none. */
    String firstLine() {
        try {
            return decoded(0, endOfLine(0));
        } catch (CharacterCodingException e) {
            return ""; // parsing comes across it again
        }
    }

    private String decoded(int from, int to) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(text, from, to - from))
                .toString();
    }

    /** Finds times and prices, up to the first line that cannot be understood. */
    void parse(PriceColumns columns) {
        rows = 0;
        lines = 0;
        trouble = null;
        if (length == 0 && !last) {
            lines = 1;
            troubledLine = "";
            trouble = "it is longer than " + text.length + " bytes";
        }
        int at = 0;
        if (columns.named() && ticket == 0) {
            lines = 1;
            at = after(endOfLine(0));
        }
        while (at < length && trouble == null) {
            lines++;
            int end = row(at, columns);
            if (end == at) {
                end = endOfLine(at);
                slowly(at, end, columns);
            }
            at = after(end);
        }
    }

    private int endOfLine(int from) {
        int end = from;
        while (end < length && text[end] != '\n' && text[end] != '\r') {
            end++;
        }
        return end;
    }

    private int after(int end) {
        boolean pair = end + 1 < length && text[end] == '\r' && text[end + 1] == '\n';
        return end + (pair ? 2 : 1);
    }

    /**
     * Takes the line that begins at {@code from} as a row, if it is a usual one.
     *
     * @return its end, or {@code from} where it is not usual
     */
    private int row(int from, PriceColumns columns) {
        int priceFrom = 0;
        int priceTo = 0;
        int timeFrom = 0;
        int timeTo = 0;
        int column = 0;
        int cellFrom = from;
        int at = from;
        int all = 0; // all bytes together: negative if one is beyond ASCII
        for (boolean ended = false; !ended; at++) {
            byte character = at < length ? text[at] : (byte) '\n';
            all |= character;
            if (character > ',') {
                continue;
            }
            ended = character == '\n' || character == '\r';
            if (ended || character == ',') {
                if (column == columns.time()) {
                    timeFrom = cellFrom;
                    timeTo = at;
                }
                if (column == columns.price()) {
                    priceFrom = cellFrom;
                    priceTo = at;
                }
                column++;
                cellFrom = at + 1;
            }
        }
        boolean usual = all >= 0 && column > columns.last() && !isPadded(timeFrom, timeTo);
        double price = usual ? PriceText.ofDigits(text, priceFrom, priceTo) : Double.NaN;
        if (Double.isNaN(price)) {
            return from;
        }
        add(timeFrom, timeTo, priceFrom, priceTo, price);
        return at - 1;
    }

    private boolean isPadded(int from, int to) {
        return from < to && (text[from] <= ' ' || text[to - 1] <= ' ');
    }

    private void add(int timeFrom, int timeTo, int priceFrom, int priceTo, double price) {
        int at = 4 * rows;
        if (at == cells.length) {
            cells = Arrays.copyOf(cells, 2 * cells.length);
            numbers = Arrays.copyOf(numbers, 2 * numbers.length);
            signals = Arrays.copyOf(signals, 2 * signals.length);
            holding = Arrays.copyOf(holding, 2 * holding.length);
        }
        cells[at] = timeFrom;
        cells[at + 1] = timeTo;
        cells[at + 2] = priceFrom;
        cells[at + 3] = priceTo;
        numbers[at] = price;
        rows++;
    }

    /** Any line, as text: the definition of what is understood. */
    private void slowly(int from, int to, PriceColumns columns) {
        String line;
        try {
            line = decoded(from, to);
        } catch (CharacterCodingException e) {
            trouble = NOT_UTF_8;
            return;
        }
        if (line.isBlank()) {
            return;
        }
        String[] texts = line.split(",", -1);
        if (texts.length <= columns.last()) {
            trouble = "it has no time and price";
            troubledLine = line;
            return;
        }
        String price = texts[columns.price()].strip();
        double value = PriceText.ofAny(price);
        if (!(Math.abs(value) <= ClassicFeatures.LARGEST)) {
            trouble = "\"%s\" is %s".formatted(price, Double.isNaN(value) ? "no price" : "too large for a price");
            troubledLine = line;
            return;
        }
        int timeFrom = from + PriceText.bytesBefore(texts, columns.time());
        int timeTo = timeFrom + PriceText.bytes(texts[columns.time()].strip());
        int priceFrom = from + PriceText.bytesBefore(texts, columns.price());
        add(timeFrom, timeTo, priceFrom, priceFrom + PriceText.bytes(price), value);
    }

    /**
     * Computes the features of its rows; the features have taken the rows before.
     *
     * @param sample number of its first row
     */
    void compute(long sample, ClassicFeatures features, ClassicRules rules, double zSignal) {
        for (int row = 0; row < rows; row++) {
            int at = 4 * row;
            features.update(sample + row, numbers[at]);
            numbers[at + 1] = features.change();
            numbers[at + 2] = features.volatility();
            numbers[at + 3] = features.zScore();
            signals[row] = Signal.ofZScore(features.zScore(), zSignal);
            holding[row] = (byte) rules.holding(features);
        }
    }

    /** Makes the rows' text. */
    void print() {
        int at = 0;
        for (int row = 0; row < rows; row++) {
            int first = 4 * row;
            int time = cells[first + 1] - cells[first];
            int price = cells[first + 3] - cells[first + 2];
            if (at + time + price + MOST_BESIDE_CELLS > out.length) {
                out = Arrays.copyOf(out, 2 * out.length + time + price);
            }
            byte[] to = out;
            at = put(text, cells[first], time, to, at);
            to[at++] = ',';
            at = put(text, cells[first + 2], price, to, at);
            to[at++] = ',';
            at = put(numbers[first + 1], to, at);
            to[at++] = ',';
            at = put(numbers[first + 2], to, at);
            to[at++] = ',';
            at = put(numbers[first + 3], to, at);
            to[at++] = ',';
            byte[] signal = SIGNALS.get(signals[row]);
            at = put(signal, 0, signal.length, to, at);
            to[at++] = ',';
            byte[] itsRules = RULES[holding[row]];
            at = put(itsRules, 0, itsRules.length, to, at);
            to[at++] = '\n';
        }
        printed = at;
    }

    private static int put(byte[] from, int start, int length, byte[] to, int at) {
        System.arraycopy(from, start, to, at, length);
        return at + length;
    }

    /** Shortest text that reads back to the same double; nothing for no value. */
    private static int put(double value, byte[] to, int at) {
        return Double.isNaN(value) ? at : ShortestDecimal.put(value, to, at);
    }

    void writeTo(OutputStream rowsOut) throws IOException {
        rowsOut.write(out, 0, printed);
    }
}
