package io.tapekeeper.feature;

/**
 * The classic features of one bar. NaN = no value.
 *
 * @param change p / p₋₁ − 1, a fraction
 * @param logReturn ln(p / p₋₁)
 * @param volatility sample deviation of the last n returns, per bar
 * @param annualised the same per √year of 365 days
 * @param baseline mean of the last m volatilities
 * @param mean mean of the last n closes, whatever the warm-up
 * @param zScore (p − mean) / sample deviation of the last n closes
 */
public record FeatureValues(
        double change,
        double logReturn,
        double volatility,
        double annualised,
        double baseline,
        double mean,
        double zScore) {
    /** The same as a store keeps it: the mean explains an alert and is not stored. */
    public FeatureValues withoutMean() {
        return new FeatureValues(change, logReturn, volatility, annualised, baseline, Double.NaN, zScore);
    }
}
