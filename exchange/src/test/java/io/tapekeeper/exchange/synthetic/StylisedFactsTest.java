package io.tapekeeper.exchange.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.RawTrade;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the synthetic market against what real ones do, over twenty seeds. The same bounds hold the recordings they
 * were taken from, and refuse a market of Poisson arrivals and Gaussian steps.
 */
@Execution(ExecutionMode.CONCURRENT)
class StylisedFactsTest {
    private static final int SEEDS = 20;
    private static final long START = 1_723_125_600_000_000L; // 2024-08-08 14:00 UTC

    /**
     * An hour of BTCUSDT. After each line, what six minutes of BTCUSDT and of ETHUSDT measure, recorded in
     * hft_binance_spot_btcusdt_20240808 and hft_binance_spot_ethusdt_20240808.
     */
    private static final List<Bound> TRADE_BOUNDS = List.of(
            new Bound("trades per second", 8, 90), // 28.1, 17.6
            new Bound("Fano factor of a second", 15, 300), // 210, 39
            new Bound("seconds without a trade", 0, 0.15), // 0.006, 0.076
            new Bound("raw trades per aggregate", 1.5, 2.2), // 1.68, 2.03
            new Bound("aggregates of one", 0.58, 0.82), // 0.754, 0.621
            new Bound("orders on several levels", 0.10, 0.25), // 0.140, 0.213
            new Bound("signs at lag 1", 0.25, 0.55), // 0.36, 0.50
            new Bound("signs at lag 10", 0.08, 0.25), // 0.18, 0.11
            new Bound("trades at the same price", 0.50, 0.75), // 0.588, 0.682
            new Bound("moves of one tick", 0.20, 0.55), // 0.36, 0.49
            new Bound("median value", 15, 150), // 37, 24
            new Bound("value of one in a hundred", 8_000, 40_000), // 20,000, 13,800
            new Bound("deviation of log value", 2.1, 2.9), // 2.58, 2.64
            new Bound("tail index of values", 1.0, 2.4), // 1.34, 2.13
            new Bound("share of the commonest size", 0.10, 0.30), // 0.17, 0.26
            new Bound("volatility of a year", 0.15, 2.0), // 0.63, 0.61
            new Bound("kurtosis of a second", 7, 250), // 24.4, 10.2
            new Bound("tail index of a second", 1.5, 3.8), // 1.73, 2.82
            new Bound("returns at lag 1", -0.12, 0.12), // -0.070, 0.032
            new Bound("seconds without a move", 0.12, 0.50), // 0.289, 0.284
            new Bound("flow against return", 0.45, 0.90), // 0.82, 0.60
            new Bound("z alerts per hour", 10, 90)); // 52, 31

    /**
     * The minutes of any one day. After each line, what the days of the seven files of
     * {@link #recordedMinutesLieWithinTheBoundsTakenFromThem} span.
     */
    private static final List<Bound> DAY_BOUNDS = List.of(
            new Bound("volatility of a year", 0.08, 10), // 0.10 to 9.3
            new Bound("kurtosis", 3.15, 200), // 3.2 to 168
            new Bound("tail index", 1.4, 5.2), // 1.48 to 4.9
            new Bound("returns at lag 1", -0.2, 0.25), // -0.11 to 0.19
            new Bound("|returns| at lag 1", 0.02, 0.7), // 0.04 to 0.66
            new Bound("|returns| at lag 10", -0.04, 0.55), // -0.02 to 0.48
            new Bound("|returns| at lag 60", -0.08, 0.35), // -0.04 to 0.28
            new Bound("minutes without a move", 0, 0.3));

