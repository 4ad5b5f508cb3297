package io.tapekeeper.feature;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** The features of one bar: a value for each entry of the {@link Feature} catalogue, NaN = no value. Immutable. */
public final class FeatureValues {
    private static final int COUNT = Feature.all().size();

    private final double[] values; // by the catalogue's order
    private final boolean whole;

    private FeatureValues(double[] values) {
        this(values, true);
    }

    private FeatureValues(double[] values, boolean whole) {
        this.values = values;
        this.whole = whole;
    }

    /**
     * All features of a bar.
     *
     * @param values in the catalogue's order; handed over
     * @param whole whether the further features are computed
     */
    public static FeatureValues of(double[] values, boolean whole) {
        return new FeatureValues(values, whole);
    }

    /**
     * @param values in the catalogue's order; features beyond the last of them have no value. Handed over: must not be
     *     changed afterwards
     */
    public static FeatureValues of(double... values) {
        if (values.length == COUNT) {
            return new FeatureValues(values);
        }
        double[] all = Arrays.copyOf(values, COUNT);
        Arrays.fill(all, values.length, COUNT, Double.NaN);
        return new FeatureValues(all);
    }

    /** Those of some features; the others have no value. */
    public static FeatureValues of(List<Feature> features, double... values) {
        double[] all = new double[COUNT];
        Arrays.fill(all, Double.NaN);
        for (int at = 0; at < values.length; at++) {
            all[features.get(at).place()] = values[at];
        }
        return new FeatureValues(all);
    }

    /**
     * Whether what has no value is known to have none. False where the {@linkplain Feature#allFurther further} features
     * were not computed, because closes since the beginning were not there: a store then keeps what it has.
     */
    public boolean isWhole() {
        return whole;
    }

    /** The value of a feature, NaN where it has none. */
    public double of(Feature feature) {
        return values[feature.place()];
    }

    /** The lower of both, feature by feature; a value where only one has it. */
    public FeatureValues lowest(FeatureValues other) {
        return with(other, Math::min);
    }

    /** The higher of both, feature by feature; a value where only one has it. */
    public FeatureValues highest(FeatureValues other) {
        return with(other, Math::max);
    }

    private FeatureValues with(FeatureValues other, DoubleBinaryOperator both) {
        double[] joined = new double[COUNT];
        for (int at = 0; at < COUNT; at++) {
            double one = values[at];
            double two = other.values[at];
            joined[at] = Double.isNaN(one) ? two : Double.isNaN(two) ? one : both.applyAsDouble(one, two);
        }
        return new FeatureValues(joined);
    }

    /** Only those of some features. */
    public FeatureValues only(List<Feature> features) {
        double[] some = new double[COUNT];
        Arrays.fill(some, Double.NaN);
        for (Feature feature : features) {
            some[feature.place()] = of(feature);
        }
        return new FeatureValues(some);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureValues those && Arrays.equals(values, those.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
