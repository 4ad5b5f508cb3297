package io.tapekeeper.exchange.synthetic;

/**
 * A random number generator whose whole state is two numbers, so that a market can be saved between any two numbers. It
 * gives the same numbers on every machine.
 *
 * <p>Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators, OOPSLA 2014 (the counter with the
 * golden-ratio step and the variant-13 finalizer). Period 2^64.
 */
final class SplitMix {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1p-53;

    private long state;
    private double spare = Double.NaN; // the second number of the last pair, unless it is spent

    SplitMix(long seed) {
        state = seed;
    }

    /** Spreads {@code salt} over {@code seed}: markets of different symbols share no numbers. */
    static SplitMix split(long seed, long salt) {
        return new SplitMix(mix(seed + GOLDEN) ^ mix(salt));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in the open interval (0, 1): its logarithm is always finite. */
    double uniform() {
        state += GOLDEN;
        return ((mix(state) >>> 11) + 0.5) * UNIT;
    }

    boolean chance(double probability) {
        return uniform() < probability;
    }

    /** Exponential with mean 1. */
    double exponential() {
        return -StrictMath.log(uniform());
    }

    /** Normal with mean 0 and variance 1, by Marsaglia's polar method, which gives them in pairs. */
    double gaussian() {
        if (!Double.isNaN(spare)) {
            double second = spare;
            spare = Double.NaN;
            return second;
        }
        while (true) {
            double x = 2 * uniform() - 1;
            double y = 2 * uniform() - 1;
            double square = x * x + y * y;
            if (square < 1 && square > 0) {
                double scale = Math.sqrt(-2 * StrictMath.log(square) / square);
                spare = y * scale;
                return x * scale;
            }
        }
    }

    void pass(State market) {
        state = market.pass(state);
        spare = market.pass(spare);
    }
}
