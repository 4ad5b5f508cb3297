package io.tapekeeper.exchange.rest;

import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.history.Played;
import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.Payloads;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** What REST says of one symbol at this moment: tickers, depth, trading rules. */
final class SymbolRows {
    private static final long DAY_MINUTES = 24 * 60;
    private static final long AVERAGE_MINUTES = 5;

    private SymbolRows() {}

    static void price(History history, JsonWriter out) {
        long price = history.played().last().map(RawTrade::price).orElse(0L);
        out.raw("{\"symbol\":").string(history.listing().symbol());
        out.raw(",\"price\":").decimal(price).raw('}');
    }

    static void bookTicker(History history, JsonWriter out) {
        out.raw("{\"symbol\":").string(history.listing().symbol());
        best(quote(history.played()), out);
        out.raw('}');
    }

    private static void best(Quote quote, JsonWriter out) {
        out.raw(",\"bidPrice\":").decimal(quote.bid());
        out.raw(",\"bidQty\":").decimal(quote.bidSize());
        out.raw(",\"askPrice\":").decimal(quote.ask());
        out.raw(",\"askQty\":").decimal(quote.askSize());
    }

    /** All zero before the first quote, as the real exchange shows an empty book. */
    private static Quote quote(Played played) {
        return played.quote().orElse(new Quote(0, 0, 0, 0, 0, 0, 0));
    }

    /** One level on each side, for only the best prices are known. */
    static void depth(History history, JsonWriter out) {
        Quote quote = quote(history.played());
        out.raw("{\"lastUpdateId\":").number(quote.updateId());
        out.raw(",\"bids\":");
        level(out, quote.bid(), quote.bidSize());
        out.raw(",\"asks\":");
        level(out, quote.ask(), quote.askSize());
        out.raw('}');
    }

    private static void level(JsonWriter out, long price, long size) {
        if (size == 0) {
            out.raw("[]");
        } else {
            out.raw("[[").decimal(price).raw(',').decimal(size).raw("]]");
        }
    }

    /**
     * {@code ticker/24hr}; its day consists of whole minutes, the last of which may be forming.
     *
     * @param full {@code FULL} if true, {@code MINI} if false
     */
    static void day(History history, long now, boolean full, JsonWriter out) {
        Played played = history.played();
        long minutes = Math.floorDiv(now, MinuteBlock.MINUTE) + 1;
        long start = (minutes - DAY_MINUTES) * MinuteBlock.MINUTE;
        Kline day = played.last().isPresent() ? history.kline(start, minutes * MinuteBlock.MINUTE) : Kline.empty(0);
        BigDecimal volume = new BigDecimal(day.volume(), 8);
        BigDecimal quoteVolume = new BigDecimal(day.quoteVolume(), 16);
        BigDecimal open = BigDecimal.valueOf(day.open(), 8);
        BigDecimal change = BigDecimal.valueOf(day.close(), 8).subtract(open);
        out.raw("{\"symbol\":").string(history.listing().symbol());
        if (full) {
            out.raw(",\"priceChange\":\"").raw(change.toPlainString());
            out.raw("\",\"priceChangePercent\":\"");
            out.raw(ratio(change.movePointRight(2), open, 3));
            out.raw("\",\"weightedAvgPrice\":\"").raw(ratio(quoteVolume, volume, 8));
            out.raw("\",\"prevClosePrice\":").decimal(day.open());
            out.raw(",\"lastPrice\":").decimal(day.close());
            out.raw(",\"lastQty\":").decimal(played.last().map(RawTrade::size).orElse(0L));
            best(quote(played), out);
        }
        out.raw(",\"openPrice\":").decimal(day.open());
        out.raw(",\"highPrice\":").decimal(day.high());
        out.raw(",\"lowPrice\":").decimal(day.low());
        if (!full) {
            out.raw(",\"lastPrice\":").decimal(day.close());
        }
        out.raw(",\"volume\":\"").raw(Payloads.size(day.volume()));
        out.raw("\",\"quoteVolume\":\"").raw(Payloads.quote(day.quoteVolume()));
        out.raw("\",\"openTime\":").time(start);
        out.raw(",\"closeTime\":").time(now);
        out.raw(",\"firstId\":").number(day.first());
        out.raw(",\"lastId\":").number(day.last());
        out.raw(",\"count\":").number(day.trades()).raw('}');
    }

    /** {@code avgPrice} over five whole minutes, the last of which may be forming. */
    static void average(History history, long now, JsonWriter out) {
        Optional<RawTrade> last = history.played().last();
        long end = (Math.floorDiv(now, MinuteBlock.MINUTE) + 1) * MinuteBlock.MINUTE;
        Kline bar = last.isPresent() ? history.kline(end - AVERAGE_MINUTES * MinuteBlock.MINUTE, end) : Kline.empty(0);
        out.raw("{\"mins\":").number(AVERAGE_MINUTES).raw(",\"price\":");
        if (bar.trades() == 0) {
            out.decimal(bar.close());
        } else {
            BigDecimal volume = new BigDecimal(bar.volume(), 8);
            BigDecimal quoteVolume = new BigDecimal(bar.quoteVolume(), 16);
            out.raw('"').raw(ratio(quoteVolume, volume, 8)).raw('"');
        }
        long closeTime = last.map(RawTrade::time).orElse(0L);
        out.raw(",\"closeTime\":").time(closeTime).raw('}');
    }

    private static String ratio(BigDecimal a, BigDecimal b, int places) {
        BigDecimal value =
                b.signum() == 0 ? BigDecimal.ZERO.setScale(places) : a.divide(b, places, RoundingMode.HALF_UP);
        return value.toPlainString();
    }

    static void listing(Listing listing, JsonWriter out) {
        out.raw("{\"symbol\":").string(listing.symbol());
        out.raw(",\"status\":\"TRADING\",\"baseAsset\":").string(listing.base());
        out.raw(",\"baseAssetPrecision\":8,\"quoteAsset\":").string(listing.quote());
        String tick = Payloads.decimal(listing.tickSize());
        String step = Payloads.decimal(listing.stepSize());
        String rules = """
                ,"quotePrecision":8,"quoteAssetPrecision":8,"baseCommissionPrecision":8,
                "quoteCommissionPrecision":8,"orderTypes":["LIMIT","LIMIT_MAKER","MARKET"],
                "icebergAllowed":true,"ocoAllowed":true,"otoAllowed":true,
                "quoteOrderQtyMarketAllowed":true,"allowTrailingStop":true,
                "cancelReplaceAllowed":true,"amendAllowed":true,"pegInstructionsAllowed":true,
                "isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"filters":[
                {"filterType":"PRICE_FILTER","minPrice":"%s","maxPrice":"1000000.00000000",
                "tickSize":"%s"},
                {"filterType":"LOT_SIZE","minQty":"%s","maxQty":"9000000.00000000","stepSize":"%s"},
                {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,
                "maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5}],
                "permissions":[],"permissionSets":[["SPOT"]],
                "defaultSelfTradePreventionMode":"NONE","allowedSelfTradePreventionModes":["NONE"]}
                """.formatted(tick, tick, step, step);
        out.raw(rules.replace("\n", ""));
    }
}
