package io.tapekeeper.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One line of the table: what was measured, once or several times.
 *
 * @param row the benchmark that it belongs to
 * @param unit of all runs, for example {@code trades/s}
 * @param runs in the order in which they were measured
 * @param target what is to be reached, in words; empty where the figure only stands beside another
 */
record Figure(String row, String what, String unit, List<Double> runs, String target) {
    Figure {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no run of " + row + ", " + what);
        }
        runs = List.copyOf(runs);
    }

    static Figure of(String row, String what, String unit, List<Double> runs, String target) {
        return new Figure(row, what, unit, runs, target);
    }

    static Figure beside(String row, String what, String unit, List<Double> runs) {
        return new Figure(row, what, unit, runs, "");
    }

    /** Run by run, for what was measured side by side: other load on the machine cancels out. */
    static Figure ratio(String row, String what, List<Double> of, List<Double> to, String target) {
        Double[] ratios = new Double[Math.min(of.size(), to.size())];
        Arrays.setAll(ratios, run -> of.get(run) / to.get(run));
        return new Figure(row, what, "x", List.of(ratios), target);
    }

    double min() {
        return runs.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The upper one of the two in the middle where their number is even. */
    double median() {
        return runs.stream().sorted().toList().get(runs.size() / 2);
    }

    double max() {
        return runs.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** A value of this figure as the table prints it. */
    static String text(double value) {
        return value >= 1_000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }
}
