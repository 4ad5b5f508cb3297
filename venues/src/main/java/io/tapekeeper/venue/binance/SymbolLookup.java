package io.tapekeeper.venue.binance;

import static java.util.stream.Collectors.joining;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.venue.Suggestions;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.net.Excerpt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Looks up what people call the symbols. Any thread.
 *
 * @param exchangeInfo what Binance lists of some symbols
 * @param known all symbols that Binance lists, the oldest first
 */
record SymbolLookup(Function<List<String>, JsonAnswer> exchangeInfo, Supplier<List<String>> known) {
    /** Binance's spelling of what people write: {@code btc-usdt}, {@code BTC/USDT}. */
    static String spelled(String symbol) {
        return symbol.strip().replaceAll("[/_\\s-]", "").toUpperCase(Locale.ROOT);
    }

    /** As {@link io.tapekeeper.venue.Venue#instruments}. */
    List<Instrument> instruments(List<String> symbols) {
        List<String> wanted = symbols.stream()
                .map(SymbolLookup::spelled)
                .filter(symbol -> !symbol.isEmpty())
                .distinct()
                .toList();
        if (wanted.isEmpty()) {
            throw new VenueException(Kind.UNKNOWN_SYMBOL, "No symbol was given. Name one, for example BTCUSDT.");
        }
        Map<String, Instrument> listed = new LinkedHashMap<>();
        try {
            for (JsonAnswer entry : exchangeInfo.apply(wanted).at("symbols").items()) {
                Instrument instrument = BinanceAnswers.instrument(entry);
                listed.put(instrument.symbol(), instrument);
            }
        } catch (VenueException e) {
            // It says that one is unknown, but not which one.
            throw e.kind() == Kind.UNKNOWN_SYMBOL ? unknown(wanted) : e;
        }
        if (!listed.keySet().containsAll(wanted)) {
            throw unknown(wanted);
        }
        return wanted.stream().map(listed::get).toList();
    }

    private VenueException unknown(List<String> wanted) {
        List<String> all = known.get();
        String sentences = wanted.stream()
                .filter(symbol -> !all.contains(symbol))
                .map(symbol -> suggestion(symbol, Suggestions.nearest(symbol, all, 3)))
                .collect(joining(" "));
        return new VenueException(
                Kind.UNKNOWN_SYMBOL,
                sentences.isEmpty()
                        ? "Binance spot does not list one of %s now. Try them one by one."
                                .formatted(String.join(", ", wanted))
                        : sentences);
    }

    private static String suggestion(String symbol, List<String> nearest) {
        return "%s is not traded on Binance spot. %s"
                .formatted(
                        Excerpt.of(symbol, 40),
                        nearest.isEmpty()
                                ? "Symbols there look like BTCUSDT."
                                : "Nearest: " + String.join(", ", nearest) + ".");
    }
}
