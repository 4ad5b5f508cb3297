package io.tapekeeper.exchange.rest;

import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.history.TimedKline;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.Payloads;
import io.tapekeeper.exchange.wire.TimeUnits;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * The public market-data endpoints under {@code /api/v3}. Thread-safe: reads what has been played and keeps nothing but
 * the request weights.
 *
 * <p>Where the real exchange's behaviour is not documented: a limit above the maximum is cut to it, a limit of 0 is
 * −1130, {@code fromId} together with times is −1128.
 */
public final class RestApi {
    private static final String PREFIX = "/api/v3/";
    private static final Set<String> STATUSES = Set.of("TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY");

    private interface Weight {
        int of(Map<String, List<String>> parameters);
    }

    private interface Answer {
        void write(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException;
    }

    private record Endpoint(Set<String> parameters, Weight weight, Answer answer) {}

    private interface Row {
        void write(History history, JsonWriter out, TimeUnits units);
    }

    private final Player player;
    private final Map<String, History> histories = new LinkedHashMap<>();
    private final WeightMeter meter;
    private final UnaryOperator<History> database;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final AtomicLong refuseUntil = new AtomicLong(System.nanoTime());

    /** @param database a history as the endpoints show it that the real exchange answers from a database */
    public RestApi(Player player, WeightMeter meter, UnaryOperator<History> database) {
        this.player = player;
        this.meter = meter;
        this.database = database;
        for (History history : player.histories()) {
            histories.put(history.listing().symbol(), history);
        }
        Set<String> some = Set.of("symbol", "symbols", "symbolStatus");
        Weight twoOrFour = sent -> sent.containsKey("symbol") ? 2 : 4;
        Set<String> recent = Set.of("symbol", "limit");
        add("ping", Set.of(), sent -> 1, (query, out, units) -> out.raw("{}"));
        add("time", Set.of(), sent -> 1, this::time);
        add(
                "exchangeInfo",
                Set.of("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus"),
                sent -> 20,
                this::exchangeInfo);
        add("ticker/price", some, twoOrFour, rows(SymbolRows::price));
        add("ticker/bookTicker", some, twoOrFour, rows(SymbolRows::bookTicker));
        add("ticker/24hr", Set.of("symbol", "symbols", "symbolStatus", "type"), RestApi::dayWeight, this::day);
        add("trades", recent, sent -> 25, this::trades);
        add("historicalTrades", Set.of("symbol", "limit", "fromId"), sent -> 25, this::older);
        add("aggTrades", Set.of("symbol", "fromId", "startTime", "endTime", "limit"), sent -> 4, this::aggregates);
        Set<String> bars = Set.of("symbol", "interval", "startTime", "endTime", "timeZone", "limit");
        add("klines", bars, sent -> 2, this::klines);
        add("uiKlines", bars, sent -> 2, this::klines);
        add("avgPrice", Set.of("symbol"), sent -> 2, this::averagePrice);
        add("depth", Set.of("symbol", "limit", "symbolStatus"), RestApi::depthWeight, this::depth);
    }

    private void add(String name, Set<String> parameters, Weight weight, Answer answer) {
        endpoints.put(PREFIX + name, new Endpoint(parameters, weight, answer));
    }

    static Reply overloaded() {
        return Reply.error(
                503, -1008, "Server is currently overloaded with other requests. Please try again in a few minutes.");
    }

    /** Answers every request with 503 for this long. */
    void refuseFor(long seconds) {
        refuseUntil.set(System.nanoTime() + seconds * 1_000_000_000L);
    }

    boolean isRefusing() {
        return System.nanoTime() - refuseUntil.get() < 0;
    }

    /** @param timeUnit the header {@code X-MBX-TIME-UNIT} */
    Reply answer(String path, Map<String, List<String>> parameters, Optional<String> timeUnit, InetAddress client) {
        if (isRefusing()) {
            return overloaded();
        }
        Endpoint endpoint = endpoints.get(path);
        if (endpoint == null) {
            return Reply.html(404, "Not Found");
        }
        WeightMeter.Verdict verdict = meter.use(client, endpoint.weight.of(parameters));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-mbx-used-weight", Integer.toString(verdict.used()));
        headers.put("x-mbx-used-weight-1m", Integer.toString(verdict.used()));
        if (verdict.status() != 200) {
            headers.put("Retry-After", Long.toString(verdict.retryAfter()));
            return tooMany(verdict).with(headers);
        }
        try {
            JsonWriter out = new JsonWriter();
            TimeUnits units = units(timeUnit);
            endpoint.answer.write(new Query(parameters, endpoint.parameters), out, units);
            return Reply.ok(Reply.JSON, out.text()).with(headers);
        } catch (RequestRefusedException refused) {
            return Reply.error(400, refused.code(), refused.getMessage()).with(headers);
        }
    }

    private Reply tooMany(WeightMeter.Verdict verdict) {
        if (verdict.status() == 429) {
            return Reply.error(
                    429,
                    -1003,
                    "Too much request weight used; current limit is %d request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API."
                            .formatted(meter.limit()));
        }
        long until = TimeUnits.MILLIS.of(player.time()) + 1_000 * verdict.retryAfter();
        return Reply.error(
                418,
                -1003,
                "Way too much request weight used; IP banned until %d. Please use WebSocket Streams for live updates to avoid bans."
                        .formatted(until));
    }

