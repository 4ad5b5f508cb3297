package io.tapekeeper.exchange.synthetic;

/**
 * Which side each taker order is on: large orders come in slices, so sides persist.
 *
 * <p>The chance of a buy is (1 + m)/2, where m = Σ wₖeₖ and eₖ is an exponential average of past signs over about
 * {@code ORDERS[k]} orders; Σ wₖ < 1. Three averages make the autocorrelation fall like the power law that is found in
 * real markets. Since m is exactly the expected sign, the surprise ε − m is a martingale difference: prices that move
 * by it have uncorrelated returns although the signs are correlated.
 *
 * <p>Source: Lillo, Farmer, The long memory of the efficient market, Studies in Nonlinear Dynamics &amp; Econometrics
 * 8(3), 2004; Bouchaud, Gefen, Potters, Wyart, Fluctuations and response in financial markets, Quantitative Finance 4,
 * 2004.
 */
final class OrderSigns {
    private static final double[] ORDERS = {2, 12, 90};
    private static final double[] WEIGHT = {0.46, 0.22, 0.21};

    private final SplitMix random;
    private final double[] average = new double[ORDERS.length];
    private double surprise;

    OrderSigns(SplitMix random) {
        this.random = random;
    }

    /** Draws the side of the next order: +1 buys, −1 sells. */
    int next() {
        double expected = 0;
        for (int k = 0; k < ORDERS.length; k++) {
            expected += WEIGHT[k] * average[k];
        }
        int sign = random.chance((1 + expected) / 2) ? 1 : -1;
        surprise = sign - expected;
        for (int k = 0; k < ORDERS.length; k++) {
            average[k] += (sign - average[k]) / ORDERS[k];
        }
        return sign;
    }

    /** ε − m of the last order: what its side said beyond what was expected, in (−2, 2). */
    double surprise() {
        return surprise;
    }

    void pass(State state) {
        state.pass(average);
        surprise = state.pass(surprise);
    }
}
