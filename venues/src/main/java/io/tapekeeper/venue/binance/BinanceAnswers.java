package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Kline;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.limit.RateWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What Binance's REST answers mean. Every method throws BAD_ANSWER where one is not what Binance promises. */
final class BinanceAnswers {
    private static final System.Logger LOG = System.getLogger(BinanceAnswers.class.getName());

    private BinanceAnswers() {}

    /** The weight per minute that the venue allows, where {@code exchangeInfo} says so. */
    static OptionalInt weightLimit(JsonAnswer exchangeInfo) {
        OptionalInt found = OptionalInt.empty();
        if (!exchangeInfo.has("rateLimits")) {
            return found;
        }
        for (JsonAnswer rate : exchangeInfo.at("rateLimits").items()) {
            if (rate.text("rateLimitType").equals("REQUEST_WEIGHT")
                    && rate.text("interval").equals("MINUTE")
                    && rate.integer("intervalNum") == 1) {
                long limit = rate.integer("limit");
                if (limit < 1 || limit > RateWindow.MOST_LIMIT) {
                    throw rate.notAsPromised("limit");
                }
                found = OptionalInt.of((int) limit);
            }
        }
        return found;
    }

    /** One symbol of {@code exchangeInfo}; that it does not trade now is logged. */
    static Instrument instrument(JsonAnswer entry) {
        String symbol = entry.text("symbol");
        String status = entry.text("status");
        if (!status.equals("TRADING")) {
            LOG.log(System.Logger.Level.WARNING, "{0} is listed but does not trade now (status {1})", symbol, status);
        }
        long priceStep = 0;
        long sizeStep = 0;
        for (JsonAnswer filter : entry.at("filters").items()) { // by name: their order is not promised
            switch (filter.text("filterType")) {
                case "PRICE_FILTER" -> priceStep = filter.decimal("tickSize");
                case "LOT_SIZE" -> sizeStep = filter.decimal("stepSize");
                default -> {} // rules for orders, which we do not send
            }
        }
        return new Instrument("binance", symbol, priceStep, sizeStep);
    }

    /** One row of {@code klines}. */
    static Kline kline(JsonAnswer row) {
        JsonAnswer kline = row.named(
                "openTime",
                "open",
                "high",
                "low",
                "close",
                "volume",
                "closeTime",
                "quoteVolume",
                "trades",
                "takerBuyVolume");
        return new Kline(
                kline.time("openTime"),
                kline.decimal("open"),
                kline.decimal("high"),
                kline.decimal("low"),
                kline.decimal("close"),
                kline.amount("volume", Amount.SIZE_PLACES),
                kline.amount("quoteVolume", Amount.QUOTE_PLACES),
                kline.integer("trades"),
                kline.amount("takerBuyVolume", Amount.SIZE_PLACES));
    }

    /**
     * A list of trades, raw or aggregate. An entry that is wrong otherwise than in its id costs only itself.
     *
     * @param fromId the smallest id that may occur
     * @param limit the most entries that were asked for
     * @param receivedTime epoch microseconds
     * @throws VenueException BAD_ANSWER where it is no list of that many entries with ascending ids
     */
    static TradePage page(JsonAnswer answer, TapeKind kind, long fromId, int limit, long receivedTime) {
        boolean raw = kind == TapeKind.RAW;
        List<JsonAnswer> items = answer.items();
        if (items.size() > limit) {
            throw answer.notAsPromised("limit");
        }
        List<Trade> trades = new ArrayList<>(items.size());
        List<Long> blanked = new ArrayList<>();
        List<Long> unusable = new ArrayList<>();
        long expected = fromId; // or later: some ids may be missing
        for (JsonAnswer item : items) {
            long id = id(item, raw ? "id" : "a", expected);
            expected = id + 1;
            try {
                if (withdrawn(item, raw)) {
                    blanked.add(id);
                } else {
                    trades.add(trade(item, id, raw, receivedTime));
                }
            } catch (VenueException e) { // from a part that is not as promised
                unusable.add(id);
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the entry with id {0} cannot be used: {1}",
                        Long.toString(id),
                        e.getMessage());
            }
        }
        return new TradePage(trades, blanked, unusable);
    }

    /** The id of an entry, at least {@code least}; some id can follow it. */
    private static long id(JsonAnswer item, String field, long least) {
        long id = item.integer(field);
        if (id < least || id == Long.MAX_VALUE) {
            throw item.notAsPromised(field);
        }
        return id;
    }

    private static boolean withdrawn(JsonAnswer item, boolean raw) {
        long price = item.decimal(raw ? "price" : "p");
        long size = item.decimal(raw ? "qty" : "q");
        return (price == 0 && size == 0) || (!raw && isBlanked(item));
    }

    private static Trade trade(JsonAnswer item, long id, boolean raw, long receivedTime) {
        return new Trade(
                id,
                item.positive(raw ? "price" : "p"),
                item.positive(raw ? "qty" : "q"),
                item.flag(raw ? "isBuyerMaker" : "m") ? Side.SELL : Side.BUY,
                item.time(raw ? "time" : "T"),
                receivedTime,
                raw ? 1 : rawTrades(item));
    }

    /** The venue blanks aggregates that it finds to be duplicates, but keeps their numbers. */
    static boolean isBlanked(JsonAnswer aggregate) {
        return aggregate.integer("f") == -1 && aggregate.integer("l") == -1;
    }

    private static int rawTrades(JsonAnswer aggregate) {
        long first = aggregate.integer("f");
        long last = aggregate.integer("l");
        if (first < 0 || last < first || last - first >= Integer.MAX_VALUE) {
            throw aggregate.notAsPromised("l");
        }
        return (int) (last - first + 1);
    }
}
