package io.tapekeeper.series;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.signal.Signal;

/**
 * What the feature rows of one longer interval looked like.
 *
 * @param bar their bars, rolled up
 * @param change of the returns of the single rows, and not of the whole
 * @param signal of the last row
 * @param rules bits of all rules that were true at any time
 * @param complete whether every row is there and complete
 */
public record RollupRow(
        Bar bar,
        Extremes change,
        Extremes volatility,
        Extremes baseline,
        Extremes zScore,
        Signal signal,
        int rules,
        boolean complete) {
    /** One feature row, as a roll-up of itself. */
    public static RollupRow of(FeatureRow row) {
        FeatureValues values = row.values();
        return new RollupRow(
                row.bar(),
                Extremes.of(values.change()),
                Extremes.of(values.volatility()),
                Extremes.of(values.baseline()),
                Extremes.of(values.zScore()),
                row.signal(),
                row.rules(),
                row.complete());
    }
}
