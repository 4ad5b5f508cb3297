package io.tapekeeper.series;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.bar.Rollup;
import java.util.function.Consumer;

/**
 * Makes rows of a longer interval from shorter ones of the same series, in order of time. Rolling up in several steps
 * gives the same as doing it in one.
 *
 * <p>A longer row is emitted with its last part, or when a part of a later one arrives.
 *
 * <p>O(1) a row. Not thread-safe.
 */
public final class RowRollup {
    private final Interval interval;
    private final Consumer<RollupRow> out;
    private final Rollup bars;
    private RollupRow gathered; // its bar is the last part's; null = no row is open

    /**
     * @param interval a multiple of the interval of the rows that will be added
     * @param out gets each longer row as it closes
     */
    public RowRollup(Interval interval, Consumer<RollupRow> out) {
        this.interval = interval;
        this.out = out;
        bars = new Rollup(interval, this::closed);
    }

    public void add(RollupRow part) {
        if (gathered != null
                && interval.startOf(gathered.bar().start())
                        != interval.startOf(part.bar().start())) {
            bars.finish();
        }
        gathered = gathered == null ? part : gathered.and(part);
        bars.add(part.bar());
    }

    /** Emits the row that is still open, if there is one; where parts lack it is not complete. */
    public void finish() {
        bars.finish();
    }

    private void closed(Bar bar) {
        RollupRow row = gathered.with(bar);
        gathered = null;
        out.accept(row);
    }
}
