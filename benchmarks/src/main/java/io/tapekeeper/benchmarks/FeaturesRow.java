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
        return 4 * rounds(session);
    }

    /** Each takes half a minute, most of it to warm up: time that only long benchmarks have. */
    private static int rounds(Session session) {
        return session.size() == Size.FULL ? session.runs() : 1;
    }

    @Override
    public List<Figure> measure(Session session) throws IOException {
        List<Double> ours = new ArrayList<>();
        List<Double> kept = new ArrayList<>();
        List<Double> ta4j = new ArrayList<>();
        List<Double> pandas = new ArrayList<>();
        for (int round = 0; round < rounds(session); round++) {
            ours.addAll(measure(session, OURS, 3));
            ta4j.addAll(measure(session, TA4J, 8)); // until then it gives half of it
            pandas.addAll(pandas(session));
            kept.addAll(measure(session, KEPT, 8)); // a tenth, for two or three seconds
        }
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(name(), OURS, "samples/s", ours, ">= 50,000,000"));
        figures.add(Figure.beside(name(), KEPT, "samples/s", kept));
        figures.add(Figure.beside(name(), TA4J, "samples/s", ta4j));
        figures.add(Figure.ratio(name(), OURS + " / " + TA4J, ours, ta4j, ">= 100"));
        if (pandas.isEmpty()) {
            session.note("features: pandas is left out, for python3-pandas is not installed");
        } else {
            figures.add(
                    Figure.beside(
                            name(),
                            "pandas, without baseline, rules, signal",
                            "samples/s",
                            pandas));
            figures.add(Figure.ratio(name(), OURS + " / pandas", ours, pandas, ">= 3"));
        }
        return figures;
    }

    /** One round of a method of {@link ClassicFeaturesBenchmark}, by JMH. */
    private static List<Double> measure(Session session, String method, int warmUpSeconds)
            throws IOException {
        session.step("JMH: " + method);
        boolean tiny = session.size() == Size.TINY;
        var options =
                new OptionsBuilder()
                        .include(ClassicFeaturesBenchmark.class.getName() + "\\." + method + "$")
                        .verbosity(VerboseMode.SILENT)
                        .forks(tiny ? 0 : 1)
                        .warmupIterations(tiny ? 0 : warmUpSeconds)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(session.runs() / rounds(session))
                        .measurementTime(TimeValue.milliseconds(tiny ? 50 : 1_000))
                        .build();
        try {
            return new Runner(options)
                    .runSingle().getAggregatedResult().getIterationResults().stream()
                            .map(iteration -> iteration.getPrimaryResult().getScore())
                            .toList();
        } catch (RunnerException e) {
            throw new IOException(e);
        }
    }

    /** What pandas does over whole arrays, as often; nothing where it is not installed. */
    private static List<Double> pandas(Session session) throws IOException {
        session.step("pandas");
        if (session.launcher().isEmpty() || !Files.isExecutable(PYTHON)) {
            return List.of();
        }
        Path script = session.launcher().get().resolveSibling("benchmarks/pandas-features.py");
        Process process =
                new ProcessBuilder(
                                PYTHON.toString(),
                                script.toString(),
                                String.valueOf(session.runs() / rounds(session)))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return process.inputReader().lines().map(Double::valueOf).toList();
    }
}
