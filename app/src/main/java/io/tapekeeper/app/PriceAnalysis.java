package io.tapekeeper.app;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.analyst.Preset;
import io.tapekeeper.feature.ClassicFeatures;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Features, signal and rules of a table of prices, with all cores.
 *
 * <p>Every worker takes a chunk of lines through all that is to be done with it. Parsing and
 * printing, which are nearly all of the work, happen side by side; computing and writing go by
 * {@link Turns}, in the order of the file, so the rows are those that one thread would give. No
 * queue lies between the workers: what is in memory is one chunk each.
 */
final class PriceAnalysis {
    private static final byte[] HEADER =
            "time,price,return,volatility,zscore,signal,alerts\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final int CHUNK = 1 << 17;
    private static final int MOST_WORKERS = 8; // computing alone keeps up with about so many
    private static final int MOST_SHOWN = 60; // characters of a line that is wrong

    private final String name;
    private final int chunkSize;
    private final int workers;
    private final double zSignal;
    private final ClassicFeatures features;
    private final ClassicRules rules;
    private final Turns computing = new Turns();
    private final Turns writing = new Turns();

    private long lines; // of the chunks computed so far; by turns, as the features
    private long samples;
    private Throwable failure; // the first; guarded by this

    /**
     * @param name of the table, for messages
     */
    PriceAnalysis(String name, Preset preset) {
        this(
                name,
                preset,
                CHUNK,
                Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * @param chunkSize bytes that a worker takes at once; no line may be longer
     */
    PriceAnalysis(String name, Preset preset, int chunkSize, int workers) {
        this.name = name;
        this.chunkSize = chunkSize;
        this.workers = workers;
        zSignal = preset.zSignal();
        // Samples have no interval here, so nothing is annualised and any length would do.
        features = new ClassicFeatures(preset.window(), preset.baselineWindow(), 1_000_000);
        rules = new ClassicRules(preset.zAlert(), preset.spikeFactor());
    }

    /**
     * Reads a table, writes its rows; once.
     *
     * @throws Failure where the table cannot be read or understood; rows before that may have been
     *     written
     * @throws IOException where the rows cannot be written
     */
    void run(InputStream in, OutputStream out) throws IOException {
        out.write(HEADER);
        LineChunks chunks = new LineChunks(in, chunkSize);
        PriceChunk first = new PriceChunk(chunkSize);
        fill(first, chunks);
        PriceColumns columns = PriceColumns.of(first.firstLine());
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < workers && !first.last(); i++) {
            others.add(
                    Thread.ofPlatform()
                            .name("analyze-" + i)
                            .daemon()
                            .start(() -> {
                                PriceChunk chunk = new PriceChunk(chunkSize);
                                work(chunk, false, chunks, columns, out);
                            }));
        }
        work(first, true, chunks, columns, out);
        try {
            for (Thread other : others) {
                other.join();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        rethrow();
        if (samples == 0) {
            throw Failure.usage(name + " holds no prices: each line must be time,price");
        }
    }

    /** A worker: takes chunks until there are none, or one worker has failed. */
    private void work(
            PriceChunk chunk,
            boolean filled,
            LineChunks chunks,
            PriceColumns columns,
            OutputStream out) {
        try {
            for (boolean more = filled || fill(chunk, chunks); more; more = fill(chunk, chunks)) {
                if (!through(chunk, columns, out)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            fail(interrupted());
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Takes a chunk through all that is to be done; false where another worker has failed. */
    private boolean through(PriceChunk chunk, PriceColumns columns, OutputStream out)
            throws IOException, InterruptedException {
        chunk.parse(columns);
        if (!computing.await(chunk.ticket())) {
            return false;
        }
        chunk.compute(samples, features, rules, zSignal);
        samples += chunk.rows();
        lines += chunk.lines();
        Failure trouble = chunk.trouble() == null ? null : trouble(chunk);
        if (trouble == null) {
            computing.pass(); // else nobody computes behind it
        }
        chunk.print();
        if (!writing.await(chunk.ticket())) {
            return false;
        }
        chunk.writeTo(out);
        if (trouble != null) {
            throw trouble;
        }
        writing.pass();
        return true;
    }

    private boolean fill(PriceChunk chunk, LineChunks chunks) {
        try {
            return chunk.fillFrom(chunks);
        } catch (IOException e) {
            throw Failure.outside(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Failure trouble(PriceChunk chunk) {
        if (chunk.trouble().equals(PriceChunk.NOT_UTF_8)) {
            return Failure.usage(name + " is no text in UTF-8: name a CSV of time,price");
        }
        String line = chunk.troubledLine();
        return Failure.usage(
                "%s, line %d: %s (\"%s\"); each line must be time,price"
                        .formatted(
                                name,
                                lines,
                                chunk.trouble(),
                                line.length() > MOST_SHOWN
                                        ? line.substring(0, MOST_SHOWN) + "..."
                                        : line));
    }

    private synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        computing.close();
        writing.close();
    }

    private synchronized void rethrow() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }
}
