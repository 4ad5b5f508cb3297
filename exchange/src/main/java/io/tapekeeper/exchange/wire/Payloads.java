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
 * The events and rows of the protocol, field by field in the order of the real exchange. Times come in microseconds
 * since the epoch and go out in the client's unit.
 */
public final class Payloads {
    private Payloads() {}

    /** A {@code trade} event of the streams. */
    public static void trade(JsonWriter out, String symbol, RawTrade trade, long eventTime) {
        out.raw("{\"e\":\"trade\",\"E\":").time(eventTime);
        out.raw(",\"s\":").string(symbol);
        out.raw(",\"t\":").number(trade.id());
        out.raw(",\"p\":").decimal(trade.price());
        out.raw(",\"q\":").decimal(trade.size());
        out.raw(",\"T\":").time(trade.time());
        out.raw(",\"m\":").bool(trade.buyerIsMaker()).raw(",\"M\":true}");
    }

    /** An {@code aggTrade} event of the streams. */
    public static void aggregate(JsonWriter out, String symbol, Aggregate trade, long eventTime) {
        out.raw("{\"e\":\"aggTrade\",\"E\":").time(eventTime);
        out.raw(",\"s\":").string(symbol).raw(',');
        aggregateFields(out, trade);
    }

    /** A row of the lists of raw trades or of {@code aggTrades}. */
    public static void row(JsonWriter out, Print print) {
        switch (print) {
            case Aggregate trade -> aggregateFields(out.raw('{'), trade);
            case RawTrade trade -> tradeRow(out, trade);
        }
    }

    private static void aggregateFields(JsonWriter out, Aggregate trade) {
        out.raw("\"a\":").number(trade.id());
        if (trade.isBlanked()) {
            out.raw(",\"p\":\"0\",\"q\":\"0\"");
        } else {
            out.raw(",\"p\":").decimal(trade.price());
            out.raw(",\"q\":").decimal(trade.size());
        }
        out.raw(",\"f\":").number(trade.first());
        out.raw(",\"l\":").number(trade.last());
        out.raw(",\"T\":").time(trade.time());
        out.raw(",\"m\":").bool(trade.buyerIsMaker()).raw(",\"M\":true}");
    }

    private static void tradeRow(JsonWriter out, RawTrade trade) {
        out.raw("{\"id\":").number(trade.id());
        out.raw(",\"price\":").decimal(trade.price());
        out.raw(",\"qty\":").decimal(trade.size());
        out.raw(",\"quoteQty\":").raw('"');
        out.raw(quote(BigInteger.valueOf(trade.price()).multiply(BigInteger.valueOf(trade.size()))))
                .raw('"');
        out.raw(",\"time\":").time(trade.time());
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

    /** A {@code kline} event of the streams; the bar is final if the event comes at the bar's end. */
    public static void kline(JsonWriter out, String symbol, String interval, TimedKline timed, long eventTime) {
        Kline kline = timed.kline();
        out.raw("{\"e\":\"kline\",\"E\":").time(eventTime);
        out.raw(",\"s\":").string(symbol);
        out.raw(",\"k\":{\"t\":").time(timed.open());
        out.raw(",\"T\":").timeBefore(timed.next());
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
        out.raw(",\"x\":").bool(eventTime == timed.next());
        out.raw(",\"q\":\"").raw(quote(kline.quoteVolume()));
        out.raw("\",\"V\":\"").raw(size(kline.takerVolume()));
        out.raw("\",\"Q\":\"").raw(quote(kline.takerQuote())).raw("\",\"B\":\"0\"}}");
    }

    /** A row of {@code klines}. */
    public static void klineRow(JsonWriter out, TimedKline timed) {
        Kline kline = timed.kline();
        out.raw('[').time(timed.open());
        out.raw(',').decimal(kline.open());
        out.raw(',').decimal(kline.high());
        out.raw(',').decimal(kline.low());
        out.raw(',').decimal(kline.close());
        out.raw(",\"").raw(size(kline.volume()));
        out.raw("\",").timeBefore(timed.next());
        out.raw(",\"").raw(quote(kline.quoteVolume()));
        out.raw("\",").number(kline.trades());
        out.raw(",\"").raw(size(kline.takerVolume()));
        out.raw("\",\"").raw(quote(kline.takerQuote())).raw("\",\"0\"]");
    }

    /** The notice that the exchange is about to stop. */
    public static void serverShutdown(JsonWriter out, long eventTime) {
        out.raw("{\"e\":\"serverShutdown\",\"E\":").time(eventTime).raw('}');
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
