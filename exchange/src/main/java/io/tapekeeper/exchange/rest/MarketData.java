package io.tapekeeper.exchange.rest;

import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.history.TimedKline;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.Payloads;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Answers the market-data endpoints from what has been played. Thread-safe. */
final class MarketData {
    private static final Set<String> STATUSES = Set.of("TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY");

    /** Writes what an endpoint says of one symbol. */
    interface Row {
        void write(History history, JsonWriter out);
    }

    private final Player player;
    private final int weightPerMinute;
    private final UnaryOperator<History> database;
    private final Map<String, History> histories = new LinkedHashMap<>();

    /** @param database turns a history into what the endpoints show that the real exchange answers from a database */
    MarketData(Player player, int weightPerMinute, UnaryOperator<History> database) {
        this.player = player;
        this.weightPerMinute = weightPerMinute;
        this.database = database;
        for (History history : player.histories()) {
            histories.put(history.listing().symbol(), history);
        }
    }

    History one(Query query) throws RequestRefusedException {
        return listed(query.symbol());
    }

    private History listed(String symbol) throws RequestRefusedException {
        History history = histories.get(symbol);
        if (history == null) {
            throw new RequestRefusedException(-1121, "Invalid symbol.");
        }
        return history;
    }

    /** The symbols named by {@code symbol} or {@code symbols}, else all. */
    private List<History> some(Query query) throws RequestRefusedException {
        if (query.has("symbol") && query.has("symbols")) {
            throw badCombination();
        }
        List<History> chosen = new ArrayList<>();
        if (query.has("symbol")) {
            chosen.add(one(query));
        } else if (query.has("symbols")) {
            for (String symbol : query.symbols()) {
                chosen.add(listed(symbol));
            }
        } else {
            chosen.addAll(histories.values());
        }
        Optional<String> status = query.text("symbolStatus");
        if (status.isPresent() && !STATUSES.contains(status.get())) {
            throw new RequestRefusedException(-1122, "Invalid symbolStatus.");
        }
        if (status.isPresent() && !status.get().equals("TRADING")) {
            if (query.has("symbol")) {
                throw new RequestRefusedException(
                        -1220, "The symbol's status does not match the requested symbolStatus.");
            }
            return List.of();
        }
        return chosen;
    }

    private static RequestRefusedException badCombination() {
        return new RequestRefusedException(-1128, "Combination of optional parameters invalid.");
    }

    /** An object where one symbol is asked for, else an array. */
    void rows(Query query, JsonWriter out, Row row) throws RequestRefusedException {
        List<History> chosen = some(query);
        if (query.has("symbol")) {
            row.write(chosen.getFirst(), out);
            return;
        }
        out.array(chosen, history -> row.write(history, out));
    }

    void time(Query query, JsonWriter out) {
        out.raw("{\"serverTime\":").time(player.time()).raw('}');
    }

    void depth(Query query, JsonWriter out) throws RequestRefusedException {
        History history = one(query);
        some(query); // for symbolStatus
        query.limit(100, 5_000); // there is only one level, so the limit is checked but not needed
        SymbolRows.depth(history, out);
    }

    void trades(Query query, JsonWriter out) throws RequestRefusedException {
        History history = one(query);
        int limit = query.limit(500, 1_000);
        prints(history.newest(Print.Kind.RAW, Long.MAX_VALUE, limit), out);
    }

    void older(Query query, JsonWriter out) throws RequestRefusedException {
        History history = database.apply(one(query));
        int limit = query.limit(500, 1_000);
        OptionalLong fromId = query.number("fromId");
        List<Print> found = fromId.isPresent()
                ? history.from(Print.Kind.RAW, fromId.getAsLong(), limit)
                : history.newest(Print.Kind.RAW, Long.MAX_VALUE, limit);
        prints(found, out);
    }

    private static void prints(List<Print> prints, JsonWriter out) {
        out.array(prints, print -> Payloads.row(out, print));
    }

    void aggregates(Query query, JsonWriter out) throws RequestRefusedException {
        History history = database.apply(one(query));
        int limit = query.limit(500, 1_000);
        OptionalLong fromId = query.number("fromId");
        if (fromId.isPresent() && (query.has("startTime") || query.has("endTime"))) {
            throw badCombination();
        }
        long now = player.time();
        long start = query.time("startTime", -1, now);
        long end = endOfUnit(query, query.time("endTime", Long.MAX_VALUE, now));
        Print.Kind kind = Print.Kind.AGGREGATE;
        List<Print> found;
        if (fromId.isPresent()) {
            found = history.from(kind, fromId.getAsLong(), limit);
        } else if (start >= 0) {
            found = history.between(kind, start, end, limit);
        } else {
            found = history.newest(kind, end, limit);
        }
        prints(found, out);
    }

    /** An end in milliseconds includes its whole millisecond. */
    private static long endOfUnit(Query query, long end) throws RequestRefusedException {
        OptionalLong sent = query.number("endTime");
        return sent.isPresent() && sent.getAsLong() * 1_000 == end ? end + 999 : end;
    }

    void klines(Query query, JsonWriter out) throws RequestRefusedException {
        History history = database.apply(one(query));
        long now = player.playedTime();
        List<TimedKline> klines = history.klines(
                query.interval(),
                query.zone(),
                query.time("startTime", -1, now),
                Math.min(query.time("endTime", Long.MAX_VALUE, now), now),
                query.limit(500, 1_000));
        out.array(klines, kline -> Payloads.klineRow(out, kline));
    }

    void day(Query query, JsonWriter out) throws RequestRefusedException {
        String type = query.text("type").orElse("FULL");
        if (!type.equals("FULL") && !type.equals("MINI")) {
            throw Query.invalid("type");
        }
        long now = player.playedTime();
        rows(query, out, (history, to) -> SymbolRows.day(history, now, type.equals("FULL"), to));
    }

    void averagePrice(Query query, JsonWriter out) throws RequestRefusedException {
        SymbolRows.average(one(query), player.playedTime(), out);
    }

    void exchangeInfo(Query query, JsonWriter out) throws RequestRefusedException {
        List<History> chosen = some(query);
        Optional<String> permissions = query.text("permissions"); // one name or a JSON array
        if (permissions.isPresent()) {
            if (query.has("symbol") || query.has("symbols")) {
                throw badCombination();
            }
            if (!List.of(permissions.get().split("[\\[\\]\", ]+", -1)).contains("SPOT")) {
                chosen = List.of();
            }
        }
        out.raw("{\"timezone\":\"UTC\",\"serverTime\":").time(player.time());
        String limits = """
                ,"rateLimits":[
                {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":%d},
                {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100},
                {"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":200000},
                {"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000}],
                "exchangeFilters":[],"symbols":
                """.formatted(weightPerMinute);
        out.raw(limits.replace("\n", ""));
        out.array(chosen, history -> SymbolRows.listing(history.listing(), out)).raw('}');
    }
}
