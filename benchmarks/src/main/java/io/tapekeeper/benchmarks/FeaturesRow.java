package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The classic features over an array, by JMH. */
final class FeaturesRow implements Row {
    /** Of the system, for whose packages it is. */
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    /**
     * Touched before the first bar: where memory that was never used is slow, what allocates gives a tenth of its speed
     * for seconds, ta4j above all.
     */
    private static final String[] HEAP = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"};

    // As the methods of ClassicFeaturesBenchmark are called.
    private static final String OURS = "classic";
    private static final String KEPT = "kept";
    private static final String TA4J = "ta4j";

    @Override
    public String name() {
        return "features";
    }

    @Override
    public String title() {
        return "features, rules and signal over an array, one bar a call";
    }

    @Override
    public int steps(Session session) {
        return (keeps(session) ? 4 : 3) * session.runs();
    }

    /** A figure that explains, and a process a run: not in three minutes. */
    private static boolean keeps(Session session) {
        return session.size() != Size.SHORT;
    }

    @Override
    public List<Figure> measure(Session session) throws IOException, InterruptedException {
        List<Double> ours = new ArrayList<>();
        List<Double> kept = new ArrayList<>();
        List<Double> ta4j = new ArrayList<>();
        List<Double> pandas = new ArrayList<>();
        for (int run = 0; run < session.runs(); run++) {
            ours.add(measure(session, OURS));
            ta4j.add(measure(session, TA4J));
            pandas.addAll(pandas(session));
            if (keeps(session)) {
                kept.add(measure(session, KEPT));
            }
        }
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(name(), OURS, "samples/s", ours, ">= 50,000,000"));
        if (keeps(session)) {
            figures.add(Figure.beside(name(), KEPT, "samples/s", kept));
        }
        figures.add(Figure.beside(name(), TA4J, "samples/s", ta4j));
        figures.add(Figure.ratio(name(), OURS + " / " + TA4J, ours, ta4j, ">= 100"));
        if (pandas.size() < ours.size()) {
            session.note("features: pandas is left out, for python3-pandas is not installed");
        } else {
            figures.add(Figure.beside(name(), "pandas, without baseline, rules, signal", "samples/s", pandas));
            figures.add(Figure.ratio(name(), OURS + " / pandas", ours, pandas, ">= 3"));
        }
        return figures;
    }

    /** A method of {@link ClassicFeaturesBenchmark}, by JMH, in a process of its own. */
    private static double measure(Session session, String method) throws IOException {
        session.step("JMH: " + method);
        boolean tiny = session.size() == Size.TINY;
        var options = new OptionsBuilder()
                .include(ClassicFeaturesBenchmark.class.getName() + "\\." + method + "$")
                .verbosity(VerboseMode.SILENT)
                .forks(tiny ? 0 : 1)
                .jvmArgsAppend(HEAP)
                .warmupIterations(tiny ? 0 : 2)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(tiny ? 50 : 1_000))
                .build();
        try {
            return new Runner(options).runSingle().getPrimaryResult().getScore();
        } catch (RunnerException e) {
            throw new IOException(e);
        }
    }

    /** What pandas does over whole arrays; nothing where it is not installed. */
    private static List<Double> pandas(Session session) throws IOException, InterruptedException {
        session.step("pandas");
        if (session.launcher().isEmpty() || !Files.isExecutable(PYTHON)) {
            return List.of();
        }
        Path script = session.launcher().get().resolveSibling("benchmarks/pandas-features.py");
        Process process = new ProcessBuilder(PYTHON.toString(), script.toString(), "1")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<Double> passes = process.inputReader().lines().map(Double::valueOf).toList();
        process.waitFor(); // its memory is free again
        return passes;
    }
}
