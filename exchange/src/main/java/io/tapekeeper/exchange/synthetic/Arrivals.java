package io.tapekeeper.exchange.synthetic;

/**
 * When taker orders come: a Hawkes process, in which each order sets off others for a while.
 *
 * <p>Intensity λ(t) = μ·a + Σₖ yₖ(t), with yₖ falling as e^(−βₖt) and rising by nₖβₖ at each order, so that one order
 * sets off nₖ others on time scale 1/βₖ on average; a is the activity of the hour. Mean rate μ·a/(1 − Σnₖ). The three
 * scales are a matching engine's answer (2 ms), a machine's (40 ms) and the crowd's (0.3 s).
 *
 * <p>Sampled exactly and in O(1): the next order is the first of independent clocks, one per term of the intensity.
 * Source: Hawkes, Biometrika 58, 1971; Dassios, Zhao, Exact simulation of Hawkes process with exponentially decaying
 * intensity, Electron. Commun. Probab. 18, 2013.
 */
final class Arrivals {
    /** 1/ms. */
    private static final double[] DECAY = {0.5, 0.025, 0.003};

    /** How the branching is divided among the scales. */
    private static final double[] SHARE = {0.36, 0.40, 0.24};

    /** An excitation below this, in orders per ms, can no longer set off anything. */
    private static final double SPENT = 1e-12;

    private final SplitMix random;
    private final double background; // orders per ms
    private final double[] jump = new double[DECAY.length];
    private final double[] excitation = new double[DECAY.length];

    Arrivals(SplitMix random, double ordersPerSecond, double branching) {
        this.random = random;
        background = ordersPerSecond / 1000 * (1 - branching);
        for (int k = 0; k < DECAY.length; k++) {
            jump[k] = branching * SHARE[k] * DECAY[k];
        }
    }

    /**
     * Advances to the next order, at most {@code limit} ms.
     *
     * @param activity multiple of the usual background rate, constant until {@code limit}
     * @return ms until the order, or {@code limit} where none comes before it
     */
    double next(double activity, double limit) {
        double wait = random.exponential() / (background * activity);
        for (int k = 0; k < DECAY.length; k++) {
            if (excitation[k] > SPENT) {
                // The clock of a decaying term may never ring: then the argument is below zero.
                double left = 1 - DECAY[k] * random.exponential() / excitation[k];
                if (left > 0) {
                    wait = Math.min(wait, -StrictMath.log(left) / DECAY[k]);
                }
            }
        }
        double elapsed = Math.min(wait, limit);
        for (int k = 0; k < DECAY.length; k++) {
            excitation[k] = excitation[k] > SPENT ? excitation[k] * StrictMath.exp(-DECAY[k] * elapsed) : 0;
        }

        return elapsed;
    }

    /**
     * Counts an order that came as {@code orders} ordinary ones: large orders set off more than small ones do, and news
     * more than any.
     */
    void excite(double orders) {
        for (int k = 0; k < DECAY.length; k++) {
            excitation[k] += orders * jump[k];
        }
    }

    void pass(State state) {
        state.pass(excitation);
    }
}
