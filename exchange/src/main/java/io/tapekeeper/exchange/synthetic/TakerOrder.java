package io.tapekeeper.exchange.synthetic;

/**
 * The taker order that is being filled, maker by maker.
 *
 * <p>An order that stays on one level meets one maker or several small ones. An order that clears levels walks from the
 * best price to its reach: each maker it meets rests on the same level or some ticks on, and it is at least as large as
 * what it meets on the way.
 */
final class TakerOrder {
    /** Chance that the next maker rests on the same level. */
    private static final double SAME_LEVEL = 0.42;

    /** Mean distance of neighbouring levels, as a fraction of the price. */
    private static final double LEVEL_DISTANCE = 1.1e-5;

    /** The least mean distance, as a fraction of the rest of the walk: bounds a walk's levels. */
    private static final double PART_OF_WALK = 1 / 250.0;

    /** ln(value/median) beyond which no single maker is large enough. */
    private static final double LARGE = 4;

    /** On the last level large orders meet large makers: each takes a sixth of the rest or more. */
    private static final int LEAST_PART = 6;

    /** Bounds one order, whatever it meets; 735 fills were seen in one. */
    private static final int MOST_FILLS = 600;

    private final SplitMix random;
    private final OrderSizes sizes;
    private final double tick; // in quote currency
    private final double singleMaker;

    private int sign = 1;
    private long level; // price of the next fill, in ticks
    private long reach; // the last level it takes from, in ticks
    private long remaining; // steps; 0 where it is done
    private int fills;
    private boolean oneMaker;
    private boolean walks;

    /**
     * @param tick in quote currency
     * @param singleMaker chance that an order meets one maker only on its last level
     */
    TakerOrder(SplitMix random, OrderSizes sizes, double tick, double singleMaker) {
        this.random = random;
        this.sizes = sizes;
        this.tick = tick;
        this.singleMaker = singleMaker;
    }

    /**
     * Starts the next order.
     *
     * @param best the price it meets first, in ticks
     * @param lastLevel the last price it takes from, in ticks; {@code best} where it stays there
     * @param logOfMedian ln(value/median) of what it wants
     */
    void begin(int newSign, long best, long lastLevel, double logOfMedian) {
        sign = newSign;
        level = best;
        reach = lastLevel;
        walks = lastLevel != best;
        remaining = sizes.takerSteps(logOfMedian, best * tick);
        fills = 0;
        oneMaker = logOfMedian < LARGE && random.chance(singleMaker);
    }

    /** Takes the next fill, at {@link #level}, and moves on; returns its steps. */
    long fill() {
        fills++;
        long steps = sizes.makerSteps(level * tick);
        boolean atReach = level == reach;
        if (atReach) {
            steps = Math.max(steps, remaining / LEAST_PART);
        }
        if (fills >= MOST_FILLS || (atReach && (oneMaker || steps >= remaining))) {
            steps = remaining;
            remaining = 0;
            return steps;
        }
        remaining = remaining > steps ? remaining - steps : steps;
        if (!atReach && !random.chance(SAME_LEVEL)) {
            level += sign * Math.min(distance(), Math.abs(reach - level));
        }
        return steps;
    }

    private long distance() {
        double mean = Math.max(LEVEL_DISTANCE * level, PART_OF_WALK * Math.abs(reach - level));
        // The square of an exponential number: most levels are close together, a few far apart.
        double stretch = random.exponential();
        return 1 + (long) (mean * stretch * stretch / 2);
    }

    boolean isDone() {
        return remaining == 0;
    }

    /** Whether it clears levels. */
    boolean walks() {
        return walks;
    }

    /** +1 buys, −1 sells. */
    int sign() {
        return sign;
    }

    /** The price of the next fill, in ticks. */
    long level() {
        return level;
    }

    void pass(State state) {
        sign = state.pass(sign);
        level = state.pass(level);
        reach = state.pass(reach);
        remaining = state.pass(remaining);
        fills = state.pass(fills);
        oneMaker = state.pass(oneMaker);
        walks = state.pass(walks);
    }
}
