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
     * Takes the next close.
     *
     * @param number the bar's number since the epoch, one more than the last
     */
    public FeatureValues update(long number, double price) {
        double itsReturn = change.update(price);
        double itsVolatility = volatility.update(number, itsReturn);
        double itsBaseline = baseline.update(number, itsVolatility);
        double z = zScore.update(number, price);
        return new FeatureValues(
                itsReturn,
                change.log(),
                itsVolatility,
                volatility.annualised(itsVolatility),
                itsBaseline,
                zScore.mean(),
                z);
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
