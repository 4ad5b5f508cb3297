package io.tapekeeper.app;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.analyst.Preset;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.signal.Signal;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code analyze}: the features, signal and rules of a file of prices. */
@Command(
        name = "analyze",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Computes features, signal and alerts for a CSV of time,price; one sample a row.",
            "A first line with the columns' names is understood, .gz too; - is standard input."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper analyze prices.csv --out features.csv",
            "  zcat prices.csv.gz | ./tapekeeper analyze - | head"
        })
final class AnalyzeCommand implements Callable<Integer> {
    private static final String HEADER = "time,price,return,volatility,zscore,signal,alerts\n";
    private static final int BUFFER = 1 << 16;

    @Parameters(paramLabel = "PRICES.csv", description = "The prices.")
    private Path prices;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the rows go (default: standard output).")
    private Path out;

    @Mixin private WatchOptions watch = new WatchOptions();

    @Override
    public Integer call() {
        Preset preset = watch.preset();
        boolean standardInput = prices.toString().equals("-");
        try (InputStream raw = standardInput ? System.in : Files.newInputStream(prices);
                InputStream watched =
                        Progress.over(raw, "analyze", standardInput ? -1 : size(prices));
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        unzipped(watched), StandardCharsets.UTF_8.newDecoder()),
                                BUFFER)) {
            Output.write(out, writer -> analyze(in, preset, writer));
        } catch (NoSuchFileException e) {
            throw Failure.outside("there is no file " + prices + ": name one that exists", e);
        } catch (CharacterCodingException e) {
            throw Failure.usage(prices + " is no text in UTF-8: name a CSV of time,price");
        } catch (IOException e) {
            throw Failure.outside(prices + " cannot be read: " + e.getMessage(), e);
        }
        return Failure.FINE;
    }

    private static long size(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.size(file) : -1;
    }

    private static InputStream unzipped(InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip ? new GZIPInputStream(in, BUFFER) : in;
    }

    private void analyze(BufferedReader in, Preset preset, Writer rows) throws IOException {
        // Samples have no interval here, so nothing is annualised and any length would do.
        ClassicFeatures features =
                new ClassicFeatures(preset.window(), preset.baselineWindow(), 1_000_000);
        ClassicRules rules = new ClassicRules(preset.zAlert(), preset.spikeFactor());
        rows.write(HEADER);
        int timeColumn = 0;
        int priceColumn = 1;
        long sample = 0;
        long lineNumber = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            lineNumber++;
            if (line.isBlank()) {
                continue;
            }
            String[] cells = line.split(",", -1);
            if (lineNumber == 1) {
                List<String> names =
                        Arrays.stream(cells)
                                .map(cell -> cell.replace("\uFEFF", "").strip()) // a BOM
                                .map(cell -> cell.toLowerCase(Locale.ROOT))
                                .toList();
                if (names.contains("time") && names.contains("price")) {
                    timeColumn = names.indexOf("time");
                    priceColumn = names.indexOf("price");
                    continue;
                }
            }
            if (cells.length <= Math.max(timeColumn, priceColumn)) {
                throw malformed(lineNumber, line, "it has no time and price");
            }
            String text = cells[priceColumn].strip();
            double price = price(text, lineNumber, line);
            FeatureValues values = features.update(sample++, price);
            rows.append(cells[timeColumn].strip()).append(',').append(text).append(',');
            number(rows, values.change());
            number(rows.append(','), values.volatility());
            number(rows.append(','), values.zScore());
            rows.append(',').append(Signal.ofZScore(values.zScore(), preset.zSignal()).label());
            rows.append(',').append(Rule.labels(rules.holding(values))).append('\n');
        }
        if (sample == 0) {
            throw Failure.usage(prices + " holds no prices: each line must be time,price");
        }
    }

    private double price(String text, long lineNumber, String line) {
        for (int at = 0; at < text.length(); at++) {
            if ("0123456789.+-eE".indexOf(text.charAt(at)) < 0) {
                throw malformed(lineNumber, line, "\"" + text + "\" is no price");
            }
        }
        try {
            double price = Double.parseDouble(text);
            if (Double.isFinite(price)) {
                return price;
            }
        } catch (NumberFormatException e) {
            throw malformed(lineNumber, line, "\"" + text + "\" is no price");
        }
        throw malformed(lineNumber, line, "\"" + text + "\" is too large for a price");
    }

    /** Shortest text that reads back to the same double; empty for no value. */
    private static void number(Writer rows, double value) throws IOException {
        if (!Double.isNaN(value)) {
            rows.append(Double.toString(value));
        }
    }

    private Failure malformed(long lineNumber, String line, String what) {
        String shown = line.length() > 60 ? line.substring(0, 60) + "..." : line;
        return Failure.usage(
                "%s, line %d: %s (\"%s\"); each line must be time,price"
                        .formatted(prices, lineNumber, what, shown));
    }
}
