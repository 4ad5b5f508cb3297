package io.tapekeeper.recorder.repair;

import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How far a repair is.
 *
 * @param done ids that have come, or are known not to come
 * @param total ids that were missing when it began
 * @param secondsLeft NaN as long as there is nothing to judge by
 */
public record RepairProgress(long done, long total, double secondsLeft) {
    /** Counts ids, and judges by their pace. */
    static final class Meter implements LongConsumer {
        private final long total;
        private final LongSupplier nanos;
        private final Consumer<RepairProgress> out;
        private final long began;
        private long done;

        /** @param out takes each new progress */
        Meter(long total, LongSupplier nanos, Consumer<RepairProgress> out) {
            this.total = total;
            this.nanos = nanos;
            this.out = out;
            began = nanos.getAsLong();
        }

        @Override
        public void accept(long ids) {
            done += ids;
            double perId = (double) (nanos.getAsLong() - began) / done;
            double left = done == 0 ? Double.NaN : perId * (total - done) / 1e9;
            out.accept(new RepairProgress(done, total, left));
        }
    }
}
