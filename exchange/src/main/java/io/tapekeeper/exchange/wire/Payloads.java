package io.tapekeeper.exchange.wire;

import io.tapekeeper.exchange.history.TimedKline;
import io.tapekeeper.exchange.market.Aggregate;
import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * The events and rows of the protocol, field by field in the order of the real exchange. Times are given in
 * microseconds and told in the client's unit.
 */
public final class Payloads {
    private Payloads() {}

    /** A {@code trade} event of the streams. */
    public static void trade(JsonWriter out, String symbol, RawTrade trade, long eventTime, TimeUnits units) {
        out.raw("{\"e\":\"trade\",\"E\":").number(units.of(eventTime));
        out.raw(",\"s\":").string(symbol);
        out.raw(",\"t\":").number(trade.id());
        out.raw(",\"p\":").decimal(trade.price());
        out.raw(",\"q\":").decimal(trade.size());
        out.raw(",\"T\":").number(units.of(trade.time()));
        out.raw(",\"m\":").bool(trade.buyerIsMaker()).raw(",\"M\":true}");
    }

    /** An {@code aggTrade} event of the streams. */
    public static void aggregate(JsonWriter out, String symbol, Aggregate trade, long eventTime, TimeUnits units) {
        out.raw("{\"e\":\"aggTrade\",\"E\":").number(units.of(eventTime));
        out.raw(",\"s\":").string(symbol).raw(',');
        aggregateFields(out, trade, units);
    }

    /** A row of the lists of raw trades or of {@code aggTrades}. */
    public static void row(JsonWriter out, Print print, TimeUnits units) {
        switch (print) {
            case Aggregate trade -> aggregateFields(out.raw('{'), trade, units);
            case RawTrade trade -> tradeRow(out, trade, units);
        }
    }

    private static void aggregateFields(JsonWriter out, Aggregate trade, TimeUnits units) {
        out.raw("\"a\":").number(trade.id());
        if (trade.isBlanked()) {
            out.raw(",\"p\":\"0\",\"q\":\"0\"");
        } else {
            out.raw(",\"p\":").decimal(trade.price());
            out.raw(",\"q\":").decimal(trade.size());
        }
        out.raw(",\"f\":").number(trade.first());
        out.raw(",\"l\":").number(trade.last());
        out.raw(",\"T\":").number(units.of(trade.time()));
        out.raw(",\"m\":").bool(trade.buyerIsMaker()).raw(",\"M\":true}");
    }

    private static void tradeRow(JsonWriter out, RawTrade trade, TimeUnits units) {
        out.raw("{\"id\":").number(trade.id());
        out.raw(",\"price\":").decimal(trade.price());
        out.raw(",\"qty\":").decimal(trade.size());
        out.raw(",\"quoteQty\":").raw('"');
        out.raw(quote(BigInteger.valueOf(trade.price()).multiply(BigInteger.valueOf(trade.size()))))
                .raw('"');
        out.raw(",\"time\":").number(units.of(trade.time()));
        out.raw(",\"isBuyerMaker\":").bool(trade.buyerIsMaker()).raw(",\"isBestMatch\":true}");
    }

    /** A {@code bookTicker} event of the streams. */
    public static void quote(JsonWriter out, String symbol, Quote quote) {
        out.raw("{\"u\":").number(quote.updateId());
        out.raw(",\"s\":").string(symbol);
        out.raw(",\"b\":").decimal(quote.bid());
        out.raw(",\"B\":").decimal(quote.bidSize());
        out.raw(",\"a\":").decimal(quote.ask());
        out.raw(",\"A\":").decimal(quote.askSize()).raw('}');
    }

    /** A {@code kline} event of the streams. */
    public static void kline(
            JsonWriter out,
            String symbol,
            String interval,
            TimedKline timed,
            boolean closed,
            long eventTime,
            TimeUnits units) {
        Kline kline = timed.kline();
        out.raw("{\"e\":\"kline\",\"E\":").number(units.of(eventTime));
        out.raw(",\"s\":").string(symbol);
        out.raw(",\"k\":{\"t\":").number(units.of(timed.open()));
        out.raw(",\"T\":").number(units.of(timed.next()) - 1);
        out.raw(",\"s\":").string(symbol);
        out.raw(",\"i\":\"").raw(interval);
        out.raw("\",\"f\":").number(kline.first());
        out.raw(",\"L\":").number(kline.last());
        out.raw(",\"o\":").decimal(kline.open());
        out.raw(",\"c\":").decimal(kline.close());
        out.raw(",\"h\":").decimal(kline.high());
        out.raw(",\"l\":").decimal(kline.low());
        out.raw(",\"v\":\"").raw(size(kline.volume()));
        out.raw("\",\"n\":").number(kline.trades());
        out.raw(",\"x\":").bool(closed);
        out.raw(",\"q\":\"").raw(quote(kline.quoteVolume()));
        out.raw("\",\"V\":\"").raw(size(kline.takerVolume()));
        out.raw("\",\"Q\":\"").raw(quote(kline.takerQuote())).raw("\",\"B\":\"0\"}}");
    }

    /** A row of {@code klines}. */
    public static void klineRow(JsonWriter out, TimedKline timed, TimeUnits units) {
        Kline kline = timed.kline();
        out.raw('[').number(units.of(timed.open()));
        out.raw(',').decimal(kline.open());
        out.raw(',').decimal(kline.high());
        out.raw(',').decimal(kline.low());
        out.raw(',').decimal(kline.close());
        out.raw(",\"").raw(size(kline.volume()));
        out.raw("\",").number(units.of(timed.next()) - 1);
        out.raw(",\"").raw(quote(kline.quoteVolume()));
        out.raw("\",").number(kline.trades());
        out.raw(",\"").raw(size(kline.takerVolume()));
        out.raw("\",\"").raw(quote(kline.takerQuote())).raw("\",\"0\"]");
    }

    /** The notice that the exchange is about to stop. */
    public static void serverShutdown(JsonWriter out, long eventTime, TimeUnits units) {
        out.raw("{\"e\":\"serverShutdown\",\"E\":").number(units.of(eventTime)).raw('}');
    }

    /** A price or size in units of 1e-8, with eight places. */
    public static String decimal(long units) {
        return BigDecimal.valueOf(units, 8).toPlainString();
    }

    /** A sum of sizes in units of 1e-8, with eight places. */
    public static String size(BigInteger sum) {
        return new BigDecimal(sum, 8).toPlainString();
    }

    /**
     * A sum of prices times sizes in units of 1e-16, with eight places; the rest is cut off, as the real exchange does.
     */
    public static String quote(BigInteger sum) {
        return new BigDecimal(sum, 16).setScale(8, RoundingMode.DOWN).toPlainString();
    }
}
