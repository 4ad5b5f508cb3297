package io.tapekeeper.exchange.rest;

import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.TimeUnits;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * The public market-data endpoints under {@code /api/v3}. Thread-safe: reads what has been played and keeps only the
 * request weights.
 *
 * <p>Where the real exchange's behaviour is not documented: a limit above the maximum is cut to it, a limit of 0 is
 * −1130, {@code fromId} together with times is −1128.
 */
public final class RestApi {
    private static final String PREFIX = "/api/v3/";

    private interface Weight {
        int of(Map<String, List<String>> parameters);
    }

    private interface Answer {
        void write(Query query, JsonWriter out) throws RequestRefusedException;
    }

    private record Endpoint(Set<String> parameters, Weight weight, Answer answer) {}

    private final Player player;
    private final WeightMeter meter;
    private final MarketData data;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private final AtomicLong refuseUntil = new AtomicLong(System.nanoTime());

    /** @param database turns a history into what the endpoints show that the real exchange answers from a database */
    public RestApi(Player player, WeightMeter meter, UnaryOperator<History> database) {
        this.player = player;
        this.meter = meter;
        data = new MarketData(player, meter.limit(), database);
        Set<String> some = Set.of("symbol", "symbols", "symbolStatus");
        Weight twoOrFour = sent -> sent.containsKey("symbol") ? 2 : 4;
        Set<String> recent = Set.of("symbol", "limit");
        add("ping", Set.of(), sent -> 1, (query, out) -> out.raw("{}"));
        add("time", Set.of(), sent -> 1, data::time);
        add(
                "exchangeInfo",
                Set.of("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus"),
                sent -> 20,
                data::exchangeInfo);
        add("ticker/price", some, twoOrFour, (query, out) -> data.rows(query, out, SymbolRows::price));
        add("ticker/bookTicker", some, twoOrFour, (query, out) -> data.rows(query, out, SymbolRows::bookTicker));
        add("ticker/24hr", Set.of("symbol", "symbols", "symbolStatus", "type"), RestApi::dayWeight, data::day);
        add("trades", recent, sent -> 25, data::trades);
        add("historicalTrades", Set.of("symbol", "limit", "fromId"), sent -> 25, data::older);
        add("aggTrades", Set.of("symbol", "fromId", "startTime", "endTime", "limit"), sent -> 4, data::aggregates);
        Set<String> bars = Set.of("symbol", "interval", "startTime", "endTime", "timeZone", "limit");
        add("klines", bars, sent -> 2, data::klines);
        add("uiKlines", bars, sent -> 2, data::klines);
        add("avgPrice", Set.of("symbol"), sent -> 2, data::averagePrice);
        add("depth", Set.of("symbol", "limit", "symbolStatus"), RestApi::depthWeight, data::depth);
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
            JsonWriter out = new JsonWriter(units(timeUnit));
            endpoint.answer.write(new Query(parameters, endpoint.parameters), out);
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

    /** @throws RequestRefusedException if the query names no listed symbol */
    History one(Query query) throws RequestRefusedException {
        return data.one(query);
    }

    WeightMeter meter() {
        return meter;
    }
}
