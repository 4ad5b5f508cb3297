package io.tapekeeper.exchange.synthetic;

import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import java.nio.BufferUnderflowException;
import java.util.List;

/**
 * One symbol's endless market, a function of seed, listing and start.
 *
 * <p>Each taker order moves the fair price by the fraction ε·s·v^¾·u, where ε is the surprise of its side, v the
 * volatility of the hour, u = (value/median)^0.3·L the order's urgency and L the log-normal liquidity that it finds; a
 * noise is added that stands for what moves quotes without a trade. A few times a day an order brings news: its impact
 * has a Pareto tail of index 3, and a burst of orders and of volatility follows. An order that pushes the fair price
 * out of the quotes' zone clears the levels on the way; the fills of one order print as raw trades of one time and
 * side.
 *
 * <p>Source: Farmer, Gillemot, Lillo, Mike, Sen, What really causes large price changes?, Quantitative Finance 4, 2004
 * (liquidity, more than size, makes impact); Clark, A subordinated stochastic process model with finite variance,
 * Econometrica 41, 1973 (volatility lives in the rate of trades).
 *
 * <p>{@link #next} costs O(1) and allocates nothing but the record. Not thread-safe: one thread owns an instance.
 */
public final class SyntheticMarket {
    private static final int VERSION = 1;
    private static final double SECONDS_PER_YEAR = 365 * 86_400.0;

    private static final double IMPACT_EXPONENT = 0.30;
    private static final double SIZE_DEVIATION = IMPACT_EXPONENT * OrderSizes.TAKER_DEVIATION;
    private static final double LIQUIDITY_DEVIATION = 0.68; // of ln L

    /** Variance of ln u, but for the Pareto tail of sizes. */
    private static final double URGENCY_VARIANCE =
            SIZE_DEVIATION * SIZE_DEVIATION + LIQUIDITY_DEVIATION * LIQUIDITY_DEVIATION;

    private static final double MEAN_URGENCY = StrictMath.exp(URGENCY_VARIANCE / 2);
    private static final double MEAN_SQUARE_URGENCY = StrictMath.exp(2 * URGENCY_VARIANCE);

    /** Share of the variance that comes without a trade. */
    private static final double NOISE_SHARE = 0.15;

    /** Mean of the drawn part of the quotes' zone, in standard deviations of one order. */
    private static final double ZONE = 0.7;

    private static final double NEWS_CHANCE = 20 / 86_400.0; // per second
    private static final double NEWS_IMPACT = 0.0008; // smallest, as a fraction of the price
    private static final double NEWS_TAIL = 3;
    private static final double NEWS_ORDERS = 60; // that it counts for in the bursts

    /** Chance that an order which moves the price far clears the levels in between by itself. */
    private static final double WALK_CHANCE = 0.8;

    /** Chance that an order which clears levels leaves something of the last. */
    private static final double HALF_EATEN = 0.6;

    private final long seed;
    private final Profile profile;
    private final SplitMix random;
    private final Arrivals arrivals;
    private final Volatility volatility;
    private final OrderSigns signs;
    private final OrderSizes sizes;
    private final FairPrice fair;
    private final BookTop book;
    private final TakerOrder order;
    private final double deviation; // of one order's move where v = 1, as a fraction of the price
    private final double impact; // s
    private final double noise; // half its width

    private long second; // since the epoch
    private double millis; // within the second; a fraction is kept, whole ones are printed
    private long nextId;
    private boolean news; // the next order brings it

    /**
     * @param startMicros microseconds since the epoch; the first trade comes at or after it
     * @throws IllegalArgumentException where the listing is none of {@link #listings}
     */
    public SyntheticMarket(long seed, Listing listing, long startMicros) {
        this(seed, Profile.of(listing), startMicros);
    }

    SyntheticMarket(long seed, Profile profile, long startMicros) {
        this.seed = seed;
        this.profile = profile;
        random = SplitMix.split(seed, profile.listing().symbol().hashCode());
        arrivals = new Arrivals(random, profile.ordersPerSecond(), profile.branching());
        volatility = new Volatility(random);
        signs = new OrderSigns(random);
        sizes = new OrderSizes(random, profile.step());
        fair = new FairPrice(random, profile.price() / profile.tick());
        book = new BookTop(random, sizes, profile.tick());
        order = new TakerOrder(random, sizes, profile.tick(), profile.singleMaker());
        double ordersPerYear = SECONDS_PER_YEAR * profile.ordersPerSecond();
        deviation = profile.annualVolatility() / Math.sqrt(ordersPerYear * Volatility.MEAN_SQUARE);
        impact = deviation * Math.sqrt((1 - NOISE_SHARE) / MEAN_SQUARE_URGENCY);
        // A uniform number is √12 deviations wide.
        noise = deviation * Math.sqrt(3 * NOISE_SHARE);
        long startMillis = Math.ceilDiv(startMicros, 1000L);
        second = Math.floorDiv(startMillis, 1000L);
        millis = Math.floorMod(startMillis, 1000L);
        nextId = profile.firstId();
        volatility.step(second);
        book.settle(fair.ticks(), zoneScale());
    }

