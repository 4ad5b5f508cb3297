package io.tapekeeper.benchmarks;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.signal.Signal;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Features, rules and signal of one bar: operations are bars. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ClassicFeaturesBenchmark {
    private static final int PRICES = 1 << 16;

    private final double[] prices = new double[PRICES];
    private final ClassicFeatures features = new ClassicFeatures(20, 100, 1_000_000);
    private final ClassicRules rules = new ClassicRules(3, 2);
    private long number;

    /** A random walk in ticks of 0.01 around 61,000. */
    @Setup
    public void walk() {
        Random random = new Random(1);
        long cents = 6_100_000;
        for (int i = 0; i < PRICES; i++) {
            cents += Math.round(random.nextGaussian() * 200);
            prices[i] = cents / 100.0;
        }
    }

    /** One bar. */
    @Benchmark
    public int bar() {
        FeatureValues values = features.update(number, prices[(int) (number++ & (PRICES - 1))]);
        int holding = rules.holding(values);
        return Signal.ofZScore(values.zScore(), 1) == Signal.BUY ? ~holding : holding;
    }
}
