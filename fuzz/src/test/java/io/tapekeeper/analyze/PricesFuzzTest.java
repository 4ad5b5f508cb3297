package io.tapekeeper.analyze;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.FurtherFeatures;
import io.tapekeeper.fuzz.FuzzedDecoder;
import io.tapekeeper.fuzz.Recordings;
import io.tapekeeper.series.Preset;
import io.tapekeeper.signal.Signal;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What {@code analyze} is given is a table of prices, or one sentence says where it is not: the rows and the sentence
 * are those of a slow reader that takes one line of text after the other.
 */
class PricesFuzzTest extends FuzzedDecoder {
    private static final String HEADER = "time,price,return,volatility,zscore,signal,alerts,ewma_volatility\n";

    private static final int CHUNK = 1 << 13; // no input has a longer line
    private static final String NAME = "prices.csv";

    private final Preset preset = Preset.CLASSIC;

    @Override
    protected boolean take(byte[] input) {
        ByteArrayOutputStream features = new ByteArrayOutputStream();
        String said = said(input, features);
        String text = text(input);
        if (text == null) {
            assertTrue(said.contains(NAME), said);
            return false;
        }
        StringBuilder rows = new StringBuilder(HEADER);
        assertEquals(slowly(text, rows), said);
        if (said.isEmpty()) {
            assertEquals(rows.toString(), features.toString(UTF_8));
        }
        return said.isEmpty();
    }

    /** What stands in the way, or nothing. */
    private String said(byte[] input, OutputStream features) {
        try {
            new PriceAnalysis(NAME, preset, CHUNK, 1).run(new ByteArrayInputStream(input), features);
            return "";
        } catch (TableException told) {
            return told.getMessage();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing here is outside
        }
    }

    /** Null for what is no text. */
    private static String text(byte[] input) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(input)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The definition: appends the rows of a table, or returns what is wrong with it. */
    private String slowly(String text, StringBuilder rows) {
        ClassicFeatures computed = new ClassicFeatures(20, 100, 1_000_000);
        FurtherFeatures further = new FurtherFeatures();
        ClassicRules rules = new ClassicRules(3, 2);
        List<String> lines = new BufferedReader(new StringReader(text)).lines().toList();
        int time = 0;
        int price = 1;
        long sample = 0;
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            String[] cells = line.split(",", -1);
            if (number == 1) {
                List<String> names = Stream.of(cells)
                        .map(cell -> cell.replace("\uFEFF", "").strip())
                        .map(cell -> cell.toLowerCase(Locale.ROOT))
                        .toList();
                if (names.contains("time") && names.contains("price")) {
                    time = names.indexOf("time");
                    price = names.indexOf("price");
                    continue;
                }
            }
            if (line.isBlank()) {
                continue;
            }
            if (cells.length <= Math.max(time, price)) {
                return malformed(number, "it has no time and price", line);
            }
            String cell = cells[price].strip();
            if (!cell.matches("[0-9.+eE-]*") || !isNumber(cell)) {
                return malformed(number, "\"" + cell + "\" is no price", line);
            }
            double value = Double.parseDouble(cell);
            if (Math.abs(value) > 1e150) {
                return malformed(number, "\"" + cell + "\" is too large for a price", line);
            }
            computed.update(sample, value);
            further.update(sample++, value, !Double.isNaN(computed.change()));
            rows.append(cells[time].strip()).append(',').append(cell).append(',');
            rows.append(shown(computed.change())).append(',');
            rows.append(shown(computed.volatility())).append(',');
            rows.append(shown(computed.zScore())).append(',');
            rows.append(Signal.ofZScore(computed.zScore(), 1).label()).append(',');
            rows.append(ClassicRules.labels(rules.holding(computed))).append(',');
            rows.append(shown(further.value(0))).append('\n');
        }
        return sample > 0 ? "" : NAME + " holds no prices: each line must be time,price";
    }

    private String malformed(int number, String what, String line) {
        String shown = line.length() > 60 ? line.substring(0, 60) + "..." : line;
        return "%s, line %d: %s (\"%s\"); each line must be time,price".formatted(NAME, number, what, shown);
    }

    private static boolean isNumber(String cell) {
        try {
            Double.parseDouble(cell);
            return true;
        } catch (NumberFormatException e) {
            return false; // such as 1.2.3
        }
    }

    private static String shown(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    @Override
    protected List<byte[]> seeds() {
        return joined(
                Recordings.tables(),
                texts(
                        "time,price\n1,100\n2,101.5\n3,99.25\n",
                        "\uFEFFTime,Volume,Price\r\n2024-08-08T23:54:13Z,7,61837.63\r\n\r\n,,0\r\n",
                        "1790000000,1e2\n1790000001,-3.5E-7\n1790000002,0\n",
                        "0,7\n" + "1,1\n2,2\n".repeat(12) + "23,0\n24,-1\n"));
    }
}
