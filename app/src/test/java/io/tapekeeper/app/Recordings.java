package io.tapekeeper.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The real recordings beside the checkout; a test that needs one is skipped where it is absent. */
final class Recordings {
    private Recordings() {}

    static Path file(String name) {
        Path file = Path.of(System.getProperty("tapekeeper.shared", "none")).resolve(name);
        assumeTrue(Files.exists(file), "skipped: there is no recording at " + file);
        return file;
    }

    /** The lines of a .gz file. */
    static List<String> lines(Path file) {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
