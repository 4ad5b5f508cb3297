package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The classic features over an array, by JMH. */
final class FeaturesRow implements Row {
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
        try {
            for (RunResult result :
                    new Runner(
                                    new OptionsBuilder()
                                            .include(ClassicFeaturesBenchmark.class.getSimpleName())
                                            .verbosity(VerboseMode.SILENT)
                                            .forks(tiny ? 0 : 1)
                                            .warmupIterations(tiny ? 0 : 2)
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
                                label.equals("classic") ? ">= 50,000,000" : ""));
            }
        } catch (RunnerException e) {
            throw new IOException(e);
        }
        return figures;
    }
}
