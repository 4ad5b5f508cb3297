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
    private static final Path DATA =
            Path.of(System.getProperty("tapekeeper.shared", "../shared"), "data");
    private static final Pattern RECEIVED =
            Pattern.compile("(?:[0-9]{16,19} |[0-9.]+: |\\S+ -> [0-9.]+: )(.*)");
    private static final int EVERY = 997; // a prime, so that no rhythm of a recording is followed
    private static final int LONGEST = 512; // a fuzzer is quick with short ones
    private static final int LINES = 20;

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
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
            return reader.lines().limit(most).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
