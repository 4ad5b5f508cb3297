package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Mean of the last m volatilities: what is usual here. NaN until m in a row are there. O(1)
 * amortised, O(m) memory. Not thread-safe.
 */
public final class Baseline {
    private final RollingWindow volatilities;

    /**
     * @param window m, in volatilities
     */
    public Baseline(int window) {
        volatilities = new RollingWindow(window);
    }

    /**
     * Takes the next volatility; NaN empties the window.
     *
     * @param number the bar's number, consecutive
     */
    public double update(long number, double volatility) {
        if (Double.isNaN(volatility)) {
            volatilities.clear();
            return Double.NaN;
        }
        volatilities.add(number, volatility);
        return volatilities.full() ? volatilities.mean() : Double.NaN;
    }

    void save(DataOutput state) throws IOException {
        volatilities.save(state);
    }

    void restore(DataInput state) throws IOException {
        volatilities.restore(state);
    }
}
