package io.tapekeeper.exchange.synthetic;

import io.tapekeeper.exchange.market.RawTrade;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Raw trades in order, and what is measured on them. */
final class Tape {
    private static final long TICK = 1_000_000; // of BTCUSDT and ETHUSDT
    private static final double SECONDS_PER_YEAR = 365 * 86_400.0;

    private final List<RawTrade> trades = new ArrayList<>();

    void add(RawTrade trade) {
        trades.add(trade);
    }

    /** Every fact by name; the Javadoc of the bounds says what is usual. */
    Map<String, Double> facts() {
        Map<String, Double> facts = new LinkedHashMap<>();
        measureRate(facts);
        measureOrders(facts);
        measureSizes(facts);
        measureSeconds(facts);
        return facts;
    }

    private int second(RawTrade trade) {
        return Math.toIntExact(trade.time() / 1_000_000 - trades.getFirst().time() / 1_000_000);
    }

    private int seconds() {
        return second(trades.getLast()) + 1;
    }

    /** The first and the last second are not whole and left out. */
    private void measureRate(Map<String, Double> facts) {
        double[] counts = new double[seconds()];
        for (RawTrade trade : trades) {
            counts[second(trade)]++;
        }
        double[] whole = Arrays.copyOfRange(counts, 1, counts.length - 1);
        facts.put("trades per second", Statistics.mean(whole));
        facts.put("Fano factor of a second", Statistics.variance(whole) / Statistics.mean(whole));
        facts.put("seconds without a trade", Statistics.share(whole, count -> count == 0));
    }

    /** An order is seen as a run of trades of one millisecond and side; an aggregate, of one price. */
    private void measureOrders(Map<String, Double> facts) {
        List<Double> signs = new ArrayList<>();
        List<Double> aggregates = new ArrayList<>();
        int cleared = 0;
        int moves = 0;
        int tickMoves = 0;
        long firstPrice = 0;
        RawTrade last = null;
        for (RawTrade trade : trades) {
            boolean sameOrder = last != null
                    && trade.time() / 1000 == last.time() / 1000
                    && trade.buyerIsMaker() == last.buyerIsMaker();
            if (sameOrder && trade.price() == last.price()) {
                aggregates.set(aggregates.size() - 1, aggregates.getLast() + 1);
            } else {
                aggregates.add(1.0);
            }
            if (last != null && trade.price() != last.price()) {
                moves++;
                tickMoves += Math.abs(trade.price() - last.price()) == TICK ? 1 : 0;
            }
            if (!sameOrder) {
                cleared += last != null && last.price() != firstPrice ? 1 : 0;
                firstPrice = trade.price();
                signs.add(trade.buyerIsMaker() ? -1.0 : 1.0);
            }
            last = trade;
        }
        double[] sign = Statistics.array(signs);
        double[] aggregate = Statistics.array(aggregates);
        facts.put("raw trades per aggregate", Statistics.mean(aggregate));
        facts.put("aggregates of one", Statistics.share(aggregate, count -> count == 1));
        facts.put("orders on several levels", (double) cleared / signs.size());
        facts.put("signs at lag 1", Statistics.autocorrelation(sign, 1));
        facts.put("signs at lag 10", Statistics.autocorrelation(sign, 10));
        facts.put("trades at the same price", 1 - (double) moves / trades.size());
        facts.put("moves of one tick", (double) tickMoves / moves);
    }

    private void measureSizes(Map<String, Double> facts) {
        double[] value = new double[trades.size()];
        double[] log = new double[trades.size()];
        Map<Long, Integer> common = new HashMap<>();
        for (int i = 0; i < value.length; i++) {
            RawTrade trade = trades.get(i);
            value[i] = (trade.price() / 1e8) * (trade.size() / 1e8);
            log[i] = Math.log(value[i]);
            common.merge(trade.size(), 1, Integer::sum);
        }
        int most = common.values().stream().max(Integer::compare).orElseThrow();
        facts.put("median value", Statistics.quantile(value, 0.5));
        facts.put("value of one in a hundred", Statistics.quantile(value, 0.99));
        facts.put("deviation of log value", Math.sqrt(Statistics.variance(log)));
        facts.put("tail index of values", Statistics.hill(value));
        facts.put("share of the commonest size", (double) most / value.length);
    }

    private void measureSeconds(Map<String, Double> facts) {
        double[] closes = new double[seconds()];
        double[] flow = new double[closes.length];
        for (RawTrade trade : trades) {
            int second = second(trade);
            closes[second] = trade.price() / 1e8;
            flow[second] += Math.sqrt((double) trade.size()) * (trade.buyerIsMaker() ? -1 : 1);
        }
        for (int i = 1; i < closes.length; i++) {
            closes[i] = closes[i] == 0 ? closes[i - 1] : closes[i];
        }
        double[] returns = Statistics.logReturns(closes);
        facts.put("volatility of a year", Math.sqrt(Statistics.variance(returns) * SECONDS_PER_YEAR));
        facts.put("kurtosis of a second", Statistics.kurtosis(returns));
        facts.put("tail index of a second", Statistics.hill(returns));
        facts.put("returns at lag 1", Statistics.autocorrelation(returns, 1));
        facts.put("seconds without a move", Statistics.share(returns, r -> r == 0));
        facts.put("flow against return", Statistics.correlation(Arrays.copyOfRange(flow, 1, flow.length), returns));
        facts.put("z alerts per hour", zAlerts(closes) * 3600.0 / closes.length);
    }

    /** How often |z| > 3 becomes true, z of a close within the last 20. */
    private static int zAlerts(double[] closes) {
        int opened = 0;
        boolean open = false;
        for (int end = 20; end <= closes.length; end++) {
            double[] window = Arrays.copyOfRange(closes, end - 20, end);
            double deviation = Math.sqrt(Statistics.variance(window) * 20 / 19);
            double z = (closes[end - 1] - Statistics.mean(window)) / deviation;
            boolean now = Math.abs(z) > 3; // NaN, where all are equal, is not
            opened += now && !open ? 1 : 0;
            open = now;
        }
        return opened;
    }
}
