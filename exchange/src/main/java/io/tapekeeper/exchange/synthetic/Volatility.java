package io.tapekeeper.exchange.synthetic;

/**
 * How stormy the market is, as a multiple v of its usual volatility, updated each second.
 *
 * <p>ln v = fast + slow + season(hour) + constant, where fast and slow are Ornstein-Uhlenbeck processes that forget
 * within minutes and within hours: two of them give the slow, power-like decay of the autocorrelation of |returns| that
 * one cannot. The season peaks when New York opens. News lifts the fast factor at once.
 *
 * <p>Storms show more in how far an order moves the price, v^¾, than in how many orders come, √v; the variance per
 * second grows with the rate and with the square of the move, thus with v².
 *
 * <p>Source: Alizadeh, Brandt, Diebold, Range-based estimation of stochastic volatility models, J. Finance 57, 2002
 * (two factors); Andersen, Bollerslev, Intraday periodicity and volatility persistence, J. Empirical Finance 4, 1997
 * (season).
 */
final class Volatility {
    private static final double FAST_SECONDS = 420;
    private static final double FAST_DEVIATION = 0.40;
    private static final double SLOW_SECONDS = 36_000;
    private static final double SLOW_DEVIATION = 0.48;
    private static final double AFTER_NEWS = 0.7;

    /** The stormiest second has twelve times the usual volatility, and a bounded rate of trades. */
    private static final double LARGEST_LOG = StrictMath.log(12);

    private static final double HOURS = 2 * Math.PI / 24;

    private static final double FAST_KEEP = StrictMath.exp(-1 / FAST_SECONDS);
    private static final double FAST_KICK = FAST_DEVIATION * Math.sqrt(1 - FAST_KEEP * FAST_KEEP);
    private static final double SLOW_KEEP = StrictMath.exp(-1 / SLOW_SECONDS);
    private static final double SLOW_KICK = SLOW_DEVIATION * Math.sqrt(1 - SLOW_KEEP * SLOW_KEEP);

    private static final double VARIANCE = FAST_DEVIATION * FAST_DEVIATION + SLOW_DEVIATION * SLOW_DEVIATION;

    /** Mean of v², where the mean of v is one and the season is left out. */
    static final double MEAN_SQUARE = StrictMath.exp(VARIANCE);

    /** Of each minute of the day. */
    private static final double[] SEASON = season();

    private final SplitMix random;
    private double fast;
    private double slow;
    private double activity = 1;
    private double stride = 1;

    Volatility(SplitMix random) {
        this.random = random;
    }

    private static double[] season() {
        double[] season = new double[1440];
        for (int minute = 0; minute < season.length; minute++) {
            double hour = minute / 60.0;
            season[minute] =
                    0.25 * StrictMath.cos((hour - 16) * HOURS) + 0.15 * StrictMath.cos(2 * (hour - 14) * HOURS);
        }
        return season;
    }

    /**
     * Takes one second.
     *
     * @param second seconds since the epoch
     */
    void step(long second) {
        fast = FAST_KEEP * fast + FAST_KICK * random.gaussian();
        slow = SLOW_KEEP * slow + SLOW_KICK * random.gaussian();
        double season = SEASON[(int) (Math.floorMod(second, 86_400L) / 60)];
        double log = Math.min(fast + slow + season - VARIANCE / 2, LARGEST_LOG);
        activity = StrictMath.exp(log / 2);
        stride = activity * Math.sqrt(activity);
    }

    void news() {
        fast += AFTER_NEWS;
    }

    /** √v, the multiple of the usual rate of orders in this second. */
    double activity() {
        return activity;
    }

    /** v^¾, the multiple of the usual move of one order in this second. */
    double stride() {
        return stride;
    }

    void pass(State state) {
        fast = state.pass(fast);
        slow = state.pass(slow);
        activity = state.pass(activity);
        stride = state.pass(stride);
    }
}
