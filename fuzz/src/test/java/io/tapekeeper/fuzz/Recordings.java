package io.tapekeeper.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** What real exchanges said, as a beginning for a fuzzer; nothing where no recordings are. */
public final class Recordings {
    private static final Path DATA = Path.of(System.getProperty("tapekeeper.shared", "../shared"), "data");
    private static final Pattern RECEIVED = Pattern.compile("(?:[0-9]{16,19} |[0-9.]+: |\\S+ -> [0-9.]+: )(.*)");
    private static final int EVERY = 997; // a prime, so that no rhythm of a recording is followed
    private static final int LONGEST = 512; // a fuzzer is quick with short ones
    private static final int LINES = 20;
    private static final int ITEMS = 3; // of an array, lines of a capture
    private static final int CAPTURED = 50_000;

    private Recordings() {}

    /** Frames and answers of all exchanges, of each some. */
    public static List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        for (Path file : files("wire")) {
            int number = 0;
            for (String line : lines(file, Integer.MAX_VALUE)) {
                Matcher frame = RECEIVED.matcher(line);
                if (number++ % EVERY < 2 && frame.matches() && frame.group(1).length() < LONGEST) {
                    frames.add(frame.group(1).getBytes(UTF_8));
                }
            }
        }
        return frames;
    }

    /** The beginnings of tables of trades. */
    public static List<byte[]> tables() {
        return files("trades").stream()
                .map(file -> String.join("\n", lines(file, LINES)).getBytes(UTF_8))
                .toList();
    }

    /** Answers of Binance over HTTP, each with some aggregates or klines. */
    public static List<byte[]> answers() {
        List<byte[]> answers = new ArrayList<>();
        for (Path file : files("trades")) {
            if (file.toString().endsWith(".jsonl.gz")) {
                answers.addAll(arrays(lines(file, LINES)));
            }
        }
        for (Path file : files("klines")) {
            if (file.getFileName().toString().startsWith("binance_vision")) { // those are whole
                answers.addAll(arrays(lines(file, LINES).stream()
                        .skip(1)
                        .map(Recordings::kline)
                        .toList()));
            }
        }
        return answers;
    }

    /** A line of a table as the row of an array that it is made from: times and counts are numbers. */
    private static String kline(String line) {
        String[] cells = line.split(",");
        for (int i = 0; i < cells.length; i++) {
            cells[i] = i == 0 || i == 6 || i == 8 ? cells[i] : '"' + cells[i] + '"';
        }
        return "[" + String.join(",", cells) + "]";
    }

    private static List<byte[]> arrays(List<String> items) {
        List<byte[]> arrays = new ArrayList<>();
        for (int i = 0; i + ITEMS <= items.size(); i += ITEMS) {
            arrays.add(("[" + String.join(",", items.subList(i, i + ITEMS)) + "]").getBytes(UTF_8));
        }
        return arrays;
    }

    /** Lines of a recording of combined streams with their receive times, some to a text. */
    public static List<byte[]> captures() {
        List<byte[]> captures = new ArrayList<>();
        for (Path file : files("wire")) {
            if (file.getFileName().toString().startsWith("hft_binance_spot")) {
                List<String> played = lines(file, CAPTURED).stream()
                        .filter(line -> line.length() < LONGEST / ITEMS)
                        .toList();
                for (int i = 0; i + ITEMS <= played.size(); i += EVERY) {
                    captures.add(String.join("\n", played.subList(i, i + ITEMS)).getBytes(UTF_8));
                }
            }
        }
        return captures;
    }

    private static List<Path> files(String folder) {
        if (!Files.isDirectory(DATA)) {
            System.out.println("no recordings at " + DATA + ": only what the test itself gives");
            return List.of();
        }
        try (Stream<Path> files = Files.list(DATA.resolve(folder))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file, int most) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
            return reader.lines().limit(most).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
