package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The classic features over an array, by JMH. */
final class FeaturesRow implements Row {
    /** Of the system, for whose packages it is. */
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    /** Ours takes one, ta4j seven: before that it gives half. */
    private static final int WARM_UP_SECONDS = 8;

    // As the methods of ClassicFeaturesBenchmark are called.
    private static final String OURS = "classic";
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
        return 1;
    }

    @Override
    public List<Figure> measure(Session session) throws IOException {
        session.step("JMH");
        boolean tiny = session.size() == Size.TINY;
        List<Figure> figures = new ArrayList<>();
        Map<String, List<Double>> scores = new HashMap<>();
        try {
            for (RunResult result :
                    new Runner(
                                    new OptionsBuilder()
                                            .include(ClassicFeaturesBenchmark.class.getSimpleName())
                                            .verbosity(VerboseMode.SILENT)
                                            .forks(tiny ? 0 : 1)
                                            .warmupIterations(tiny ? 0 : WARM_UP_SECONDS)
                                            .warmupTime(TimeValue.seconds(1))
                                            .measurementIterations(session.runs())
                                            .measurementTime(
                                                    TimeValue.milliseconds(tiny ? 50 : 1_000))
                                            .build())
                            .run()) {
                var iterations =
                        result.getAggregatedResult().getIterationResults().stream()
                                .map(iteration -> iteration.getPrimaryResult().getScore())
                                .toList();
                String label = result.getPrimaryResult().getLabel();
                figures.add(
                        Figure.of(
                                name(),
                                label,
                                "samples/s",
                                iterations,
                                label.equals(OURS) ? ">= 50,000,000" : ""));
                scores.put(label, iterations);
            }
        } catch (RunnerException e) {
            throw new IOException(e);
        }
        figures.add(
                Figure.ratio(
                        name(), OURS + " / " + TA4J, scores.get(OURS), scores.get(TA4J), ">= 100"));
        figures.addAll(pandas(session, scores.get(OURS)));
        return figures;
    }

    /** Beside it what pandas does over whole arrays, where it is installed. */
    private List<Figure> pandas(Session session, List<Double> ours) throws IOException {
        List<Double> passes = new ArrayList<>();
        if (session.launcher().isPresent() && Files.isExecutable(PYTHON)) {
            Path script = session.launcher().get().resolveSibling("benchmarks/pandas-features.py");
            Process process =
                    new ProcessBuilder(PYTHON.toString(), script.toString())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.inputReader().lines().map(Double::valueOf).forEach(passes::add);
        }
        if (passes.isEmpty()) {
            session.note("features: pandas is left out, for python3-pandas is not installed");
            return List.of();
        }
        return List.of(
                Figure.beside(
                        name(), "pandas, without baseline, rules, signal", "samples/s", passes),
                Figure.ratio(name(), OURS + " / pandas", ours, passes, ">= 3"));
    }
}
