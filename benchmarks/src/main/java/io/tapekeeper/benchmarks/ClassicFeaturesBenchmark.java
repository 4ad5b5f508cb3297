package io.tapekeeper.benchmarks;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.signal.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.ta4j.core.BarSeries;
import org.ta4j.core.BaseBarSeriesBuilder;
import org.ta4j.core.Indicator;
import org.ta4j.core.Rule;
import org.ta4j.core.indicators.averages.SMAIndicator;
import org.ta4j.core.indicators.helpers.ClosePriceIndicator;
import org.ta4j.core.indicators.helpers.CombineIndicator;
import org.ta4j.core.indicators.helpers.PreviousValueIndicator;
import org.ta4j.core.indicators.statistics.StandardDeviationIndicator;
import org.ta4j.core.num.DoubleNumFactory;
import org.ta4j.core.num.Num;
import org.ta4j.core.rules.OverIndicatorRule;
import org.ta4j.core.rules.UnderIndicatorRule;

/**
 * Features, rules and signal over an array of closes, one bar a call; operations are bars.
 *
 * <p>Beside ours, in the same run, what ta4j does for the same numbers: its own indicators over its own series of
 * doubles, every index asked for once, in order.
 */
@OperationsPerInvocation(ClassicFeaturesBenchmark.PRICES)
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ClassicFeaturesBenchmark {
    static final int PRICES = 1 << 16;

    private final double[] prices = new double[PRICES];
    private final ClassicFeatures features = new ClassicFeatures(20, 100, 1_000_000);
    private final ClassicRules rules = new ClassicRules(3, 2);
    private long number;
    private BarSeries series;

    /** A random walk in ticks of 0.01 around 61,000. */
    @Setup
    public void walk() {
        Random random = new Random(1);
        long cents = 6_100_000;
        series = new BaseBarSeriesBuilder()
                .withNumFactory(DoubleNumFactory.getInstance())
                .build();
        for (int i = 0; i < PRICES; i++) {
            cents += Math.round(random.nextGaussian() * 200);
            prices[i] = cents / 100.0;
            series.barBuilder()
                    .timePeriod(Duration.ofSeconds(1))
                    .endTime(Instant.ofEpochSecond(i + 1))
                    .openPrice(prices[i])
                    .highPrice(prices[i])
                    .lowPrice(prices[i])
                    .closePrice(prices[i])
                    .volume(1)
                    .add();
        }
    }

    /** On the classes that the live path calls. */
    @Benchmark
    public void classic(Blackhole seen) {
        for (double price : prices) {
            features.update(number++, price);
            seen.consume(rules.holding(features));
            seen.consume(Signal.ofZScore(features.zScore(), 1));
        }
    }

    /** With all that is kept of a bar, as where it is stored: the logarithm, an object. */
    @Benchmark
    public void kept(Blackhole seen) {
        for (double price : prices) {
            features.update(number++, price);
            seen.consume(features.values());
            seen.consume(rules.holding(features));
            seen.consume(Signal.ofZScore(features.zScore(), 1));
        }
    }

    /** What {@link #classic} does, with ta4j; indicators are made anew, since they remember what they have said. */
    @Benchmark
    @SuppressWarnings("deprecation") // its newer name comes with a version that cannot be had
    public int ta4j() {
        Indicator<Num> close = new ClosePriceIndicator(series);
        Num one = series.numFactory().one();
        Indicator<Num> change = new CombineIndicator(
                close,
                new PreviousValueIndicator(close, 1),
                (now, before) -> now.dividedBy(before).minus(one));
        Indicator<Num> volatility = new StandardDeviationIndicator(change, 20);
        Indicator<Num> baseline = new SMAIndicator(volatility, 100);
        Indicator<Num> zScore = CombineIndicator.divide(
                CombineIndicator.minus(close, new SMAIndicator(close, 20)), new StandardDeviationIndicator(close, 20));
        Rule spike = new OverIndicatorRule(volatility, new CombineIndicator(baseline, baseline, Num::plus));
        Rule high = new OverIndicatorRule(zScore, 3);
        Rule low = new UnderIndicatorRule(zScore, -3);
        Rule sell = new OverIndicatorRule(zScore, 1);
        Rule buy = new UnderIndicatorRule(zScore, -1);
        int seen = 0;
        for (int i = 1; i < PRICES; i++) {
            seen += high.isSatisfied(i) ? 1 : 0;
            seen += low.isSatisfied(i) ? 2 : 0;
            seen += spike.isSatisfied(i) ? 4 : 0;
            seen += buy.isSatisfied(i) || sell.isSatisfied(i) ? 8 : 0;
        }
        return seen;
    }
}
