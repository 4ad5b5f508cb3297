package io.tapekeeper.benchmarks;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code ./tapekeeper run} against the sender, everything on, the page included. */
final class Recording implements AutoCloseable {
    /**
     * Processor time up to a moment.
     *
     * @param seconds by thread
     */
    record Cpu(long nanos, Map<String, Double> seconds) {
        /** The threads that took most of a processor between then and now, in words. */
        String since(Cpu before) {
            double passed = (nanos - before.nanos) / 1e9;
            Map<String, Double> shares = new LinkedHashMap<>();
            seconds.forEach(
                    (thread, spent) -> shares.put(thread, (spent - before.seconds.getOrDefault(thread, 0.0)) / passed));
            return shares.entrySet().stream()
                    .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                    .limit(MOST_THREADS)
                    .map(share -> "%s %.0f %%".formatted(share.getKey(), 100 * share.getValue()))
                    .collect(joining(", "));
        }

        private static final int MOST_THREADS = 8;
    }

    private static final int START_SECONDS = 60;

    private final Program program;
    private final URI page;

    private Recording(Program program) throws IOException, InterruptedException {
        this.program = program;
        page = URI.create(program.await("page:", START_SECONDS));
    }

    static Recording start(Session session, Path db, SenderProcess sender) throws IOException, InterruptedException {
        return new Recording(Program.tapekeeper(
                session,
                "",
                "run",
                "--rest-url=http://127.0.0.1:" + sender.port(),
                "--stream-url=ws://127.0.0.1:" + sender.port(),
                "--symbols=" + String.join(",", sender.symbols()),
                "--port=0",
                "--db=" + db));
    }

    URI page() {
        return page;
    }

    /** @throws IOException where it does not run any more */
    void check() throws IOException, InterruptedException {
        if (!program.isAlive()) {
            program.await("success", 1);
        }
    }

    long residentBytes() throws IOException {
        return program.residentBytes();
    }

    Cpu cpu() throws IOException {
        return new Cpu(System.nanoTime(), program.cpuSeconds());
    }

    @Override
    public void close() {
        program.close();
    }
}
