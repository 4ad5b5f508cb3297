package io.tapekeeper.series;

/** The lowest and the highest of some values; both NaN where none of them was a value. */
public record Extremes(double low, double high) {
    public static Extremes of(double value) {
        return new Extremes(value, value);
    }

    /** Of the values of both. */
    public Extremes and(Extremes other) {
        if (Double.isNaN(low)) {
            return other;
        }
        return Double.isNaN(other.low) ? this : new Extremes(Math.min(low, other.low), Math.max(high, other.high));
    }
}
