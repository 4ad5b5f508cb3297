package io.tapekeeper.series;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.signal.Signal;
import java.util.List;

/**
 * What the feature rows of one longer interval looked like.
 *
 * @param bar their bars, rolled up
 * @param low of each {@linkplain #FEATURES feature that is kept} the lowest value of the single rows, NaN where none of
 *     them had one
 * @param high the highest
 * @param signal of the last row
 * @param rules bits of all rules that were true at any time
 * @param complete whether every row is there and complete
 */
public record RollupRow(Bar bar, FeatureValues low, FeatureValues high, Signal signal, int rules, boolean complete) {
    /** The features that it has values of. */
    public static final List<Feature> FEATURES = Feature.allRolled();

    /** One feature row, as a roll-up of itself. */
    public static RollupRow of(FeatureRow row) {
        FeatureValues values = row.values().only(FEATURES);
        return new RollupRow(row.bar(), values, values, row.signal(), row.rules(), row.complete());
    }

    /** Both together, as far as values, signal and rules go; the bar is that of the later one. */
    RollupRow and(RollupRow later) {
        return new RollupRow(
                later.bar,
                low.lowest(later.low),
                high.highest(later.high),
                later.signal,
                rules | later.rules,
                complete && later.complete);
    }

    /** The same with the bar of all its parts. */
    RollupRow with(Bar whole) {
        return new RollupRow(whole, low, high, signal, rules, complete && whole.complete());
    }
}
