package io.tapekeeper.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Java program that runs as a process of its own, with the flags that ./tapekeeper gives. What it says on standard
 * output is read line by line; a figure is a line {@code NAME VALUE}.
 */
final class Program implements AutoCloseable {
    /** The same as in ./tapekeeper. */
    private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-Xms64m");

    /** Also as there, and for all: without it the JVM warns. */
    private static final List<String> QUIET_FLAGS = List.of("--enable-native-access=ALL-UNNAMED");

    /** Of JDKs from 23 on, also as there. */
    private static final List<String> NEWER_FLAGS = List.of("--sun-misc-unsafe-memory-access=allow");

    private static final String END = "\u0000"; // of its output
    private static final int TICKS_PER_SECOND = 100; // of the times in /proc, on every Linux

    /** Those that run: a benchmark that is stopped asks each of them to end. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroy)));
    }

    private final String name;
    private final Process process;
    private final Path errors;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();

    private Program(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        RUNNING.add(process);
        Thread.ofPlatform().daemon().name(name).start(this::read);
    }

    /** Starts a class of this class path. */
    static Program start(Path folder, String mainClass, List<String> flags, Object... arguments) throws IOException {
        List<String> all = new ArrayList<>(FLAGS);
        all.addAll(flags);
        return start(folder, System.getProperty("java.class.path"), mainClass, all, arguments);
    }

    /** Starts a class of others, with the JVM's own flags: ours were chosen for this program. */
    static Program peer(Path folder, String classPath, String mainClass, Object... arguments) throws IOException {
        return start(folder, classPath, mainClass, List.of(), arguments);
    }

    private static Program start(
            Path folder, String classPath, String mainClass, List<String> flags, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(QUIET_FLAGS);
        if (Runtime.version().feature() >= 23) {
            command.addAll(NEWER_FLAGS);
        }
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, mainClass));
        return launch(folder, mainClass.substring(mainClass.lastIndexOf('.') + 1), "", command, arguments);
    }

    /**
     * Starts the product as its users do, by ./tapekeeper, which becomes the JVM; from this class path where there is
     * no launcher.
     *
     * @param flag one more for the JVM; may be empty
     */
    static Program tapekeeper(Session session, String flag, Object... arguments) throws IOException {
        if (session.launcher().isEmpty()) {
            List<String> flags = flag.isEmpty() ? List.of() : List.of(flag);
            return start(session.folder(), "io.tapekeeper.app.Main", flags, arguments);
        }
        List<String> command = new ArrayList<>(List.of(session.launcher().get().toString()));
        return launch(session.folder(), "tapekeeper", flag, command, arguments);
    }

    private static Program launch(Path folder, String name, String flag, List<String> command, Object... arguments)
            throws IOException {
        Stream.of(arguments).map(String::valueOf).forEach(command::add);
        Path errors = Files.createTempFile(folder, name + "-", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(errors.toFile()).directory(folder.toFile());
        builder.environment().put("TAPEKEEPER_STATE", folder.toString()); // leaves nothing at home
        if (!flag.isEmpty()) {
            builder.environment().put("TAPEKEEPER_JAVA_OPTS", flag);
        }
        return new Program(name, builder.start(), errors);
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(e.toString()); // it ends, and the line is among what it said
        }
        lines.add(END);
    }

    /**
     * The rest of the next line that begins with {@code word} and a space.
     *
     * @throws IOException where it ends, or the time is over, before it says so
     */
    String await(String word, long seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.equals(END)) {
                throw new IOException("%s %s without saying \"%s\"; it said: %s %s"
                        .formatted(
                                name,
                                line == null ? "went on for " + seconds + " s" : "ended",
                                word,
                                said,
                                Files.readString(errors)));
            }
            if (line.startsWith(word + " ")) {
                return line.substring(word.length() + 1);
            }
            said.add(line);
        }
    }

    /** A line on its standard input. */
    void tell(String line) throws IOException {
        process.outputWriter().append(line).append('\n').flush();
    }

    /** The figures that it says until it ends. */
    Map<String, Double> figures(long seconds) throws IOException, InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
            await("success", 1);
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String line = lines.take(); !line.equals(END); line = lines.take()) {
            String[] words = line.split(" ", 2);
            if (words.length == 2 && words[1].matches("-?[0-9.]+(E-?[0-9]+)?")) {
                figures.put(words[0], Double.valueOf(words[1]));
            }
        }
        return figures;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Resident memory in bytes; −1 where the system does not tell. */
    long residentBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return -1;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(-1);
    }

    /**
     * Processor time of each thread so far, in seconds; those of one name together, and their numbers left out. Empty
     * where the system does not tell.
     */
    Map<String, Double> cpuSeconds() throws IOException {
        Map<String, Double> seconds = new LinkedHashMap<>();
        Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
        if (!Files.exists(tasks)) {
            return seconds;
        }
        try (Stream<Path> threads = Files.list(tasks)) {
            for (Path thread : (Iterable<Path>) threads::iterator) {
                String stat;
                try {
                    stat = Files.readString(thread.resolve("stat"));
                } catch (IOException e) {
                    continue; // it has ended since it was listed
                }
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                double ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
                String called = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                String group = called.replaceAll("[-#0-9 ]+$", "");
                seconds.merge(group, ticks / TICKS_PER_SECOND, Double::sum);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return seconds;
    }

    /** Asks it to end and waits until it has. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }
}