    /** The median of days. After each line, what the medians of the files span. */
    private static final List<Bound> MEDIAN_BOUNDS = List.of(
            new Bound("volatility of a year", 0.25, 3.5), // 0.31 (BTC) to 2.8 (DOGE)
            new Bound("kurtosis", 4.8, 25), // 5.1 to 19.8
            new Bound("tail index", 2.4, 4.0), // 2.8 to 3.8
            new Bound("returns at lag 1", -0.04, 0.06), // -0.01 to 0.03
            new Bound("|returns| at lag 1", 0.14, 0.40), // 0.17 to 0.28
            new Bound("|returns| at lag 10", 0.08, 0.22), // 0.10 to 0.17
            new Bound("|returns| at lag 60", 0.02, 0.14), // 0.03 to 0.09
            new Bound("minutes without a move", 0, 0.06)); // 0 to 0.05

    /** What is measured has to lie within the two numbers. */
    record Bound(String fact, double low, double high) {
        static List<String> refusals(List<Bound> bounds, Map<String, Double> facts) {
            assertEquals(Set.copyOf(bounds.stream().map(Bound::fact).toList()), facts.keySet());
            return bounds.stream()
                    .filter(bound -> !bound.holds(facts.get(bound.fact)))
                    .map(bound -> bound.refusal(facts.get(bound.fact)))
                    .toList();
        }

        private boolean holds(double value) {
            return value >= low && value <= high; // NaN does not hold
        }

