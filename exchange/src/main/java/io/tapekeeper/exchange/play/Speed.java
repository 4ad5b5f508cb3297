package io.tapekeeper.exchange.play;

/** Seconds of the tape played in one second; infinite means as fast as the slowest subscriber reads. */
public record Speed(double factor) {
    public static final Speed REAL_TIME = new Speed(1);
    public static final Speed MAX = new Speed(Double.POSITIVE_INFINITY);

    public Speed {
        if (!(factor > 0)) { // negated so that NaN is refused too
            throw new IllegalArgumentException("the speed must be a number above 0 or \"max\", not " + factor);
        }
    }

    /**
     * Reads {@code max} or a number.
     *
     * @throws IllegalArgumentException with one plain sentence where the text is neither
     */
    public static Speed parse(String text) {
        if (text.equals("max")) {
            return MAX;
        }
        try {
            return new Speed(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the speed must be a number above 0 or \"max\", not \"" + text + "\"", e);
        }
    }

    public boolean isMax() {
        return Double.isInfinite(factor);
    }

    /** {@code max}, or the number. */
    public String label() {
        return isMax() ? "max" : factor == Math.rint(factor) ? Long.toString((long) factor) : Double.toString(factor);
    }
}
