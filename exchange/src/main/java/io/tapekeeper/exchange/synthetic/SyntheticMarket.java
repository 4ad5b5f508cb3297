package io.tapekeeper.exchange.synthetic;

import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.RawTrade;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * ONE symbol's endless market, a function of seed, listing and start.
 *
 * <p>Each taker order moves the fair price by the fraction ε·I, where I = s·√v·(value/median)^0.35
 * and ε is the surprise of its side, and by a noise that stands for what moves quotes without a
 * trade. The rate of orders and the square of their impact both grow with v, so that the variance
 * per second grows with v². A rare order is news: its impact has a Pareto tail of index 3, and
 * bursts of orders and volatility follow it. An order that pushes the fair price out of the quotes'
 * zone walks the book, and its fills print as raw trades of one time.
 *
 * <p>{@link #next} costs O(1) and allocates nothing but the record. Not thread-safe: one thread
 * owns an instance.
 */
public final class SyntheticMarket {
    private static final int VERSION = 1;
    private static final int STATE_LIMIT = 1024; // bytes
    private static final double SECONDS_PER_YEAR = 365 * 86_400.0;

    private static final double IMPACT_EXPONENT = 0.35;

    /** Share of the variance that comes without a trade. */
    private static final double NOISE_SHARE = 0.25;

    /** Mean of the exponential part of the quotes' zone, in standard deviations of one order. */
    private static final double ZONE = 0.5;

    private static final double NEWS_PER_DAY = 12;
    private static final double NEWS_IMPACT = 0.0008; // smallest, as a fraction of the price
    private static final double NEWS_TAIL = 3;
    private static final double NEWS_ORDERS = 60;

    /** Chance that an order which moves the price far clears the levels in between by itself. */
    private static final double WALK_CHANCE = 0.7;

    /** Mean distance of neighbouring levels, as a fraction of the price. */
    private static final double LEVEL_DISTANCE = 1.1e-5;

    /** Chance that the next maker rests on the same level. */
    private static final double SAME_LEVEL = 0.5;

    private static final int MOST_LEVELS = 250; // of one order, on average
    private static final int MOST_FILLS = 600; // of one order; 735 were seen in one

    private final long seed;
    private final Profile profile;
    private final SplitMix random;
    private final Arrivals arrivals;
    private final Volatility volatility;
    private final OrderSigns signs;
    private final OrderSizes sizes;
    private final FairPrice fair;
    private final BookTop book;
    private final double impact; // s, as a fraction of the price
    private final double deviation; // of one order's move where v = 1, as a fraction of the price
    private final double newsChance; // per order

    private long second; // since the epoch
    private double millis; // within the second; a fraction is kept, whole ones are printed
    private long nextId;

    // The order that is being filled; no fill is left where remaining is 0.
    private int sign = 1;
    private long level; // price of its next fill, in ticks
    private long reach; // the last level it clears, in ticks
    private long remaining; // steps
    private int fills;
    private boolean oneMaker;

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
        deviation =
                profile.annualVolatility()
                        / Math.sqrt(SECONDS_PER_YEAR * profile.ordersPerSecond());
        double spread = IMPACT_EXPONENT * OrderSizes.TAKER_DEVIATION;
        impact = deviation * Math.sqrt(1 - NOISE_SHARE) * StrictMath.exp(-spread * spread);
        newsChance = NEWS_PER_DAY / (86_400 * profile.ordersPerSecond());
        long startMillis = Math.ceilDiv(startMicros, 1000L);
        second = Math.floorDiv(startMillis, 1000L);
        millis = Math.floorMod(startMillis, 1000L);
        nextId = profile.firstId();
        volatility.step(second);
        book.follow(fair.ticks(), ZONE * deviation);
    }

    /** The markets there are. */
    public static List<Listing> listings() {
        return Profile.listings();
    }

    /** Advances the market by one raw trade. */
    public RawTrade next() {
        if (remaining == 0) {
            takeOrder();
        }
        long price = level;
        long steps = fill();
        book.take(sign, price, steps);
        if (remaining == 0) {
            book.follow(fair.ticks(), zoneScale());
        }
        Listing listing = profile.listing();
        long time = second * 1_000_000L + ((long) millis) * 1000L;
        return new RawTrade(
                nextId++, price * listing.tickSize(), steps * listing.stepSize(), time, sign < 0);
    }

    private double zoneScale() {
        return ZONE * deviation * Math.sqrt(volatility.multiple());
    }

    private void takeOrder() {
        advance();
        double calm = Math.sqrt(volatility.multiple());
        double noise = (random.uniform() - 0.5) * Math.sqrt(12 * NOISE_SHARE);
        fair.move(deviation * calm * noise);
        book.follow(fair.ticks(), zoneScale());
        book.tighten(fair.ticks());

        sign = signs.next();
        double value = sizes.takerValue();
        double step = impact * calm * StrictMath.pow(OrderSizes.ofMedian(value), IMPACT_EXPONENT);
        if (random.chance(newsChance)) {
            step = NEWS_IMPACT * calm * StrictMath.exp(random.exponential() / NEWS_TAIL);
            arrivals.excite(NEWS_ORDERS);
            volatility.news();
        }
        fair.move(step * signs.surprise());

        level = book.best(sign);
        reach = random.chance(WALK_CHANCE) ? book.reach(sign, fair.ticks()) : level;
        remaining = sizes.takerSteps(value, level * profile.tick());
        fills = 0;
        oneMaker = random.chance(profile.singleMaker());
    }

    /** Moves time to the next order. */
    private void advance() {
        while (true) {
            double left = 1000 - millis;
            double wait = arrivals.next(volatility.multiple(), left);
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
        }
    }

    /** Takes the next fill off the order; returns its steps. */
    private long fill() {
        fills++;
        long steps = sizes.makerSteps(level * profile.tick());
        if (fills >= MOST_FILLS || (level == reach && (oneMaker || steps >= remaining))) {
            steps = remaining;
            remaining = 0;
            return steps;
        }
        // An order that still has levels to clear is at least as large as what it meets there.
        remaining = remaining > steps ? remaining - steps : steps;
        if (level != reach && !random.chance(SAME_LEVEL)) {
            moveOn();
        }
        return steps;
    }

    private void moveOn() {
        double distance =
                Math.max(
                        LEVEL_DISTANCE * fair.ticks(),
                        Math.abs(reach - level) / (double) MOST_LEVELS);
        long gap = 1 + (long) (distance * random.exponential());
        level = sign > 0 ? Math.min(reach, level + gap) : Math.max(reach, level - gap);
    }

    /** The highest price bid after the last trade, in units of 1e-8. */
    public long bestBid() {
        return book.bid() * profile.listing().tickSize();
    }

    /** The lowest price asked after the last trade, in units of 1e-8. */
    public long bestAsk() {
        return book.ask() * profile.listing().tickSize();
    }

    /** The size at the best bid, in units of 1e-8. */
    public long bidSize() {
        return book.bidSteps() * profile.listing().stepSize();
    }

    /** The size at the best ask, in units of 1e-8. */
    public long askSize() {
        return book.askSteps() * profile.listing().stepSize();
    }

    /** The exact state: a market restored from it goes on as this one does. */
    public byte[] save() {
        ByteBuffer out = ByteBuffer.allocate(STATE_LIMIT);
        out.putInt(VERSION).putInt(profile.listing().symbol().hashCode()).putLong(seed);
        out.putLong(second).putDouble(millis).putLong(nextId);
        out.putInt(sign).putLong(level).putLong(reach).putLong(remaining).putInt(fills);
        out.put((byte) (oneMaker ? 1 : 0));
        random.save(out);
        arrivals.save(out);
        volatility.save(out);
        signs.save(out);
        fair.save(out);
        book.save(out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * @throws IllegalArgumentException where the state is of another version, seed or listing, or
     *     is cut short
     */
    public static SyntheticMarket restore(long seed, Listing listing, byte[] state) {
        return restore(seed, Profile.of(listing), state);
    }

    static SyntheticMarket restore(long seed, Profile profile, byte[] state) {
        SyntheticMarket market = new SyntheticMarket(seed, profile, 0);
        ByteBuffer in = ByteBuffer.wrap(state);
        try {
            market.read(in);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    unusable(profile, "is cut short at %d bytes".formatted(state.length)), e);
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(
                    unusable(profile, "is %d bytes too long".formatted(in.remaining())));
        }
        return market;
    }

    private void read(ByteBuffer in) {
        int version = in.getInt();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    unusable(profile, "has version %d, not %d".formatted(version, VERSION)));
        }
        if (in.getInt() != profile.listing().symbol().hashCode()) {
            throw new IllegalArgumentException(unusable(profile, "is of another symbol"));
        }
        long savedSeed = in.getLong();
        if (savedSeed != seed) {
            throw new IllegalArgumentException(
                    unusable(profile, "is of seed %d, not %d".formatted(savedSeed, seed)));
        }
        second = in.getLong();
        millis = in.getDouble();
        nextId = in.getLong();
        sign = in.getInt();
        level = in.getLong();
        reach = in.getLong();
        remaining = in.getLong();
        fills = in.getInt();
        oneMaker = in.get() != 0;
        random.restore(in);
        arrivals.restore(in);
        volatility.restore(in);
        signs.restore(in);
        fair.restore(in);
        book.restore(in);
    }

    private static String unusable(Profile profile, String why) {
        return "The saved state of the synthetic market of %s %s; start the market afresh."
                .formatted(profile.listing().symbol(), why);
    }
}
