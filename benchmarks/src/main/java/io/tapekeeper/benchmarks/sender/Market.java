package io.tapekeeper.benchmarks.sender;

import java.util.Random;

/**
 * The market that the sender plays: each trade is a function of its number, so that REST can name again what the socket
 * has sent.
 *
 * <p>Prices are a random walk in ticks of 0.01 around 61,000 that leads back to where it began, so that one lap follows
 * another without a jump. Trades come at even distances, {@code barTrades} in each second of the market's time, which
 * has nothing to do with ours.
 */
final class Market {
    /** Trades before the walk begins anew: with 30 a second, 10,000 seconds. */
    static final int LAP = 300_000;

    /** Ten digits, as Binance's ids have for years: a frame's length does not change. */
    static final long FIRST_ID = 3_000_000_000L;

    /** Ids of raw trades begin with another digit and are otherwise the same: one for each. */
    static final long FIRST_RAW_ID = 5_000_000_000L;

    /** Ids and times have room for so many trades. */
    static final long MOST_TRADES = 1_000_000_000L;

    static final long FIRST_MILLIS = 1_719_500_000_000L; // 27 June 2024

    private static final int FIRST_TICKS = 6_100_000;
    private static final double STEP_TICKS = 3;
    private static final int JUMP_TICKS = 100_000;

    private final int barTrades;
    private final int jumpEvery;
    private final int[] walk = new int[LAP];
    private final int[] sizes = new int[LAP]; // in 1e-5

    /**
     * @param barTrades trades in a second of the market's time
     * @param jumpEvery each so many bars one stands far above the others, the next one far below, which opens
     *     {@code z-high} and {@code z-low} in turn; 0 = none does
     */
    Market(int barTrades, int jumpEvery) {
        this.barTrades = barTrades;
        this.jumpEvery = jumpEvery;
        Random random = new Random(20240627);
        int ticks = FIRST_TICKS;
        for (int there = 0; there < LAP / 2; there++) {
            ticks += (int) Math.round(random.nextGaussian() * STEP_TICKS);
            walk[there] = ticks;
            walk[LAP - 1 - there] = ticks;
        }
        for (int at = 0; at < LAP; at++) {
            sizes[at] = 1 + random.nextInt(99_999);
        }
    }

    /** In units of 0.01. */
    int ticks(long number) {
        int price = walk[(int) (number % LAP)];
        long bar = number / barTrades;
        if (jumpEvery == 0 || bar % jumpEvery != jumpEvery - 1) {
            return price;
        }
        return bar / jumpEvery % 2 == 0 ? price + JUMP_TICKS : price - JUMP_TICKS;
    }

    /** In units of 0.00001, less than one. */
    int size(long number) {
        return sizes[(int) (number % LAP)];
    }

    boolean buyerIsMaker(long number) {
        return (size(number) & 1) != 0;
    }

    /** Epoch milliseconds. */
    long millis(long number) {
        return FIRST_MILLIS + number * 1_000 / barTrades;
    }
}
