package io.tapekeeper.signal;

/** A position to take. */
public enum Signal {
    BUY,
    SELL,
    NEUTRAL;

    private static final Signal[] BY_SIDE = {BUY, NEUTRAL, SELL};

    /** As files and APIs print it. */
    public String label() {
        return switch (this) {
            case BUY -> "buy";
            case SELL -> "sell";
            case NEUTRAL -> "neutral";
        };
    }

    /** @throws IllegalArgumentException for any other text */
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
        // No branch: whether it is crossed cannot be predicted, and a wrong guess costs 30 ns.
        int above = z > threshold ? 1 : 0;
        int below = z < -threshold ? 1 : 0;
        return BY_SIDE[1 + above - below];
    }
}
