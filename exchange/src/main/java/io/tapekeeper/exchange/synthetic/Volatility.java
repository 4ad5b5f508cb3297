package io.tapekeeper.exchange.synthetic;

import java.nio.ByteBuffer;

/**
 * How stormy the market is, as a multiple of its usual volatility; taken anew each second.
 *
 * <p>v = exp(fast + slow + season(hour)), where fast and slow are Ornstein-Uhlenbeck processes that
 * forget within minutes and within hours: two of them give the slow, power-like decay of the
 * autocorrelation of |returns| that one cannot. The season peaks when New York opens. News lifts
 * the fast factor at once.
 *
 * <p>Source: Alizadeh, Brandt, Diebold, Range-based estimation of stochastic volatility models, J.
 * Finance 57, 2002 (two factors); Andersen, Bollerslev, Intraday periodicity and volatility
 * persistence, J. Empirical Finance 4, 1997 (season).
 */
final class Volatility {
    private static final double FAST_SECONDS = 420;
    private static final double FAST_DEVIATION = 0.38;
    private static final double SLOW_SECONDS = 36_000;
    private static final double SLOW_DEVIATION = 0.38;
    private static final double AFTER_NEWS = 0.7;
    private static final double HOURS = 2 * Math.PI / 24;

    private static final double FAST_KEEP = StrictMath.exp(-1 / FAST_SECONDS);
    private static final double FAST_KICK = FAST_DEVIATION * Math.sqrt(1 - FAST_KEEP * FAST_KEEP);
    private static final double SLOW_KEEP = StrictMath.exp(-1 / SLOW_SECONDS);
    private static final double SLOW_KICK = SLOW_DEVIATION * Math.sqrt(1 - SLOW_KEEP * SLOW_KEEP);

    /** Makes the mean of v² one. */
    private static final double CENTRE =
            -FAST_DEVIATION * FAST_DEVIATION - SLOW_DEVIATION * SLOW_DEVIATION;

    private final SplitMix random;
    private double fast;
    private double slow;
    private double multiple = 1;

    Volatility(SplitMix random) {
        this.random = random;
    }

    /**
     * Takes one second.
     *
     * @param second seconds since the epoch
     */
    void step(long second) {
        fast = FAST_KEEP * fast + FAST_KICK * random.gaussian();
        slow = SLOW_KEEP * slow + SLOW_KICK * random.gaussian();
        double hour = Math.floorMod(second, 86_400L) / 3600.0;
        double season =
                0.25 * StrictMath.cos((hour - 16) * HOURS)
                        + 0.15 * StrictMath.cos(2 * (hour - 14) * HOURS);
        multiple = StrictMath.exp(CENTRE + fast + slow + season);
    }

    void news() {
        fast += AFTER_NEWS;
    }

    /** v, the multiple of the usual volatility per second. */
    double multiple() {
        return multiple;
    }

    void save(ByteBuffer out) {
        out.putDouble(fast).putDouble(slow).putDouble(multiple);
    }

    void restore(ByteBuffer in) {
        fast = in.getDouble();
        slow = in.getDouble();
        multiple = in.getDouble();
    }
}
