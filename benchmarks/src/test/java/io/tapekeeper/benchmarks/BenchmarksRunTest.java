package io.tapekeeper.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

class BenchmarksRunTest {
    /** Says nothing about speed: only that the benchmarks still run and yield figures. */
    @Test
    void theBenchmarksOfTheFeaturesRun() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(ClassicFeaturesBenchmark.class.getSimpleName())
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(100))
                        .build())
                .run();
        assertEquals(3, results.size()); // ours, with what is kept, and ta4j's
        for (RunResult result : results) {
            assertTrue(result.getPrimaryResult().getScore() > 0, result.toString());
        }
    }
}
