package io.tapekeeper.alert;

import io.tapekeeper.alert.Rule.Occasion;
import io.tapekeeper.feature.ClassicFeatures;
import io.tapekeeper.feature.Feature;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The classic rules, with their settings. A value that is not there makes no rule true.
 *
 * @param zThreshold t of z-high and z-low
 * @param spikeFactor k of volatility-spike
 */
public record ClassicRules(double zThreshold, double spikeFactor) implements Rule.Limits {
    /** z &gt; t. */
    public static final Rule Z_HIGH = new Rule(
            "z-high",
            "the z-score is above the threshold",
            1,
            Severity.CRITICAL,
            Feature.ZSCORE,
            (latest, limits) -> latest.zScore() > limits.zThreshold(),
            (values, limits) -> limits.zThreshold(),
            bar -> distance(bar, "above"));

    /** z &lt; −t. */
    public static final Rule Z_LOW = new Rule(
            "z-low",
            "the z-score is below minus the threshold",
            2,
            Severity.CRITICAL,
            Feature.ZSCORE,
            (latest, limits) -> latest.zScore() < -limits.zThreshold(),
            (values, limits) -> -limits.zThreshold(),
            bar -> distance(bar, "below"));

    /** volatility &gt; k × baseline. */
    public static final Rule VOLATILITY_SPIKE = new Rule(
            "volatility-spike",
            "the volatility is above a multiple of its baseline",
            4,
            Severity.WARNING,
            Feature.VOLATILITY,
            (latest, limits) -> latest.volatility() > limits.spikeFactor() * latest.baseline(),
            (values, limits) -> limits.spikeFactor() * values.of(Feature.BASELINE),
            ClassicRules::spike);

    /** All of them, in the order in which files print them; each has the next bit. */
    public static final List<Rule> ALL = List.of(Z_HIGH, Z_LOW, VOLATILITY_SPIKE);

    /** The rule of that label. */
    public static Rule named(String label) {
        return ALL.stream()
                .filter(rule -> rule.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no rule: \"" + label + "\""));
    }

    /** The labels of a set of rules, joined by {@code |}; empty for none. */
    public static String labels(int bits) {
        return ALL.stream().filter(rule -> rule.isIn(bits)).map(Rule::label).collect(Collectors.joining("|"));
    }

    /**
     * The rules that are true for the latest bar, as bits. Named one by one, the compiler knows each and puts it in
     * place; a loop over the list costs a call a rule, as much as the features themselves.
     */
    public int holding(ClassicFeatures latest) {
        return Z_HIGH.bitIfTrue(latest, this)
                | Z_LOW.bitIfTrue(latest, this)
                | VOLATILITY_SPIKE.bitIfTrue(latest, this);
    }

    private static String distance(Occasion bar, String where) {
        return "price "
                + Rounded.grouped(bar.price(), bar.pricePlaces())
                + " is "
                + Rounded.fixed(Math.abs(bar.values().of(Feature.ZSCORE)), 2)
                + " σ "
                + where
                + " its "
                + bar.window()
                + " mean of "
                + Rounded.grouped(bar.mean(), bar.pricePlaces())
                + " (threshold "
                + Rounded.shortest(bar.limits().zThreshold())
                + ")";
    }

    private static String spike(Occasion bar) {
        double volatility = bar.values().of(Feature.VOLATILITY);
        double baseline = bar.values().of(Feature.BASELINE);
        return "volatility "
                + Rounded.scientific(volatility, 2)
                + " is "
                + Rounded.fixed(volatility / baseline, 2)
                + " times its mean of "
                + Rounded.scientific(baseline, 2)
                + " over "
                + bar.baselineWindow()
                + " (threshold "
                + Rounded.shortest(bar.limits().spikeFactor())
                + " times)";
    }
}