    /** The available markets. */
    public static List<Listing> listings() {
        return Profile.listings();
    }

    /** Advances the market by one raw trade. */
    public RawTrade next() {
        if (order.isDone()) {
            advance();
            takeOrder();
        }
        int sign = order.sign();
        long price = order.level();
        long steps = order.fill();
        book.take(sign, price, steps);
        if (order.isDone()) {
            if (order.walks()) {
                book.settle(fair.ticks(), zoneScale());
            } else {
                book.follow(fair.ticks(), zoneScale());
            }
        }
        Listing listing = profile.listing();
        return new RawTrade(nextId++, price * listing.tickSize(), steps * listing.stepSize(), time(), sign < 0);
    }

    /** Moves time to the next order. */
    private void advance() {
        while (true) {
            double left = 1000 - millis;
            double wait = arrivals.next(volatility.activity(), left);
            if (wait < left) {
                millis += wait;
                if (millis < 1000) { // the sum may round up to the next second
                    return;
                }
            }
            second++;
            millis = 0;
            volatility.step(second);
            fair.step();
            news |= random.chance(NEWS_CHANCE);
        }
    }

    private void takeOrder() {
        double stride = volatility.stride();
        fair.move(stride * noise * (2 * random.uniform() - 1));
        book.follow(fair.ticks(), zoneScale());
        book.tighten(fair.ticks());

        int sign = signs.next();
        double logOfMedian = sizes.takerLog();
        double logOfLiquidity = LIQUIDITY_DEVIATION * random.gaussian();
        double urgency = StrictMath.exp(IMPACT_EXPONENT * logOfMedian + logOfLiquidity);
        double step = impact * stride * urgency;
        if (news) {
            news = false;
            step = NEWS_IMPACT * stride * StrictMath.exp(random.exponential() / NEWS_TAIL);
            arrivals.excite(NEWS_ORDERS);
            volatility.news();
        } else {
            arrivals.excite(urgency / MEAN_URGENCY);
        }
        fair.move(step * signs.surprise());

        long best = book.best(sign);
        long reach = random.chance(WALK_CHANCE) ? book.reach(sign, fair.ticks()) : best;
        if (Math.abs(reach - best) > 1 && random.chance(HALF_EATEN)) {
            reach += sign;
        }
        order.begin(sign, best, reach, logOfMedian);
    }

    private double zoneScale() {
        return ZONE * deviation * volatility.stride();
    }

    /** Best bid and ask after the last trade. */
    public Quote quote() {
        long tick = profile.listing().tickSize();
        long step = profile.listing().stepSize();
        return new Quote(
                0,
                time(),
                nextId - 1,
                book.bid() * tick,
                book.bidSteps() * step,
                book.ask() * tick,
                book.askSteps() * step);
    }

    /** Of the last trade, in microseconds since the epoch. */
    private long time() {
        return second * 1_000_000L + ((long) millis) * 1000L;
    }

    /** The exact state, about 240 bytes; a market restored from it continues exactly as this one. */
    public byte[] save() {
        State state = State.toSave();
        pass(state);
        return state.saved();
    }

    /**
     * Continues where {@link #save} was called.
     *
     * @throws IllegalArgumentException if the listing is none of {@link #listings}, or the state has another version,
     *     seed, listing or length
     */
    public static SyntheticMarket restore(long seed, Listing listing, byte[] state) {
        return restore(seed, Profile.of(listing), state);
    }

    static SyntheticMarket restore(long seed, Profile profile, byte[] saved) {
        SyntheticMarket market = new SyntheticMarket(seed, profile, 0);
        State state = State.toRestore(saved);
        try {
            market.pass(state);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    unusable(profile, "is cut short at %d bytes".formatted(saved.length)), e);
        }
        if (state.remaining() > 0) {
            throw new IllegalArgumentException(unusable(profile, "is %d bytes too long".formatted(state.remaining())));
        }
        return market;
    }

    private void pass(State state) {
        int version = state.pass(VERSION);
        if (version != VERSION) {
            throw new IllegalArgumentException(unusable(profile, "has version %d, not %d".formatted(version, VERSION)));
        }
        int symbol = profile.listing().symbol().hashCode();
        if (state.pass(symbol) != symbol) {
            throw new IllegalArgumentException(unusable(profile, "is of another symbol"));
        }
        long savedSeed = state.pass(seed);
        if (savedSeed != seed) {
            throw new IllegalArgumentException(unusable(profile, "is of seed %d, not %d".formatted(savedSeed, seed)));
        }
        second = state.pass(second);
        millis = state.pass(millis);
        nextId = state.pass(nextId);
        news = state.pass(news);
        random.pass(state);
        arrivals.pass(state);
        volatility.pass(state);
        signs.pass(state);
        fair.pass(state);
        book.pass(state);
        order.pass(state);
    }

    private static String unusable(Profile profile, String why) {
        return "The saved state of the synthetic market of %s %s; start the market afresh."
                .formatted(profile.listing().symbol(), why);
    }
}
