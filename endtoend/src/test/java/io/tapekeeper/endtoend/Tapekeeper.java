package io.tapekeeper.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running {@code ./tapekeeper}, a process of its own. */
final class Tapekeeper implements AutoCloseable {
    private static final Pattern PAGE = Pattern.compile("page: (http://\\S+)");
    private static final Duration START = Duration.ofSeconds(30);

    private final Process process;
    private final Path output;

    private Tapekeeper(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a command; what it prints goes into a file of {@code folder}. */
    static Tapekeeper start(Path folder, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("tapekeeper.lib") + "/*",
                "io.tapekeeper.app.Main"));
        command.addAll(List.of(words));
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Tapekeeper(process, output);
    }

    /** The address of its page, as soon as it says it. */
    String page() {
        return awaitOutput(PAGE).group(1);
    }

    /** Waits until it has printed this text. */
    void awaitOutput(String text) {
        awaitOutput(Pattern.compile(Pattern.quote(text)));
    }

    private Matcher awaitOutput(Pattern pattern) {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            Matcher said = pattern.matcher(output());
            if (said.find()) {
                return said;
            }
            if (!process.isAlive()) {
                break;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("never said " + pattern + ": " + output());
    }

    /** Waits until it ends by itself; returns its exit code. */
    int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("did not end within " + limit + ": " + output());
        }
        return process.exitValue();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end as Ctrl+C does; returns how long that took. */
    Duration stop() throws InterruptedException {
        long asked = System.nanoTime();
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("does not end: " + output());
        }
        return Duration.ofNanos(System.nanoTime() - asked);
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Ends it as a crash does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
