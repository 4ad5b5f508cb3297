package io.tapekeeper.exchange.capture;

import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.MinuteBlock;
import io.tapekeeper.exchange.market.Quote;
import io.tapekeeper.exchange.market.RawTrade;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Puts the frames of one symbol into blocks, in the order of the recording. A trade belongs to the minute of its time
 * or, where times step back, of the latest time seen. A quote has no time of its own: it comes after the frame before
 * it, and must not delay a trade after it into a later block.
 */
final class CaptureBuilder {
    private static final List<String> QUOTE_ASSETS = List.of(
            "USDT", "USDC", "FDUSD", "TUSD", "BUSD", "DAI", "BTC", "ETH", "BNB", "EUR", "TRY", "BRL", "GBP", "JPY");

    private final String symbol;
    private final NavigableMap<Long, MinuteBlock> blocks = new TreeMap<>();
    private final List<Quote> pending = new ArrayList<>();
    private MinuteBlock.Builder open;
    private long openMinute = Long.MIN_VALUE;
    private long lastId = -1;
    private long nextAggregate = -1;
    private int pricePlacesLost = 8;
    private int sizePlacesLost = 8;

    CaptureBuilder(String symbol) {
        this.symbol = symbol;
    }

    /** Adds a trade; returns false and leaves it out if its id does not follow the ids before it. */
    boolean trade(RawTrade trade, long eventTime) {
        if (trade.id() <= lastId) {
            return false;
        }
        if (lastId < 0) {
            nextAggregate = trade.id();
        }
        lastId = trade.id();
        pricePlacesLost = Math.min(pricePlacesLost, trailingZeros(trade.price()));
        sizePlacesLost = Math.min(sizePlacesLost, trailingZeros(trade.size()));
        placeQuotes(Math.floorDiv(trade.time(), MinuteBlock.MINUTE));
        openBlock(Math.floorDiv(trade.time(), MinuteBlock.MINUTE));
        open.add(trade, eventTime);
        return true;
    }

    void quote(Quote quote) {
        pricePlacesLost = Math.min(pricePlacesLost, Math.min(trailingZeros(quote.bid()), trailingZeros(quote.ask())));
        sizePlacesLost =
                Math.min(sizePlacesLost, Math.min(trailingZeros(quote.bidSize()), trailingZeros(quote.askSize())));
        pending.add(quote);
    }

    boolean hasTraded() {
        return lastId >= 0;
    }

    CapturedTape build() {
        placeQuotes(Long.MAX_VALUE);
        close();
        return new CapturedTape(listing(), blocks);
    }

    private void placeQuotes(long latestMinute) {
        for (Quote quote : pending) {
            openBlock(Math.min(latestMinute, Math.floorDiv(quote.time(), MinuteBlock.MINUTE)));
            open.add(quote);
        }
        pending.clear();
    }

    private void openBlock(long minute) {
        if (minute > openMinute) {
            close();
            openMinute = minute;
            open = new MinuteBlock.Builder(minute, nextAggregate);
        }
    }

    private void close() {
        if (open != null) {
            MinuteBlock block = open.build();
            nextAggregate += block.aggregates();
            blocks.put(openMinute, block);
            open = null;
        }
    }

    /** The steps are the coarsest of which every price and size in the recording is a multiple. */
    private Listing listing() {
        String quote = QUOTE_ASSETS.stream()
                .filter(asset -> symbol.endsWith(asset) && !symbol.equals(asset))
                .findFirst()
                .orElse(symbol.substring(symbol.length() / 2));
        return new Listing(
                symbol,
                symbol.substring(0, symbol.length() - quote.length()),
                quote,
                (long) Math.pow(10, pricePlacesLost),
                (long) Math.pow(10, sizePlacesLost));
    }

    private static int trailingZeros(long units) {
        int zeros = 0;
        for (long rest = units; zeros < 8 && rest % 10 == 0; rest /= 10) {
            zeros++;
        }
        return zeros;
    }
}
