package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Computes one feature of the catalogue from the closes of a series, one bar at a time.
 *
 * <p>O(1) time and memory a bar. Its past may have no bound: the state is then all that is left of it. Not thread-safe.
 */
public interface CloseFeature {
    /** Takes the next close; returns the feature's value with it counted in, NaN where it has none. */
    double update(double close);

    /** Trades are missing between the last close and the next: nothing may be computed across. */
    void skipGap();

    /** Writes the exact state, for {@link #restore}. */
    void save(DataOutput state) throws IOException;

    /** Continues exactly where {@link #save} was called. */
    void restore(DataInput state) throws IOException;
}
