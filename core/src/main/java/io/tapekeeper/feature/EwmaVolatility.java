package io.tapekeeper.feature;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Volatility in which old returns fade instead of dropping out of a window.
 *
 * <p>r = ln(p / p₋₁), v = λ·v₋₁ + (1 − λ)·r², value √v, with λ = ½^(1/h) for a half-life of h bars; the first return
 * sets v = r². The mean return is taken as zero. Unit: standard deviation of the log return from one bar to the next,
 * not annualised.
 *
 * <p>A value from the first return on. A bar without a return, after a gap or where a close is not above zero, has no
 * value and leaves v as it was.
 *
 * <p>Source: J.P. Morgan/Reuters, RiskMetrics Technical Document, 4th ed., 1996, section 5.2; λ there is 0.94 for days,
 * a half-life of 11.
 *
 * <p>O(1) time and memory, but v depends on every close since the tape began. Not thread-safe.
 */
final class EwmaVolatility implements CloseFeature {
    private final double lambda;
    private double lastClose = Double.NaN;
    private double variance = Double.NaN; // NaN before the first return

    /** @param halfLife bars after which a return weighs half as much, more than 0 */
    EwmaVolatility(double halfLife) {
        if (!(halfLife > 0)) { // negated so that NaN is refused too
            throw new IllegalArgumentException("a half-life must be more than 0 bars: " + halfLife);
        }
        lambda = StrictMath.pow(0.5, 1 / halfLife);
    }

    @Override
    public double update(double close) {
        double logReturn = StrictMath.log(close / lastClose); // the same bits on every machine
        lastClose = close > 0 ? close : Double.NaN; // zero and below have no logarithm: the chain breaks as at a gap
        if (!Double.isFinite(logReturn)) {
            return Double.NaN;
        }
        double square = logReturn * logReturn;
        variance = Double.isNaN(variance) ? square : lambda * variance + (1 - lambda) * square;
        return Math.sqrt(variance);
    }

    /** Forgets the last close but not the volatility: a return across missed trades is not one of a single bar. */
    @Override
    public void skipGap() {
        lastClose = Double.NaN;
    }

    @Override
    public void save(DataOutput state) throws IOException {
        state.writeDouble(lastClose);
        state.writeDouble(variance);
    }

    @Override
    public void restore(DataInput state) throws IOException {
        lastClose = state.readDouble();
        variance = state.readDouble();
    }
}
