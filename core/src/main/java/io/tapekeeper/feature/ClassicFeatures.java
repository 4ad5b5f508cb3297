package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The classic features of one series of closes, side by side. O(1) a bar. Not thread-safe. */
public final class ClassicFeatures {
    private final Return change = new Return();
    private final Volatility volatility;
    private final Baseline baseline;
    private final ZScore zScore;
    private double latestChange = Double.NaN;
    private double latestVolatility = Double.NaN;
    private double latestBaseline = Double.NaN;
    private double latestZScore = Double.NaN;

    /**
     * @param window n of volatility and z-score, in bars
     * @param baselineWindow m, in volatilities
     * @param intervalMicros length of a bar
     */
    public ClassicFeatures(int window, int baselineWindow, long intervalMicros) {
        volatility = new Volatility(window, intervalMicros);
        baseline = new Baseline(baselineWindow);
        zScore = new ZScore(window);
    }

    /**
     * Takes the next close; the features below are then those of its bar.
     *
     * @param number the bar's number since the epoch, one more than the last
     */
    public void update(long number, double price) {
        latestChange = change.update(price);
        latestVolatility = volatility.update(number, latestChange);
        latestBaseline = baseline.update(number, latestVolatility);
        latestZScore = zScore.update(number, price);
    }

    /** p / p₋₁ − 1. */
    public double change() {
        return latestChange;
    }

    /** Sample deviation of the last n returns, per bar. */
    public double volatility() {
        return latestVolatility;
    }

    /** Mean of the last m volatilities. */
    public double baseline() {
        return latestBaseline;
    }

    /** (p − mean) / sample deviation of the last n closes. */
    public double zScore() {
        return latestZScore;
    }

    /** All features of the latest bar, to keep. */
    public FeatureValues values() {
        return new FeatureValues(
                latestChange,
                change.log(),
                latestVolatility,
                volatility.annualised(latestVolatility),
                latestBaseline,
                zScore.mean(),
                latestZScore);
    }

    /** A hole: no return across it, and every window fills anew. */
    public void clear() {
        change.clear();
        zScore.clear(); // the others empty themselves with the return that is missing
    }

    /** Closes in the z-score's window, up to n: how far the warm-up is. */
    public int warm() {
        return zScore.count();
    }

    /** Writes the exact state, for {@link #restore}. */
    public void save(DataOutput state) throws IOException {
        change.save(state);
        volatility.save(state);
        baseline.save(state);
        zScore.save(state);
    }

    /** Continues exactly where {@link #save} was called. */
    public void restore(DataInput state) throws IOException {
        change.restore(state);
        volatility.restore(state);
        baseline.restore(state);
        zScore.restore(state);
    }
}
