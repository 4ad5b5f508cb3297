package io.tapekeeper.venue.binance;

import io.tapekeeper.venue.Priority;
import java.util.List;

/** The aggregate trades of one symbol, as Binance answers them; asked for as a repair. */
record Aggregates(BinanceClient client, String symbol) {
    static final int WEIGHT = 4;

    /** From a time on, epoch microseconds. */
    List<JsonAnswer> since(long timeMicros, int limit) {
        return ask("startTime=" + timeMicros, limit);
    }

    /** From an id on, or from the next one that the venue has. */
    List<JsonAnswer> from(long id, int limit) {
        return ask("fromId=" + id, limit);
    }

    private List<JsonAnswer> ask(String from, int limit) {
        String asked = "aggTrades?%s&limit=%d&%s".formatted(from, limit, BinanceClient.query(List.of(symbol)));
        return client.get(asked, WEIGHT, Priority.REPAIR).items();
    }
}
