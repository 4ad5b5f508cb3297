package io.tapekeeper.health;

/**
 * How long trades take from the venue's matching to this machine, over about the last minute: milliseconds, corrected
 * by the offset between the two clocks. It is as exact as that offset: where the way is short, a value may be a little
 * below zero.
 *
 * @param medianMillis NaN where nothing was measured
 * @param p99Millis one trade in a hundred takes longer; NaN where nothing was measured
 */
public record Latency(double medianMillis, double p99Millis) {
    /** Nothing was measured, or the measure means nothing. */
    public static final Latency UNKNOWN = new Latency(Double.NaN, Double.NaN);

    public boolean isKnown() {
        return !Double.isNaN(medianMillis);
    }
}
