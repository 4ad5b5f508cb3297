package io.tapekeeper.live;

import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * One row in the table of metrics: a name, and where its numbers come from.
 *
 * @param name what follows {@code tapekeeper_}, with its unit: {@code disk_free_bytes}; a counter ends in
 *     {@code _total}
 * @param help one sentence, the same as in docs/metrics.md
 * @param label what tells its numbers apart, for example {@code symbol}; empty where there is only one
 * @param source reads the numbers as they stand now; called at each scrape, by any thread, and must not wait
 */
public record Metric(String name, String help, String label, Supplier<List<Sample>> source) {
    /**
     * One number.
     *
     * @param labelValue value of the metric's label; empty where it has none
     * @param value NaN where it is not known: it is left out
     */
    public record Sample(String labelValue, double value) {}

    /** A metric with one number and no label. */
    public static Metric of(String name, String help, DoubleSupplier source) {
        return new Metric(name, help, "", () -> List.of(new Sample("", source.getAsDouble())));
    }
}