        private String refusal(double value) {
            return "%s: %.4g is not within %.4g and %.4g".formatted(fact, value, low, high);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anHourTradesLikeTheRecordings(long seed) {
        Map<String, Double> facts = hour("BTCUSDT", seed).facts();
        assertEquals(List.of(), Bound.refusals(TRADE_BOUNDS, facts), () -> "seed " + seed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hft_binance_spot_btcusdt_20240808.txt.gz", "hft_binance_spot_ethusdt_20240808.txt.gz"})
    void aRecordingLiesWithinTheBoundsTakenFromIt(String file) throws IOException {
        Map<String, Double> facts = Recordings.trades(file).facts();
        assertEquals(List.of(), Bound.refusals(TRADE_BOUNDS, facts), file);
    }

    @Test
    void minutesClusterLikeTheRecordings() {
        List<Map<String, Double>> days = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Map<String, Double> facts = Statistics.minuteFacts(day(seed));
            assertEquals(List.of(), Bound.refusals(DAY_BOUNDS, facts), "seed " + seed);
            days.add(facts);
        }
        Map<String, Double> median = median(days);
        assertEquals(List.of(), Bound.refusals(MEDIAN_BOUNDS, median), () -> "median of seeds 1 to " + SEEDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "binance_spot_BTCUSDT_1m_20210420_20210520.csv.gz",
                "binance_spot_BTCUSDT_1m_20210917_20211017.csv.gz",
                "binance_spot_BTCUSDT_1m_20230316_20230501.csv.gz",
                "binance_spot_BTCUSDT_1m_20240726_20240825.csv.gz",
                "binance_spot_BTCUSDT_1m_20250520_20250818.csv.gz",
                "binance_spot_ETHUSDT_1m_20210420_20210520.csv.gz",
                "binance_spot_DOGEUSDT_1m_20210420_20210520.csv.gz"
            })
    void recordedMinutesLieWithinTheBoundsTakenFromThem(String file) throws IOException {
        List<Map<String, Double>> days = new ArrayList<>();
        for (double[] closes : Recordings.days(file)) {
            Map<String, Double> facts = Statistics.minuteFacts(closes);
            assertEquals(List.of(), Bound.refusals(DAY_BOUNDS, facts), file + ", day " + days.size());
            days.add(facts);
        }
        assertTrue(days.size() > 20, () -> file + " has only %d days".formatted(days.size()));
        assertEquals(List.of(), Bound.refusals(MEDIAN_BOUNDS, median(days)), file);
    }

    /** As many trades, of the same volatility, with independent times, sides, sizes and steps. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aPoissonMarketWithGaussianStepsIsRefused(long seed) {
        SplitMix random = new SplitMix(seed);
        Tape tape = new Tape();
        double seconds = 0;
        double price = 62_500;
        double step = 0.5 / Math.sqrt(365 * 86_400 * 28.0);
        for (long id = 1; id <= 100_000; id++) {
            seconds += random.exponential() / 28;
            price *= 1 + step * random.gaussian();
            long size = 1000 * (1 + (long) (100 * Math.exp(2.4 * random.gaussian())));
            tape.add(new RawTrade(
                    id,
                    Math.round(price * 100) * 1_000_000,
                    size,
                    START + 1000 * (long) (seconds * 1000),
                    random.chance(0.5)));
        }
        assertRefused(
                List.of(
                        "Fano factor of a second",
                        "raw trades per aggregate",
                        "aggregates of one",
                        "orders on several levels",
                        "signs at lag 1",
                        "signs at lag 10",
                        "trades at the same price",
                        "kurtosis of a second",
                        "tail index of a second",
                        "seconds without a move",
                        "flow against return"),
                Bound.refusals(TRADE_BOUNDS, tape.facts()),
                "seed " + seed);
    }

    @Test
    void gaussianMinutesAreRefused() {
        SplitMix random = new SplitMix(1);
        List<Map<String, Double>> days = new ArrayList<>();
        for (int day = 0; day < SEEDS; day++) {
            double[] closes = new double[1441];
            closes[0] = 62_500;
            for (int i = 1; i < closes.length; i++) {
                closes[i] = closes[i - 1] * (1 + 0.0007 * random.gaussian());
            }
            days.add(Statistics.minuteFacts(closes));
        }
        assertRefused(
                List.of("kurtosis", "tail index", "|returns| at lag 1", "|returns| at lag 10", "|returns| at lag 60"),
                Bound.refusals(MEDIAN_BOUNDS, median(days)),
                "seed 1");
    }

    private static void assertRefused(List<String> facts, List<String> refusals, String which) {
        for (String fact : facts) {
            assertTrue(
                    refusals.stream().anyMatch(refusal -> refusal.startsWith(fact + ":")),
                    () -> "%s: %s is accepted; refused are %s".formatted(which, fact, refusals));
        }
    }

    @Test
    void symbolsRankByTheirRates() {
        List<String> byRate = SyntheticMarket.listings().stream()
                .map(Listing::symbol)
                .sorted(Comparator.comparingDouble(StylisedFactsTest::rate).reversed())
                .toList();
        assertEquals(List.of("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT"), byRate);
    }

    /** Trades of an hour, over five seeds. */
    private static double rate(String symbol) {
        double trades = 0;
        for (long seed = 1; seed <= 5; seed++) {
            trades += hour(symbol, seed).facts().get("trades per second");
        }
        return trades / 5;
    }

    private static Stream<Long> seeds() {
        return LongStream.rangeClosed(1, SEEDS).boxed();
    }

    private static Map<String, Double> median(List<Map<String, Double>> days) {
        Map<String, Double> median = new LinkedHashMap<>();
        for (String fact : days.getFirst().keySet()) {
            double[] values = days.stream().mapToDouble(day -> day.get(fact)).toArray();
            median.put(fact, Statistics.quantile(values, 0.5));
        }
        return median;
    }

    private static Tape hour(String symbol, long seed) {
        SyntheticMarket market = new SyntheticMarket(seed, listing(symbol), START);
        Tape tape = new Tape();
        for (RawTrade t = market.next(); t.time() < START + 3_600_000_000L; t = market.next()) {
            tape.add(t);
        }
        return tape;
    }

    private static double[] day(long seed) {
        SyntheticMarket market = new SyntheticMarket(seed, listing("BTCUSDT"), START);
        double[] closes = new double[1441];
        RawTrade trade = market.next();
        double price = 0;
        for (int minute = 0; minute < closes.length; minute++) {
            while (trade.time() < START + (minute + 1) * 60_000_000L) {
                price = trade.price() / 1e8;
                trade = market.next();
            }
            closes[minute] = price;
        }
        return closes;
    }

    private static Listing listing(String symbol) {
        return SyntheticMarket.listings().stream()
                .filter(listing -> listing.symbol().equals(symbol))
                .findFirst()
                .orElseThrow();
    }
}
