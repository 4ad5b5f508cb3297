package io.tapekeeper.analyze;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FurtherFeatures;
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
    private static final int FURTHER = Feature.allFurther().size();
    private static final int NUMBERS = 4 + FURTHER; // of a row: price, change, volatility, z-score, the further ones
    private static final int MOST_BESIDE_CELLS = 128 + 32 * FURTHER; // bytes of a row: numbers, labels

    static {
        for (Signal signal : Signal.values()) {
            SIGNALS.put(signal, signal.label().getBytes(StandardCharsets.US_ASCII));
        }
        for (int bits = 0; bits < RULES.length; bits++) {
            RULES[bits] = ClassicRules.labels(bits).getBytes(StandardCharsets.US_ASCII);
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
    private double[] numbers = new double[NUMBERS * 1024];
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
        double price = usual ? PriceDigits.parse(text, priceFrom, priceTo) : Double.NaN;
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
        numbers[NUMBERS * rows] = price;
        rows++;
    }

    /** Any line, as text. */
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
        PriceLine row = PriceLine.of(line, columns);
        if (row.trouble() != null) {
            trouble = row.trouble();
            troubledLine = line;
            return;
        }
        add(from + row.timeFrom(), from + row.timeTo(), from + row.priceFrom(), from + row.priceTo(), row.price());
    }

    /**
     * Computes the features of its rows; the features have taken the rows before.
     *
     * @param sample number of its first row
     */
    void compute(long sample, ClassicFeatures features, FurtherFeatures further, ClassicRules rules, double zSignal) {
        for (int row = 0; row < rows; row++) {
            int at = NUMBERS * row;
            features.update(sample + row, numbers[at]);
            further.update(sample + row, numbers[at], !Double.isNaN(features.change()));
            numbers[at + 1] = features.change();
            numbers[at + 2] = features.volatility();
            numbers[at + 3] = features.zScore();
            for (int other = 0; other < FURTHER; other++) {
                numbers[at + 4 + other] = further.value(other);
            }
            signals[row] = Signal.ofZScore(features.zScore(), zSignal);
            holding[row] = (byte) rules.holding(features);
        }
    }

    /** Makes the rows' text. */
    void print() {
        int at = 0;
        for (int row = 0; row < rows; row++) {
            int most = cells[4 * row + 1] - cells[4 * row] + cells[4 * row + 3] - cells[4 * row + 2];
            if (at + most + MOST_BESIDE_CELLS > out.length) {
                out = Arrays.copyOf(out, 2 * out.length + most);
            }
            at = print(row, out, at);
        }
        printed = at;
    }

    private int print(int row, byte[] to, int from) {
        int cell = 4 * row;
        int number = NUMBERS * row;
        int at = put(text, cells[cell], cells[cell + 1] - cells[cell], to, from);
        to[at++] = ',';
        at = put(text, cells[cell + 2], cells[cell + 3] - cells[cell + 2], to, at);
        for (int classic = 1; classic < 4; classic++) {
            to[at++] = ',';
            at = put(numbers[number + classic], to, at);
        }
        to[at++] = ',';
        byte[] signal = SIGNALS.get(signals[row]);
        at = put(signal, 0, signal.length, to, at);
        to[at++] = ',';
        byte[] itsRules = RULES[holding[row]];
        at = put(itsRules, 0, itsRules.length, to, at);
        for (int further = 4; further < NUMBERS; further++) {
            to[at++] = ',';
            at = put(numbers[number + further], to, at);
        }
        to[at++] = '\n';
        return at;
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
