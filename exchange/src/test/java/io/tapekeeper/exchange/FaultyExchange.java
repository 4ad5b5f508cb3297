package io.tapekeeper.exchange;

import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.play.Speed;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A synthetic market, a minute a second, whose exchange fails by a plan; and how to read it. */
final class FaultyExchange {
    static final String TRADES = "/ws/btcusdt@trade";
    static final String REST = "/api/v3/historicalTrades?symbol=BTCUSDT&limit=1000&fromId=";
    private static final Pattern ID = Pattern.compile("\"(?:t|a|id)\":([0-9]+)");

    private FaultyExchange() {}

    static ExchangeConfig config(Fault... faults) {
        return ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(7, Optional.empty()))
                .withSpeed(new Speed(60))
                .withWeightPerMinute(Integer.MAX_VALUE)
                .withFaults(FaultPlan.of(7, faults));
    }

    static Exchange start(Fault... faults) throws Exception {
        return Exchange.start(config(faults));
    }

    /** The id in a trade; fails where it has none. */
    static long id(String trade) {
        Matcher matcher = ID.matcher(trade);
        if (!matcher.find()) {
            throw new AssertionError("no id in " + trade);
        }
        return Long.parseLong(matcher.group(1));
    }

    static long number(String json, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":(-?[0-9]+)").matcher(json);
        if (!matcher.find()) {
            throw new AssertionError("no " + field + " in " + json);
        }
        return Long.parseLong(matcher.group(1));
    }
}
