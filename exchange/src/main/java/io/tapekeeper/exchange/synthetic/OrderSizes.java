package io.tapekeeper.exchange.synthetic;

/**
 * How large orders are, in whole size steps.
 *
 * <p>Takers: log-normal, above its 99th percentile a Pareto tail of index 1.6. Makers: most rest about the smallest
 * value that the venue takes, the others are log-normal. Both like round numbers. Sizes scale with value in quote
 * currency, which differs far less between symbols than the number of coins.
 *
 * <p>Source: Gopikrishnan, Plerou, Gabaix, Stanley, Statistical properties of share volume traded in financial markets,
 * Phys. Rev. E 62, 2000 (tail); Mu, Chen, Kertész, Zhou, Preferred numbers and the distributions of trade sizes and
 * trading volumes, Eur. Phys. J. B 68, 2009 (round lots).
 */
final class OrderSizes {
    /** Median value of a taker order, in quote currency. */
    private static final double TAKER_MEDIAN = 110;

    /** Standard deviation of the logarithm of a taker order's value. */
    static final double TAKER_DEVIATION = 2.15;

    private static final double MAKER_MEDIAN = 700;
    private static final double MAKER_DEVIATION = 1.8;
    private static final double DISPLAYED_MEDIAN = 20_000;
    private static final double DISPLAYED_DEVIATION = 1.8;

    /** The venue takes no order below 5 in quote currency; most keep a little distance. */
    private static final double SMALLEST_VALUE = 5.2;

    private static final double LARGEST_VALUE = 2_000_000;
    private static final double LARGEST_TAKER = StrictMath.log(LARGEST_VALUE / TAKER_MEDIAN);
    private static final double TAIL_CHANCE = 0.01;
    private static final double TAIL_FROM = 2.326 * TAKER_DEVIATION; // 99th percentile of the log
    private static final double TAIL_INDEX = 1.6;
    private static final double DUST_MAKERS = 0.62;
    private static final double EXACT_DUST = 0.6;
    private static final double ROUND_TAKERS = 0.12;
    private static final double ROUND_MAKERS = 0.20;

    private final SplitMix random;
    private final double step; // in base currency

    OrderSizes(SplitMix random, double step) {
        this.random = random;
        this.step = step;
    }

    /** ln(value/median) of a taker order. */
    double takerLog() {
        double log = random.chance(TAIL_CHANCE)
                ? TAIL_FROM + random.exponential() / TAIL_INDEX
                : TAKER_DEVIATION * random.gaussian();
        return Math.min(log, LARGEST_TAKER);
    }

    /** Steps of a taker order at {@code price} whose value is the median times e^{@code log}. */
    long takerSteps(double log, double price) {
        long steps = steps(TAKER_MEDIAN * StrictMath.exp(log), price);
        return random.chance(ROUND_TAKERS) ? roundLot(steps) : steps;
    }

    /** Steps that one maker rests. */
    long makerSteps(double price) {
        if (random.chance(DUST_MAKERS)) {
            double extra = random.chance(EXACT_DUST) ? 0 : random.exponential();
            return steps(SMALLEST_VALUE * (1 + extra), price);
        }
        double value = MAKER_MEDIAN * StrictMath.exp(MAKER_DEVIATION * random.gaussian());
        long steps = steps(Math.min(value, LARGEST_VALUE), price);
        return random.chance(ROUND_MAKERS) ? roundLot(steps) : steps;
    }

    /** Steps shown at the best price after quotes moved there. */
    long displayedSteps(double price) {
        double value = DISPLAYED_MEDIAN * StrictMath.exp(DISPLAYED_DEVIATION * random.gaussian());
        return steps(Math.min(value, LARGEST_VALUE), price);
    }

    private long steps(double value, double price) {
        double coins = Math.max(value, SMALLEST_VALUE) / price;
        return (long) Math.ceil(coins / step);
    }

    /** Keeps the first digit only. */
    private static long roundLot(long steps) {
        long unit = 1;
        while (unit <= steps / 10) {
            unit *= 10;
        }
        return steps / unit * unit;
    }
}
