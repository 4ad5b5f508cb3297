package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Sample standard deviation (n − 1) of the last n returns.
 *
 * <p>Unit: standard deviation of the return from one bar to the next; {@link #annualised} scales it
 * by √(365 d / interval). NaN until n returns in a row are there. O(1) amortised, O(n) memory. Not
 * thread-safe.
 */
public final class Volatility {
    private static final double YEAR_MICROS = 365.0 * 24 * 60 * 60 * 1_000_000;

    private final RollingWindow returns;
    private final double perYear;

    /**
     * @param window n, in returns
     * @param intervalMicros length of a bar
     */
    public Volatility(int window, long intervalMicros) {
        returns = new RollingWindow(window);
        perYear = Math.sqrt(YEAR_MICROS / intervalMicros);
    }

    /**
     * Takes the next return.
     *
     * @param number the bar's number, consecutive
     * @param value the return; NaN empties the window
     */
    public double update(long number, double value) {
        if (Double.isNaN(value)) {
            returns.clear();
            return Double.NaN;
        }
        returns.add(number, value);
        if (!returns.full()) {
            return Double.NaN;
        }
        return returns.flat() ? 0 : returns.sampleDeviation();
    }

    /** A volatility of one bar as volatility of a year. */
    public double annualised(double volatility) {
        return volatility * perYear;
    }

    void save(DataOutput state) throws IOException {
        returns.save(state);
    }

    void restore(DataInput state) throws IOException {
        returns.restore(state);
    }
}
