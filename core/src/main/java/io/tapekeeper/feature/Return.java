package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The change from the previous close.
 *
 * <p>return = p / p₋₁ − 1, a fraction; log return = ln(p / p₋₁). NaN for the first close, behind a
 * hole, and where p₋₁ is 0 or the ratio has no logarithm. O(1). Not thread-safe.
 */
public final class Return {
    private double last = Double.NaN;
    private double ratio = Double.NaN;

    /** Takes the next close; returns the return, or NaN. */
    public double update(double price) {
        ratio = price / last;
        last = price;
        double value = ratio - 1;
        return Double.isFinite(value) ? value : Double.NaN;
    }

    /** The log return of the last update, or NaN. StrictMath: the same bits on every machine. */
    public double log() {
        double value = StrictMath.log(ratio);
        return Double.isFinite(value) ? value : Double.NaN;
    }

    /** Breaks the chain: the next return is NaN. */
    public void clear() {
        last = Double.NaN;
    }

    void save(DataOutput state) throws IOException {
        state.writeDouble(last);
    }

    void restore(DataInput state) throws IOException {
        last = state.readDouble();
    }
}
