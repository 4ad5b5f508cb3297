package io.tapekeeper.exchange.synthetic;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;

/** The textbook definitions, computed from scratch. */
final class Statistics {
    private static final double MINUTES_PER_YEAR = 365 * 1440.0;

    private Statistics() {}

    /** What is measured on the closes of the minutes of a day. */
    static Map<String, Double> minuteFacts(double[] closes) {
        double[] returns = logReturns(closes);
        double[] sizes = Arrays.stream(returns).map(Math::abs).toArray();
        Map<String, Double> facts = new LinkedHashMap<>();
        facts.put("volatility of a year", Math.sqrt(variance(returns) * MINUTES_PER_YEAR));
        facts.put("kurtosis", kurtosis(returns));
        facts.put("tail index", hill(returns));
        facts.put("returns at lag 1", autocorrelation(returns, 1));
        facts.put("|returns| at lag 1", autocorrelation(sizes, 1));
        facts.put("|returns| at lag 10", autocorrelation(sizes, 10));
        facts.put("|returns| at lag 60", autocorrelation(sizes, 60));
        facts.put("minutes without a move", share(returns, r -> r == 0));
        return facts;
    }

    static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    static double mean(double[] x) {
        return Arrays.stream(x).average().orElseThrow();
    }

    static double variance(double[] x) {
        double mean = mean(x);
        return Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    }

    /** Fourth central moment over the squared second: 3 for a normal distribution. */
    static double kurtosis(double[] x) {
        double mean = mean(x);
        double variance = variance(x);
        return Arrays.stream(x).map(v -> Math.pow(v - mean, 4)).average().orElseThrow() / (variance * variance);
    }

    static double autocorrelation(double[] x, int lag) {
        double mean = mean(x);
        double sum = 0;
        for (int i = lag; i < x.length; i++) {
            sum += (x[i] - mean) * (x[i - lag] - mean);
        }
        return sum / (x.length - lag) / variance(x);
    }

    static double correlation(double[] x, double[] y) {
        double meanX = mean(x);
        double meanY = mean(y);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - meanX) * (y[i] - meanY);
        }
        return sum / x.length / Math.sqrt(variance(x) * variance(y));
    }

    /** Hill's estimate of the tail index, from the largest twentieth of |x|. */
    static double hill(double[] x) {
        double[] sorted = Arrays.stream(x).map(v -> -Math.abs(v)).sorted().toArray();
        int tail = Math.max(10, x.length / 20);
        double sum = 0;
        for (int i = 0; i < tail; i++) {
            sum += Math.log(sorted[i] / sorted[tail]);
        }
        return tail / sum;
    }

    static double quantile(double[] x, double share) {
        double[] sorted = Arrays.stream(x).sorted().toArray();
        return sorted[(int) (share * (sorted.length - 1))];
    }

    static double share(double[] x, DoublePredicate test) {
        return Arrays.stream(x).filter(test).count() / (double) x.length;
    }

    static double[] logReturns(double[] closes) {
        double[] returns = new double[closes.length - 1];
        for (int i = 0; i < returns.length; i++) {
            returns[i] = Math.log(closes[i + 1] / closes[i]);
        }
        return returns;
    }
}