    private static TimeUnits units(Optional<String> header) throws RequestRefusedException {
        return switch (header.orElse("MILLISECOND")) {
            case "MILLISECOND", "millisecond" -> TimeUnits.MILLIS;
            case "MICROSECOND", "microsecond" -> TimeUnits.MICROS;
            default ->
                throw new RequestRefusedException(
                        -1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.");
        };
    }

    private static int depthWeight(Map<String, List<String>> sent) {
        long limit = 100;
        if (sent.containsKey("limit")) {
            String text = sent.get("limit").getFirst();
            limit = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 100;
        }
        return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1_000 ? 50 : 250;
    }

    private static int dayWeight(Map<String, List<String>> sent) {
        if (sent.containsKey("symbol")) {
            return 2;
        }
        if (!sent.containsKey("symbols")) {
            return 80;
        }
        int symbols = sent.get("symbols").getFirst().split(",", -1).length;
        return symbols <= 20 ? 2 : symbols <= 100 ? 40 : 80;
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

    WeightMeter meter() {
        return meter;
    }

    private static RequestRefusedException badCombination() {
        return new RequestRefusedException(-1128, "Combination of optional parameters invalid.");
    }

    private Answer rows(Row row) {
        return (query, out, units) -> writeRows(query, out, units, row);
    }

    /** An object where one symbol is asked for, else an array. */
    private void writeRows(Query query, JsonWriter out, TimeUnits units, Row row) throws RequestRefusedException {
        List<History> chosen = some(query);
        if (query.has("symbol")) {
            row.write(chosen.getFirst(), out, units);
            return;
        }
        char before = '[';
        for (History history : chosen) {
            row.write(history, out.raw(before), units);
            before = ',';
        }
        out.raw(chosen.isEmpty() ? "[]" : "]");
    }

    private void time(Query query, JsonWriter out, TimeUnits units) {
        out.raw("{\"serverTime\":").number(units.of(player.time())).raw('}');
    }

    private void depth(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
        History history = one(query);
        some(query); // for symbolStatus
        query.limit(100, 5_000); // one level is all there is, so only what is wrong with it counts
        SymbolRows.depth(history, out);
    }

    private void trades(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
        History history = one(query);
        int limit = query.limit(500, 1_000);
        prints(history.newest(Print.Kind.RAW, Long.MAX_VALUE, limit), out, units);
    }

    private void older(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
        History history = database.apply(one(query));
        int limit = query.limit(500, 1_000);
        OptionalLong fromId = query.number("fromId");
        prints(
                fromId.isPresent()
                        ? history.from(Print.Kind.RAW, fromId.getAsLong(), limit)
                        : history.newest(Print.Kind.RAW, Long.MAX_VALUE, limit),
                out,
                units);
    }

    private static void prints(List<Print> prints, JsonWriter out, TimeUnits units) {
        char before = '[';
        for (Print print : prints) {
            Payloads.row(out.raw(before), print, units);
            before = ',';
        }
        out.raw(prints.isEmpty() ? "[]" : "]");
    }

    private void aggregates(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
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
        prints(found, out, units);
    }

    /** An end in milliseconds includes the whole of its millisecond. */
    private static long endOfUnit(Query query, long end) throws RequestRefusedException {
        OptionalLong sent = query.number("endTime");
        return sent.isPresent() && sent.getAsLong() * 1_000 == end ? end + 999 : end;
    }

    private void klines(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
        History history = database.apply(one(query));
        long now = player.playedTime();
        List<TimedKline> klines = history.klines(
                query.interval(),
                query.zone(),
                query.time("startTime", -1, now),
                query.time("endTime", Long.MAX_VALUE, now),
                query.limit(500, 1_000),
                now);
        char before = '[';
        for (TimedKline kline : klines) {
            Payloads.klineRow(out.raw(before), kline, units);
            before = ',';
        }
        out.raw(klines.isEmpty() ? "[]" : "]");
    }

    private void day(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
        String type = query.text("type").orElse("FULL");
        if (!type.equals("FULL") && !type.equals("MINI")) {
            throw new RequestRefusedException(-1130, "Data sent for parameter 'type' is not valid.");
        }
        long now = player.playedTime();
        writeRows(query, out, units, (history, to, in) -> SymbolRows.day(history, now, type.equals("FULL"), to, in));
    }

    private void averagePrice(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
        SymbolRows.average(one(query), player.playedTime(), out, units);
    }

    private void exchangeInfo(Query query, JsonWriter out, TimeUnits units) throws RequestRefusedException {
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
        out.raw("{\"timezone\":\"UTC\",\"serverTime\":").number(units.of(player.time()));
        String limits = """
                ,"rateLimits":[
                {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":%d},
                {"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100},
                {"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":200000},
                {"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000}],
                "exchangeFilters":[],"symbols":
                """.formatted(meter.limit());
        out.raw(limits.replace("\n", ""));
        char before = '[';
        for (History history : chosen) {
            SymbolRows.listing(history.listing(), out.raw(before));
            before = ',';
        }
        out.raw(chosen.isEmpty() ? "[]}" : "]}");
    }
}
