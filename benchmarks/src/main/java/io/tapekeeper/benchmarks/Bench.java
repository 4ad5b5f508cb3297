package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./tapekeeper bench}: how fast it is on this machine. */
@Command(
        name = "tapekeeper bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures how fast Tapekeeper is on this machine, in under three minutes.",
            "Whole processes against a local sender; no network. Close what else is running first."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper bench                    the whole table",
            "  ./tapekeeper bench tape store         two rows of it",
            "  ./tapekeeper bench --json >bench.json",
            "  ./tapekeeper bench --full tape        as long as docs/performance.md measures",
            "",
            "Rows: tape, store (with replay), alert, features, analyze, memory.",
            "What each of them measures: docs/performance.md."
        })
public final class Bench implements Callable<Integer> {
    private static final int FINE = 0;
    private static final int BAD_USAGE = 2;
    private static final int OUTSIDE = 3;

    @Parameters(paramLabel = "ROW", description = "Rows to measure (default: all).")
    private List<String> wanted = List.of();

    @Option(names = "--full", description = "Longer and more runs; all rows take half an hour.")
    private boolean full;

    @Option(names = "--json", description = "Print JSON instead of the table.")
    private boolean json;

    @Option(names = "--pictures", paramLabel = "FOLDER", description = "Draw the figures as SVG into this folder too.")
    private Path pictures;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Where stores are written, and deleted (default: beside the build).")
    private Path folder = Path.of("");

    @Option(names = "--tiny", hidden = true, description = "Only show that all of it runs.")
    private boolean tiny;

    @Option(names = "--launcher", paramLabel = "FILE", hidden = true, description = "./tapekeeper, built.")
    private Path launcher;

    @Option(names = "--peers", paramLabel = "FOLDER", hidden = true, description = "Jars of the libraries of others.")
    private Path peers;

    private Bench() {}

    /** The entry of ./tapekeeper bench. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs one command line; returns its exit code. */
    static int execute(String... args) {
        CommandLine line = new CommandLine(new Bench());
        line.setUsageHelpAutoWidth(true);
        line.setParameterExceptionHandler((e, words) -> {
            say(e.getMessage() + " (see ./tapekeeper bench --help)");
            return BAD_USAGE;
        });
        return line.execute(args);
    }

    private static void say(String sentence) {
        System.err.println("tapekeeper: " + sentence);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Row> all = List.of(
                new TapeRow(peers),
                new StoreRow(),
                new AlertRow(),
                new FeaturesRow(),
                new AnalyzeRow(),
                new MemoryRow());
        List<String> names = all.stream().map(Row::name).toList();
        for (String name : wanted) {
            if (!names.contains(name)) {
                say("there is no row \"%s\": choose of %s".formatted(name, String.join(", ", names)));
                return BAD_USAGE;
            }
        }
        List<Row> rows = all.stream()
                .filter(row -> wanted.isEmpty() || wanted.contains(row.name()))
                .toList();
        // Not the system's folder for such files, which may be memory: what is stored is to be
        // durable.
        Path scratch = Files.createTempDirectory(folder.toAbsolutePath(), "tapekeeper-bench-");
        try {
            Report report = measure(rows, scratch);
            System.out.print(json ? report.json() + "\n" : report.table());
            if (pictures != null) {
                new Pictures(report).writeInto(pictures);
            }
            return FINE;
        } catch (IOException e) {
            say("this could not be measured: " + e.getMessage());
            return OUTSIDE;
        } finally {
            delete(scratch);
        }
    }

    private Report measure(List<Row> rows, Path scratch) throws IOException, InterruptedException {
        Machine machine = Machine.here();
        List<Figure> figures = new ArrayList<>();
        Size size = tiny ? Size.TINY : full ? Size.FULL : Size.SHORT;
        try (Progress progress = new Progress()) {
            Session session = new Session(scratch, size, Optional.ofNullable(launcher), progress);
            progress.begin(rows.stream().mapToInt(row -> row.steps(session)).sum());
            for (Row row : rows) {
                progress.row(row);
                figures.addAll(row.measure(session));
            }
            return new Report(Instant.now(), machine, size, figures, session.notes());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** A bar on standard error where that is a terminal; silent elsewhere. */
    private static final class Progress implements Consumer<String>, AutoCloseable {
        private ProgressBar bar; // null where nobody looks
        private String row = "";
        private long done = -1;

        void begin(int steps) {
            if (Boolean.getBoolean("tapekeeper.terminal.err")) {
                bar = new ProgressBarBuilder()
                        .setTaskName("bench")
                        .setInitialMax(steps)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .build();
            }
        }

        void row(Row next) {
            row = next.name();
        }

        @Override
        public void accept(String step) {
            done++;
            if (bar != null) {
                bar.stepTo(done).setExtraMessage(row + ": " + step);
            }
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.stepTo(bar.getMax());
                bar.close();
            }
        }
    }
}
