package io.tapekeeper.app;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes rows to a file or to standard output; a file appears whole or not at all. */
final class Output {
    /** Writes the rows. */
    interface Rows {
        void writeTo(Writer out) throws IOException;
    }

    private Output() {}

    /**
     * Writes to {@code file}, or to standard output where it is null.
     *
     * @throws Failure where it cannot be written
     */
    static void write(Path file, Rows rows) throws IOException {
        if (file == null) {
            Writer out =
                    new BufferedWriter(
                            new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 1 << 16);
            rows.writeTo(out);
            out.flush();
            return;
        }
        Path target = file.toAbsolutePath();
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try (Writer out = open(partial)) {
            rows.writeTo(out);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
        try {
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.outside(target + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static Writer open(Path partial) {
        try {
            return new BufferedWriter(
                    Files.newBufferedWriter(partial, StandardCharsets.UTF_8), 1 << 16);
        } catch (IOException e) {
            throw Failure.outside(
                    partial.getParent()
                            + " cannot be written to ("
                            + e.getMessage()
                            + "): name another place with --out",
                    e);
        }
    }
}
