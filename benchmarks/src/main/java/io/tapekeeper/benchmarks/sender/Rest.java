package io.tapekeeper.benchmarks.sender;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** What REST says: as much as a client asks for before and beside its socket. */
final class Rest {
    private static final Pattern SYMBOL = Pattern.compile("[?&]symbol=([A-Z0-9]+)");
    private static final Pattern FROM_ID = Pattern.compile("[?&]fromId=(\\d+)");
    private static final Pattern LIMIT = Pattern.compile("[?&]limit=(\\d+)");

    private final Market market;
    private final List<String> symbols;
    private final LongSupplier sent;

    /** @param sent how many trades have been sent, of all symbols in turn */
    Rest(Market market, List<String> symbols, LongSupplier sent) {
        this.market = market;
        this.symbols = symbols;
        this.sent = sent;
    }

    /**
     * @param target path and query
     * @return JSON, or an empty text where there is nothing at this address
     */
    String answer(String target) {
        String path = target.replaceFirst("\\?.*", "");
        return switch (path) {
            case "/sim/state" -> "{\"source\":\"synthetic\",\"speed\":\"max\"}";
            case "/api/v3/ping" -> "{}";
            case "/api/v3/time" -> "{\"serverTime\":%d}".formatted(System.currentTimeMillis());
            case "/api/v3/exchangeInfo" -> exchangeInfo();
            case "/api/v3/klines", "/api/v3/historicalTrades" -> "[]";
            case "/api/v3/ticker/price" ->
                symbols.stream()
                        .map("{\"symbol\":\"%s\",\"price\":\"61000.00000000\"}"::formatted)
                        .collect(joining(",", "[", "]"));
            case "/api/v3/aggTrades" -> aggregates(target);
            default -> "";
        };
    }

    private String exchangeInfo() {
        String listed = symbols.stream().map(Rest::listed).collect(joining(","));
        return """
        {"timezone":"UTC","serverTime":%d,"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT",
        "interval":"MINUTE","intervalNum":1,"limit":6000}],"exchangeFilters":[],"symbols":[%s]}\
        """.formatted(System.currentTimeMillis(), listed).replace("\n", "");
    }

    private static String listed(String symbol) {
        return """
        {"symbol":"%s","status":"TRADING","baseAsset":"%s","baseAssetPrecision":8,
        "quoteAsset":"USDT","quotePrecision":8,"quoteAssetPrecision":8,
        "baseCommissionPrecision":8,"quoteCommissionPrecision":8,
        "orderTypes":["LIMIT","MARKET"],"icebergAllowed":true,"ocoAllowed":true,
        "quoteOrderQtyMarketAllowed":true,"allowTrailingStop":true,
        "isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"filters":[
        {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000",
        "tickSize":"0.01000000"},
        {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000",
        "stepSize":"0.00001000"},
        {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,
        "maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5}],
        "permissions":["SPOT"],"permissionSets":[["SPOT"]]}\
        """.formatted(symbol, symbol.replaceFirst("USDT$", ""));
    }

    /** By id, or the newest. */
    private String aggregates(String target) {
        int symbol = symbols.indexOf(group(SYMBOL, target, ""));
        long all = sent.getAsLong();
        long count = all / symbols.size() + (symbol < all % symbols.size() ? 1 : 0);
        long limit = Long.parseLong(group(LIMIT, target, "500"));
        String fromId = group(FROM_ID, target, "");
        long from =
                fromId.isEmpty() ? Math.max(0, count - limit) : Math.max(0, Long.parseLong(fromId) - Market.FIRST_ID);
        return LongStream.range(from, Math.min(count, from + limit))
                .mapToObj(this::aggregate)
                .collect(joining(",", "[", "]"));
    }

    private String aggregate(long number) {
        return "{\"a\":%d,\"p\":\"%d.%02d000000\",\"q\":\"0.%05d000\",\"f\":%d,\"l\":%d,\"T\":%d,\"m\":%b,\"M\":true}"
                .formatted(
                        Market.FIRST_ID + number,
                        market.ticks(number) / 100,
                        market.ticks(number) % 100,
                        market.size(number),
                        Market.FIRST_RAW_ID + number,
                        Market.FIRST_RAW_ID + number,
                        market.millis(number),
                        market.buyerIsMaker(number));
    }

    private static String group(Pattern pattern, String text, String otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : otherwise;
    }
}
