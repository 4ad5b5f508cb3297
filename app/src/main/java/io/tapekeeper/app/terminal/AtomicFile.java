package io.tapekeeper.app.terminal;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes rows to a file or to standard output; a file appears whole or not at all. */
public final class AtomicFile {
    private static final int BUFFER = 1 << 16;

    /** Writes the rows. */
    public interface Rows {
        void writeTo(Writer out) throws IOException;
    }

    /** Writes the rows as bytes. */
    public interface Bytes {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes text to {@code file}, or to standard output where it is null.
     *
     * @throws CommandFailure where it cannot be written
     */
    public static void writeText(Path file, Rows rows) throws IOException {
        write(file, stream -> {
            Writer out = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), BUFFER);
            rows.writeTo(out);
            out.flush();
        });
    }

    /**
     * Writes bytes to {@code file}, or to standard output where it is null; in large pieces, since nothing is buffered
     * here.
     *
     * @throws CommandFailure where it cannot be written
     */
    public static void write(Path file, Bytes rows) throws IOException {
        if (file == null) {
            // Not System.out, which keeps its errors to itself.
            writeThrough(new FileOutputStream(FileDescriptor.out), rows);
            return;
        }
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) { // a pipe or a device
            writeThrough(Files.newOutputStream(target), rows);
            return;
        }
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try (OutputStream out = open(partial)) {
            rows.writeTo(out);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
        try {
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw CommandFailure.outside(target + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static void writeThrough(OutputStream stream, Bytes rows) {
        try {
            rows.writeTo(stream);
        } catch (IOException | UncheckedIOException e) {
            if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
                return; // the reader has seen enough, as head does
            }
            throw CommandFailure.outside("the rows cannot be written: " + e.getMessage(), e);
        }
    }

    private static OutputStream open(Path partial) {
        try {
            return Files.newOutputStream(partial);
        } catch (IOException e) {
            throw CommandFailure.outside(
                    partial.getParent()
                            + " cannot be written to ("
                            + e.getMessage()
                            + "): name another place with --out",
                    e);
        }
    }
}
