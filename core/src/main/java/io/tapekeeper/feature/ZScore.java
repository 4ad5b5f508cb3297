package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How many standard deviations the close is from the mean of the last n closes, itself included: (p
 * − mean) / sample deviation. At most (n − 1) / √n.
 *
 * <p>NaN until n closes in a row are there, and where they are all equal. O(1) amortised, O(n)
 * memory. Not thread-safe.
 */
public final class ZScore {
    private final RollingWindow closes;

    /**
     * @param window n, in closes
     */
    public ZScore(int window) {
        closes = new RollingWindow(window);
    }

    /**
     * Takes the next close.
     *
     * @param number the bar's number, consecutive
     */
    public double update(long number, double price) {
        closes.add(number, price);
        if (!closes.full() || closes.flat()) {
            return Double.NaN;
        }
        double z = closes.latestLessMean() / closes.sampleDeviation();
        return Double.isFinite(z) ? z : Double.NaN;
    }

    /** Mean of the closes in the window, the last one included. */
    public double mean() {
        return closes.mean();
    }

    /** Closes in the window, up to n: how far the warm-up is. */
    public int count() {
        return closes.count();
    }

    /** Empties the window. */
    public void clear() {
        closes.clear();
    }

    void save(DataOutput state) throws IOException {
        closes.save(state);
    }

    void restore(DataInput state) throws IOException {
        closes.restore(state);
    }
}
