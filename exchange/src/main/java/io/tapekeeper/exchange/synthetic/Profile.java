package io.tapekeeper.exchange.synthetic;

import io.tapekeeper.exchange.market.Listing;
import java.util.List;

/**
 * What sets one listed market apart from the others; everything else is the same for all.
 *
 * @param firstId id of the first raw trade; beyond 2^31 for the busiest, as on the real venue
 * @param price the level that the price is drawn to at the start, in quote currency
 * @param annualVolatility standard deviation of the log return of a year of 365 days
 * @param ordersPerSecond mean rate of taker orders; each prints about three raw trades
 * @param branching share of the orders that other orders set off, in [0, 1)
 * @param singleMaker chance that an order which stays on one level meets one maker only
 */
record Profile(
        Listing listing,
        long firstId,
        double price,
        double annualVolatility,
        double ordersPerSecond,
        double branching,
        double singleMaker) {

    private static final List<Profile> ALL = List.of(
            new Profile(listing("BTC", 1_000_000, 1_000), 3_700_000_001L, 62_500, 0.50, 9.4, 0.63, 0.85),
            new Profile(listing("ETH", 1_000_000, 10_000), 1_500_000_001L, 2_650, 0.62, 5.4, 0.60, 0.72),
            new Profile(listing("SOL", 1_000_000, 100_000), 600_000_001L, 150, 0.80, 3.0, 0.58, 0.72),
            new Profile(listing("XRP", 10_000, 100_000_000), 650_000_001L, 0.6, 0.75, 1.8, 0.54, 0.68),
            new Profile(listing("DOGE", 1_000, 100_000_000), 700_000_001L, 0.12, 0.90, 1.1, 0.54, 0.68));

    private static Listing listing(String base, long tickSize, long stepSize) {
        return new Listing(base + "USDT", base, "USDT", tickSize, stepSize);
    }

    static List<Listing> listings() {
        return ALL.stream().map(Profile::listing).toList();
    }

    /** @throws IllegalArgumentException where no synthetic market of that listing exists */
    static Profile of(Listing listing) {
        for (Profile profile : ALL) {
            if (profile.listing.equals(listing)) {
                return profile;
            }
        }
        throw new IllegalArgumentException("There is no synthetic market for %s; choose one of %s."
                .formatted(listing, listings().stream().map(Listing::symbol).toList()));
    }

    /** Tick size in quote currency. */
    double tick() {
        return listing.tickSize() / 1e8;
    }

    /** Size step in base currency. */
    double step() {
        return listing.stepSize() / 1e8;
    }
}
