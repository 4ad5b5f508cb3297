package io.tapekeeper.market;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** An {@link Amount} that grows in place: the same exact 128 bits without an object for each step. Not thread-safe. */
public final class AmountSum {
    private long high;
    private long low;

    /** Begins again at 0. */
    public void clear() {
        high = 0;
        low = 0;
    }

    public void add(long units) {
        add(units >> 63, units);
    }

    /** Adds the exact product of two integers. */
    public void addProduct(long a, long b) {
        add(Math.multiplyHigh(a, b), a * b);
    }

    private void add(long itsHigh, long itsLow) {
        low += itsLow;
        high += itsHigh + (Long.compareUnsigned(low, itsLow) < 0 ? 1 : 0);
    }

    public Amount toAmount() {
        return high == 0 && low == 0 ? Amount.ZERO : new Amount(high, low);
    }

    /** Writes the exact state, for {@link #restore}. */
    public void save(DataOutput state) throws IOException {
        state.writeLong(high);
        state.writeLong(low);
    }

    /** Continues exactly where {@link #save} was called. */
    public void restore(DataInput state) throws IOException {
        high = state.readLong();
        low = state.readLong();
    }
}
