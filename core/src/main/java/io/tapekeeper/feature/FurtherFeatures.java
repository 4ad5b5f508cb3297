package io.tapekeeper.feature;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The features of the catalogue beside the classic ones, of one series of closes.
 *
 * <p>The past of such a feature may have no bound, so its value needs every close since the tape began. A state that
 * was saved before the catalogue had the feature lacks them: the features are then <em>unknown</em> and have no values,
 * until {@link #learn} brings what was computed from the stored closes meanwhile. {@value #RECENT} closes are kept for
 * that; nothing is kept once all are known.
 *
 * <p>O(1) a close, nothing allocated. Not thread-safe.
 */
public final class FurtherFeatures {
    /** How many closes what is learned may lie back. */
    static final int RECENT = 4_096;

    private final List<Feature> features = Feature.allFurther();
    private final CloseFeature[] computations = new CloseFeature[features.size()];
    private final double[] values = new double[computations.length];
    private boolean known = true;

    // The latest closes while unknown, by their count; and whether each followed the one before.
    private long[] numbers;
    private double[] closes;
    private boolean[] follows;
    private long taken;

    public FurtherFeatures() {
        begin();
    }

    private void begin() {
        for (int at = 0; at < computations.length; at++) {
            computations[at] = features.get(at).computation();
        }
        Arrays.fill(values, Double.NaN);
    }

    /**
     * Takes the next close.
     *
     * @param number the bar's number since the epoch
     * @param hasReturn whether there is a return from the close before it: none at the first close and after a gap
     */
    public void update(long number, double close, boolean hasReturn) {
        if (known) {
            for (int at = 0; at < computations.length; at++) {
                if (!hasReturn) {
                    computations[at].skipGap();
                }
                values[at] = computations[at].update(close);
            }
        } else {
            int place = (int) (taken++ % RECENT);
            numbers[place] = number;
            closes[place] = close;
            follows[place] = hasReturn;
        }
    }

    /** The value after the latest close of the feature at a place among {@link Feature#allFurther}. */
    public double value(int at) {
        return values[at];
    }

    /** Writes the values after the latest close to their places in the catalogue. */
    public void values(double[] all) {
        System.arraycopy(values, 0, all, all.length - values.length, values.length);
    }

    /** Whether every close since the beginning is counted in; false while the features have no values. */
    public boolean areKnown() {
        return known;
    }

    /** Writes the exact state, for {@link #restore}: each feature by its name, so that others can be added. */
    public void save(DataOutput state) throws IOException {
        state.writeInt(known ? computations.length : 0);
        for (int at = 0; known && at < computations.length; at++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            computations[at].save(new DataOutputStream(bytes));
            state.writeUTF(features.get(at).column());
            state.writeInt(bytes.size());
            state.write(bytes.toByteArray());
        }
    }

    /** Continues exactly where {@link #save} was called; unknown where the state lacks one of the features. */
    public void restore(DataInput state) throws IOException {
        begin();
        Set<Feature> restored = new HashSet<>();
        for (int left = state.readInt(); left > 0; left--) {
            String column = state.readUTF();
            byte[] bytes = new byte[state.readInt()];
            state.readFully(bytes);
            for (int at = 0; at < computations.length; at++) {
                if (features.get(at).column().equals(column)) {
                    computations[at].restore(new DataInputStream(new ByteArrayInputStream(bytes)));
                    restored.add(features.get(at));
                }
            }
        }
        forget(restored.size() < computations.length);
    }

    /** All are unknown: the state that is continued has none of them. */
    public void restoreNone() {
        begin();
        forget(computations.length > 0);
    }

    private void forget(boolean unknown) {
        known = !unknown;
        taken = 0;
        numbers = unknown ? new long[RECENT] : null;
        closes = unknown ? new double[RECENT] : null;
        follows = unknown ? new boolean[RECENT] : null;
    }

    /** Features that are unknown begin with the next close, as on a new tape: the tape has nothing before it. */
    public void beginUnknown() {
        forget(false);
    }

    /** The state, as {@link #learn} and {@link #of} take it. */
    public byte[] state() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            save(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /** Those that continue a {@link #state}; a feature that it lacks makes all of them unknown. */
    public static FurtherFeatures of(byte[] state) throws IOException {
        FurtherFeatures features = new FurtherFeatures();
        features.restore(new DataInputStream(new ByteArrayInputStream(state)));
        return features;
    }

    /**
     * Takes over what was computed elsewhere from the same closes, where it is not too far back to be brought up to
     * date.
     *
     * @param number of the last bar in {@code state}
     * @return whether the features are known now
     */
    public boolean learn(long number, byte[] state) throws IOException {
        long from = Math.max(0, taken - RECENT);
        long last = taken - 1;
        while (!known && last >= from && numbers[(int) (last % RECENT)] != number) {
            last--;
        }
        if (known || last < from) {
            return known;
        }
        FurtherFeatures learned = of(state);
        if (learned.known) {
            for (long at = last + 1; at < taken; at++) {
                int place = (int) (at % RECENT);
                learned.update(numbers[place], closes[place], follows[place]);
            }
            System.arraycopy(learned.computations, 0, computations, 0, computations.length);
            System.arraycopy(learned.values, 0, values, 0, values.length);
            forget(false);
        }
        return known;
    }
}
