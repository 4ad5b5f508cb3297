package io.tapekeeper.series;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.signal.Signal;

/**
 * What was known when a bar closed.
 *
 * @param bar the bar; its close is the price
 * @param rules bits of the {@link io.tapekeeper.alert.ClassicRules rules} that were true
 * @param complete whether the bar is complete and no gap lies within reach of the windows
 */
public record FeatureRow(Bar bar, FeatureValues values, Signal signal, int rules, boolean complete) {}
