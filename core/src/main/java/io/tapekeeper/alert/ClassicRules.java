package io.tapekeeper.alert;

import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.FeatureValues;

/**
 * The classic rules: z-high z &gt; t, z-low z &lt; −t, volatility-spike volatility &gt; k × baseline. A value that is
 * not there makes no rule true.
 *
 * @param zThreshold t
 * @param spikeFactor k
 */
public record ClassicRules(double zThreshold, double spikeFactor) {
    /** The rules that are true for the latest bar, as bits. */
    public int holding(ClassicFeatures features) {
        int bits = 0;
        if (features.zScore() > zThreshold) {
            bits |= Rule.Z_HIGH.bit();
        }
        if (features.zScore() < -zThreshold) {
            bits |= Rule.Z_LOW.bit();
        }
        if (features.volatility() > spikeFactor * features.baseline()) {
            bits |= Rule.VOLATILITY_SPIKE.bit();
        }
        return bits;
    }

    /** The number that the rule looked at. */
    public double value(Rule rule, FeatureValues values) {
        return switch (rule) {
            case Z_HIGH, Z_LOW -> values.zScore();
            case VOLATILITY_SPIKE -> values.volatility();
        };
    }

    /** The number that it was compared with. */
    public double threshold(Rule rule, FeatureValues values) {
        return switch (rule) {
            case Z_HIGH -> zThreshold;
            case Z_LOW -> -zThreshold;
            case VOLATILITY_SPIKE -> spikeFactor * values.baseline();
        };
    }
}
