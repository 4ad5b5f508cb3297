package io.tapekeeper.alert;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;

/**
 * A rule: everything that there is to say about one reason to look at a bar.
 *
 * @param label as files and APIs print it
 * @param title when it is true, for people
 * @param bit its bit in a set of rules, also in the store
 * @param feature what it looks at
 * @param when whether it is true for the latest bar
 * @param threshold what the feature is compared with
 * @param reason one sentence with the numbers
 */
public record Rule(
        String label,
        String title,
        int bit,
        Severity severity,
        Feature feature,
        When when,
        Threshold threshold,
        Reason reason) {
    /** The settings of rules. */
    public interface Limits {
        double zThreshold();

        double spikeFactor();
    }

    /** Whether a rule is true for the latest bar; never where a value is missing. */
    public interface When {
        boolean holds(ClassicFeatures latest, Limits limits);
    }

    /** The number that the feature of a bar is compared with. */
    public interface Threshold {
        double of(FeatureValues values, Limits limits);
    }

    /** Says in one sentence why a rule is true. */
    public interface Reason {
        String of(Occasion bar);
    }

    /**
     * The bar that made a rule true, as a reason names it.
     *
     * @param price its close
     * @param pricePlaces decimals of prices
     * @param mean of the closes in the window
     * @param window of volatility and z-score
     * @param baselineWindow of the baseline
     */
    public record Occasion(
            double price,
            int pricePlaces,
            double mean,
            FeatureValues values,
            Interval window,
            Interval baselineWindow,
            Limits limits) {}

    /** The rule's bit where it is true for the latest bar, else 0. */
    int bitIfTrue(ClassicFeatures latest, Limits limits) {
        return when.holds(latest, limits) ? bit : 0;
    }

    /** Whether it is in a set of rules. */
    public boolean isIn(int bits) {
        return (bits & bit) != 0;
    }

    @Override
    public String toString() {
        return label;
    }
}
