package io.tapekeeper.analyze;

import io.tapekeeper.alert.ClassicRules;
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

    /** The table on its way: where its lines come from, what they hold, where its rows go. */
    private record Table(LineChunks chunks, PriceColumns columns, OutputStream out) {}

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
     * @throws TableException where the table cannot be read or understood; rows before that may have been written
     * @throws IOException where the rows cannot be written
     */
    public void run(InputStream in, OutputStream out) throws IOException {
        out.write(HEADER.getBytes(StandardCharsets.US_ASCII));
        LineChunks chunks = new LineChunks(in, chunkSize);
        PriceChunk first = new PriceChunk(chunkSize);
        fill(first, chunks);
        Table table = new Table(chunks, PriceColumns.of(first.firstLine()), out);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        tasks.add(new FutureTask<>(() -> work(0, first, true, table)));
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < workers && !first.last(); i++) {
            int worker = i;
            PriceChunk chunk = new PriceChunk(chunkSize);
            tasks.add(new FutureTask<>(() -> work(worker, chunk, false, table)));
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
            throw TableException.wrong(name + " holds no prices: each line must be time,price");
        }
    }

    /** Takes chunks until there are none, or a worker has failed. */
    private Void work(int worker, PriceChunk chunk, boolean filled, Table table)
            throws IOException, InterruptedException {
        boolean whole = false;
        try {
            boolean more = filled || fill(chunk, table.chunks);
            while (more) {
                more = through(chunk, table) && fill(chunk, table.chunks);
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
    private boolean through(PriceChunk chunk, Table table) throws IOException, InterruptedException {
        chunk.parse(table.columns);
        if (!computing.await(chunk.ticket())) {
            return false;
        }
        chunk.compute(samples, features, further, rules, zSignal);
        samples += chunk.rows();
        lines += chunk.lines();
        TableException trouble = chunk.trouble() == null ? null : trouble(chunk);
        if (trouble == null) {
            computing.pass(); // else no later chunk is computed
        }
        chunk.print();
        if (!writing.await(chunk.ticket())) {
            return false;
        }
        chunk.writeTo(table.out);
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
            throw TableException.unreadable(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private TableException trouble(PriceChunk chunk) {
        if (chunk.trouble().equals(PriceChunk.NOT_UTF_8)) {
            return TableException.wrong(name + " is no text in UTF-8: name a CSV of time,price");
        }
        String line = chunk.troubledLine();
        return TableException.wrong("%s, line %d: %s (\"%s\"); each line must be time,price"
                .formatted(
                        name,
                        lines,
                        chunk.trouble(),
                        line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + "..." : line));
    }

    /** The first failure counts; it ends the other workers. */
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
