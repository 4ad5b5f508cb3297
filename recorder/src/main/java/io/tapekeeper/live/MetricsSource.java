package io.tapekeeper.live;

import java.util.List;

/** Somebody who counts. Asked at each scrape, by any thread, and must not wait. */
@FunctionalInterface
public interface MetricsSource {
    /** All that it counts, as it stands now. */
    List<Metric> metrics();

    /**
     * One number of one thing.
     *
     * @param name after {@code tapekeeper_}, with its unit: {@code disk_free_bytes}; a counter ends in {@code _total}
     * @param help one sentence, the same for each label
     * @param label what sets it apart from others of its name, for example {@code symbol}; empty where there is one
     *     alone
     * @param labelValue of that label
     * @param value NaN where it is not known: it is left out then
     */
    record Metric(String name, String help, String label, String labelValue, double value) {
        /** A number that has no label. */
        public static Metric of(String name, String help, double value) {
            return new Metric(name, help, "", "", value);
        }

        /** A count that has no label. */
        public static Metric of(String name, String help, long count) {
            return of(name, help, (double) count);
        }

        /** A count of one symbol. */
        public static Metric of(String name, String help, String symbol, long count) {
            return of(name, help, symbol, (double) count);
        }

        /** A number of one symbol. */
        public static Metric of(String name, String help, String symbol, double value) {
            return new Metric(name, help, "symbol", symbol, value);
        }
    }
}
