package io.tapekeeper.exchange.synthetic;

/**
 * Best bid and ask, in ticks and size steps.
 *
 * <p>Quotes stay where they are while the fair price is within [bid − h, ask + h] and are set around it again once it
 * has left that zone: prices rest, then move by many ticks, and trades that alternate between bid and ask carry no
 * information. h is a fraction of a tick plus a part that is drawn at each move. The spread is one tick; now and then a
 * move leaves it wider until the next order.
 *
 * <p>Source: Robert, Rosenbaum, A new approach for the dynamics of ultra-high-frequency data: the model with
 * uncertainty zones, J. Financial Econometrics 9, 2011.
 */
final class BookTop {
    private static final double TICK_PART = 0.3;
    private static final double WIDE_CHANCE = 0.10;

    /** Mean extra spread of a wide market, as a fraction of the price. */
    private static final double WIDE_EXTRA = 1e-5;

    private final SplitMix random;
    private final OrderSizes sizes;
    private final double tick; // in quote currency
    private long bid;
    private long ask;
    private long bidSteps;
    private long askSteps;
    private double zone; // h, in ticks

    BookTop(SplitMix random, OrderSizes sizes, double tick) {
        this.random = random;
        this.sizes = sizes;
        this.tick = tick;
    }

    /**
     * Lets the quotes follow where the fair price has left the zone.
     *
     * @param fair in ticks
     * @param zoneScale mean of the drawn part of h, as a fraction of the price
     */
    void follow(double fair, double zoneScale) {
        if (isOutside(fair)) {
            settle(fair, zoneScale);
        }
    }

    /** Sets the quotes around the fair price, as after an order that has cleared levels. */
    void settle(double fair, double zoneScale) {
        boolean wide = random.chance(WIDE_CHANCE);
        long extra = wide ? (long) (WIDE_EXTRA * fair * random.exponential()) : 0;
        double stretch = 2 * random.uniform() * random.exponential();
        zone = TICK_PART + zoneScale * fair * stretch;
        quote(fair, 1 + extra);
    }

    /** Closes a spread that a move left open. */
    void tighten(double fair) {
        if (ask - bid > 1 && !isOutside(fair)) {
            quote(fair, 1);
        }
    }

    private boolean isOutside(double fair) {
        return fair < bid - zone || fair > ask + zone;
    }

    private void quote(double fair, long spread) {
        bid = bidAround(fair, spread);
        ask = bid + spread;
        bidSteps = sizes.displayedSteps(bid * tick);
        askSteps = sizes.displayedSteps(ask * tick);
    }

    private static long bidAround(double fair, long spread) {
        return Math.max(1, (long) Math.floor(fair - (spread - 1) / 2.0));
    }

    /**
     * The last level that an order of {@code sign} clears on the way to {@code fair}: the best price itself where the
     * zone is not left.
     */
    long reach(int sign, double fair) {
        long best = best(sign);
        if (sign > 0) {
            return fair > ask + zone ? Math.max(best, bidAround(fair, 1)) : best;
        }
        return fair < bid - zone ? Math.min(best, bidAround(fair, 1) + 1) : best;
    }

    /** The price that an order of {@code sign} meets first. */
    long best(int sign) {
        return sign > 0 ? ask : bid;
    }

    /** An order of {@code sign} took {@code steps} at {@code price}, the best price or beyond it. */
    void take(int sign, long price, long steps) {
        long shown = sign > 0 ? askSteps : bidSteps;
        boolean fresh = price != best(sign) || steps >= shown;
        long left = fresh ? sizes.displayedSteps(price * tick) : shown - steps;
        if (sign > 0) {
            ask = price;
            askSteps = left;
        } else {
            bid = price;
            bidSteps = left;
        }
    }

    long bid() {
        return bid;
    }

    long ask() {
        return ask;
    }

    long bidSteps() {
        return bidSteps;
    }

    long askSteps() {
        return askSteps;
    }

    void pass(State state) {
        bid = state.pass(bid);
        ask = state.pass(ask);
        bidSteps = state.pass(bidSteps);
        askSteps = state.pass(askSteps);
        zone = state.pass(zone);
    }
}
