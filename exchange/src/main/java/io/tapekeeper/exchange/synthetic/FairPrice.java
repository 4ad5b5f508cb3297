package io.tapekeeper.exchange.synthetic;

/**
 * The efficient price that the quotes follow, in ticks.
 *
 * <p>Order flow moves it by relative steps of mean zero. In addition it is drawn back to a slowly drifting level with a
 * time constant of ten days: d ln p = −(ln p − ln level)·dt/10 d, while ln(level/anchor) is an Ornstein-Uhlenbeck
 * process with standard deviation 0.12 that forgets within 30 days. In the long run ln(p/anchor) has then a standard
 * deviation of about √(0.12² + σ²·5 d), 0.13 at a volatility of 50 % a year: a threefold price is eight of them away,
 * for ever.
 */
final class FairPrice {
    private static final double PULL = 1 / (10 * 86_400.0); // per second
    private static final double LEVEL_KEEP = StrictMath.exp(-1 / (30 * 86_400.0));
    private static final double LEVEL_KICK = 0.12 * Math.sqrt(1 - LEVEL_KEEP * LEVEL_KEEP);

    /** No single order moves the price further, as a fraction: the price stays positive. */
    private static final double LARGEST_STEP = 0.03;

    private final SplitMix random;
    private final double anchor;
    private double level; // ln(level/anchor)
    private double ticks;

    FairPrice(SplitMix random, double anchor) {
        this.random = random;
        this.anchor = anchor;
        ticks = anchor * (1 + 0.02 * (random.uniform() - 0.5)); // no two seeds start alike
    }

    /** Takes one second of drift. */
    void step() {
        level = LEVEL_KEEP * level + LEVEL_KICK * random.gaussian();
        ticks *= 1 - PULL * (StrictMath.log(ticks / anchor) - level);
    }

    /** Moves by a fraction of the price. */
    void move(double fraction) {
        ticks *= 1 + Math.min(Math.max(fraction, -LARGEST_STEP), LARGEST_STEP);
    }

    double ticks() {
        return ticks;
    }

    void pass(State state) {
        level = state.pass(level);
        ticks = state.pass(ticks);
    }
}
