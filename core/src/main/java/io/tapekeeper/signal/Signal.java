package io.tapekeeper.signal;

/** A position to take. */
public enum Signal {
    BUY,
    SELL,
    NEUTRAL;

    /** As files and APIs print it. */
    public String label() {
        return switch (this) {
            case BUY -> "buy";
            case SELL -> "sell";
            case NEUTRAL -> "neutral";
        };
    }

    /**
     * @throws IllegalArgumentException for any other text
     */
    public static Signal parse(String label) {
        for (Signal signal : values()) {
            if (signal.label().equals(label)) {
                return signal;
            }
        }
        throw new IllegalArgumentException("no signal: \"" + label + "\"");
    }

    /**
     * The baseline: a price far below its mean is bought, one far above is sold.
     *
     * @param z z-score, NaN = no value, which is neutral
     * @param threshold buy below −threshold, sell above it
     */
    public static Signal ofZScore(double z, double threshold) {
        if (z < -threshold) {
            return BUY;
        }
        return z > threshold ? SELL : NEUTRAL;
    }
}
