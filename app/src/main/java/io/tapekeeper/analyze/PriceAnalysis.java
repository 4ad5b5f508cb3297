package io.tapekeeper.analyze;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FurtherFeatures;
import io.tapekeeper.series.Preset;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Features, signal and rules of a table of prices, with all cores.
 *
 * <p>Every worker takes a chunk of lines through all that is to be done with it. Parsing and printing, which are nearly
 * all of the work, happen side by side; computing and writing go by {@link TicketQueue}, in the order of the file, so
 * the rows are those that one thread would give. No queue lies between the workers: what is in memory is one chunk
 * each.
 */
public final class PriceAnalysis {
    private static final String HEADER = Stream.of(
                    Stream.of("time", "price"),
                    Feature.at(Feature.Csv.FIRST).stream().map(Feature::column),
                    Stream.of("signal", "alerts"),
                    Feature.at(Feature.Csv.LAST).stream().map(Feature::column))
            .flatMap(columns -> columns)
            .collect(Collectors.joining(",", "", "\n"));

    private static final int CHUNK = 1 << 17;
    private static final int MOST_WORKERS = 8; // computing alone keeps up with about so many
    private static final int MOST_SHOWN = 60; // characters of a line that is wrong

    private final String name;
    private final int chunkSize;
    private final int workers;
    private final double zSignal;
    private final ClassicFeatures features;
    private final FurtherFeatures further = new FurtherFeatures();
    private final ClassicRules rules;
    private final TicketQueue computing = new TicketQueue();
    private final TicketQueue writing = new TicketQueue();

    private long lines; // of the chunks computed so far; by turns, as the features
    private long samples;
    private int failed = -1; // the worker that failed first; guarded by this until all have ended

    /** @param name of the table, for messages */
    public PriceAnalysis(String name, Preset preset) {
        this(name, preset, CHUNK, Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors()));
    }

    /** @param chunkSize bytes that a worker takes at once; no line may be longer */
    public PriceAnalysis(String name, Preset preset, int chunkSize, int workers) {
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
     * @throws CommandFailure where the table cannot be read or understood; rows before that may have been written
     * @throws IOException where the rows cannot be written
     */
    public void run(InputStream in, OutputStream out) throws IOException {
        out.write(HEADER.getBytes(StandardCharsets.US_ASCII));
        LineChunks chunks = new LineChunks(in, chunkSize);
        PriceChunk first = new PriceChunk(chunkSize);
        fill(first, chunks);
        PriceColumns columns = PriceColumns.of(first.firstLine());
        List<FutureTask<Void>> tasks = new ArrayList<>();
        tasks.add(new FutureTask<>(() -> work(0, first, true, chunks, columns, out)));
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < workers && !first.last(); i++) {
            int worker = i;
            PriceChunk chunk = new PriceChunk(chunkSize);
            tasks.add(new FutureTask<>(() -> work(worker, chunk, false, chunks, columns, out)));
            others.add(Thread.ofPlatform().name("analyze-" + i).daemon().start(tasks.getLast()));
        }
        tasks.getFirst().run();
        try {
            for (Thread other : others) {
                other.join();
            }
            if (failed >= 0) {
                tasks.get(failed).get();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
        if (samples == 0) {
            throw CommandFailure.usage(name + " holds no prices: each line must be time,price");
        }
    }

    /** A worker: takes chunks until there are none, or one worker has failed. */
    private Void work(
            int worker, PriceChunk chunk, boolean filled, LineChunks chunks, PriceColumns columns, OutputStream out)
            throws IOException, InterruptedException {
        boolean whole = false;
        try {
            boolean more = filled || fill(chunk, chunks);
            while (more) {
                more = through(chunk, columns, out) && fill(chunk, chunks);
            }
            whole = true;
        } finally {
            if (!whole) {
                fail(worker);
            }
        }
        return null;
    }

    /** Takes a chunk through all that is to be done; false where another worker has failed. */
    private boolean through(PriceChunk chunk, PriceColumns columns, OutputStream out)
            throws IOException, InterruptedException {
        chunk.parse(columns);
        if (!computing.await(chunk.ticket())) {
            return false;
        }
        chunk.compute(samples, features, further, rules, zSignal);
        samples += chunk.rows();
        lines += chunk.lines();
        CommandFailure trouble = chunk.trouble() == null ? null : trouble(chunk);
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
            throw CommandFailure.outside(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private CommandFailure trouble(PriceChunk chunk) {
        if (chunk.trouble().equals(PriceChunk.NOT_UTF_8)) {
            return CommandFailure.usage(name + " is no text in UTF-8: name a CSV of time,price");
        }
        String line = chunk.troubledLine();
        return CommandFailure.usage("%s, line %d: %s (\"%s\"); each line must be time,price"
                .formatted(
                        name,
                        lines,
                        chunk.trouble(),
                        line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + "..." : line));
    }

    /** The first one that fails counts; the others are sent home. */
    private synchronized void fail(int worker) {
        if (failed < 0) {
            failed = worker;
        }
        computing.close();
        writing.close();
    }

    /** What ended a worker, for the caller. */
    private static IOException rethrown(Throwable failure) {
        return switch (failure) {
            case IOException e -> e;
            case InterruptedException e -> interrupted();
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        };
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }
}
