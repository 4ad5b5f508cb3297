package io.tapekeeper.exchange.rest;

import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.history.Kind;
import io.tapekeeper.exchange.history.Slice;
import io.tapekeeper.exchange.market.Aggregate;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.market.TapeSource;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.socket.Sockets;
import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.Payloads;
import io.tapekeeper.exchange.wire.TimeUnits;
import io.tapekeeper.market.Decimals;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What only a local exchange can tell and do, under {@code /sim}, free of weight; times are
 * microseconds.
 *
 * <ul>
 *   <li>{@code GET /sim/state}: source, speed, state, tape time, ids played per symbol, clients
 *   <li>{@code GET /sim/tape?symbol=&kind=raw|aggregate&fromId=&limit=&format=csv|json}: the tape
 *       as it was played, up to 100,000 rows
 *   <li>{@code POST /sim/refuse?seconds=}: every request under {@code /api} is answered with 503
 *       for so long
 *   <li>{@code POST /sim/play}: starts a recording without waiting for a subscriber
 * </ul>
 */
public final class SimApi {
    private static final int MOST_ROWS = 100_000;
    private static final int LONGEST_REFUSAL = 3_600;

    private final Player player;
    private final TapeSource source;
    private final Sockets sockets;
    private final RestApi api;

    public SimApi(Player player, TapeSource source, Sockets sockets, RestApi api) {
        this.player = player;
        this.source = source;
        this.sockets = sockets;
        this.api = api;
    }

    Reply answer(String method, String path, Map<String, List<String>> parameters) {
        try {
            return switch (method + " " + path) {
                case "GET /sim/state" -> state();
                case "GET /sim/tape" ->
                        tape(
                                new Query(
                                        parameters,
                                        Set.of("symbol", "kind", "fromId", "limit", "format")));
                case "POST /sim/refuse" -> refuse(new Query(parameters, Set.of("seconds")));
                case "POST /sim/play" -> {
                    player.begin();
                    yield Reply.ok(Reply.JSON, new JsonWriter().raw("{}").text());
                }
                default -> Reply.html(404, "Not Found");
            };
        } catch (RequestRefusedException refused) {
            return Reply.error(400, refused.code(), refused.getMessage());
        }
    }

    private Reply refuse(Query query) throws RequestRefusedException {
        long seconds =
                query.number("seconds")
                        .orElseThrow(() ->
                                new RequestRefusedException(
                                        -1102, "Mandatory parameter 'seconds' was not sent."));
        api.refuseFor(Math.min(seconds, LONGEST_REFUSAL));
        return Reply.ok(Reply.JSON, new JsonWriter().raw("{}").text());
    }

    private Reply state() {
        JsonWriter out = new JsonWriter();
        out.raw("{\"source\":").string(source.kind());
        out.raw(",\"detail\":").string(source.detail());
        out.raw(",\"speed\":").string(player.speed().label());
        out.raw(",\"state\":").string(player.state().name().toLowerCase(Locale.ROOT));
        out.raw(",\"refusing\":").bool(api.isRefusing());
        out.raw(",\"tapeTime\":").number(player.time());
        out.raw(",\"playedTime\":").number(player.playedTime());
        out.raw(",\"clients\":").number(sockets.connected());
        out.raw(",\"messagesSent\":").number(player.told());
        out.raw(",\"slowCloses\":").number(sockets.slowCloses());
        out.raw(",\"symbols\":");
        char before = '[';
        for (History history : player.histories()) {
            out.raw(before).raw("{\"symbol\":").string(history.listing().symbol());
            out.raw(",\"firstTradeId\":").number(history.firstId(Kind.RAW));
            out.raw(",\"lastTradeId\":").number(history.lastId(Kind.RAW));
            out.raw(",\"firstAggregateId\":").number(history.firstId(Kind.AGGREGATE));
            out.raw(",\"lastAggregateId\":").number(history.lastId(Kind.AGGREGATE)).raw('}');
            before = ',';
        }
        return Reply.ok(Reply.JSON, out.raw("]}").text());
    }

    private Reply tape(Query query) throws RequestRefusedException {
        String symbol = query.symbol();
        Optional<History> history =
                player.histories().stream()
                        .filter(one -> one.listing().symbol().equals(symbol))
                        .findFirst();
        if (history.isEmpty()) {
            throw new RequestRefusedException(-1121, "Invalid symbol.");
        }
        Kind kind = choice(query, "kind", "raw", "aggregate") ? Kind.RAW : Kind.AGGREGATE;
        boolean csv = choice(query, "format", "csv", "json");
        int limit = query.limit(1_000, MOST_ROWS);
        List<Slice> slices = history.get().from(kind, query.number("fromId").orElse(0), limit);
        JsonWriter out = new JsonWriter();
        if (csv) {
            out.raw(
                    kind == Kind.RAW
                            ? "id,price,size,time,buyer_is_maker\n"
                            : "id,price,size,first,last,time,buyer_is_maker\n");
        }
        char before = '[';
        for (Slice slice : slices) {
            for (int i = slice.from(); i < slice.to(); i++) {
                if (csv) {
                    line(out, kind, slice, i);
                } else {
                    row(out.raw(before), kind, slice, i);
                }
                before = ',';
            }
        }
        if (!csv) {
            out.raw(slices.isEmpty() ? "[]" : "]");
        }
        return Reply.ok(csv ? "text/csv;charset=UTF-8" : Reply.JSON, out.text());
    }

    /** Whether it is the first of two, which is the default. */
    private static boolean choice(Query query, String name, String first, String second)
            throws RequestRefusedException {
        String chosen = query.text(name).orElse(first);
        if (!chosen.equals(first) && !chosen.equals(second)) {
            throw new RequestRefusedException(
                    -1130, "Parameter '%s' must be %s or %s.".formatted(name, first, second));
        }
        return chosen.equals(first);
    }

    private static void row(JsonWriter out, Kind kind, Slice slice, int i) {
        if (kind == Kind.RAW) {
            Payloads.tradeRow(out, slice.block().trade(i), TimeUnits.MICROS);
        } else {
            Payloads.aggregateRow(out, slice.block().aggregate(i), TimeUnits.MICROS);
        }
    }

    private static void line(JsonWriter out, Kind kind, Slice slice, int i) {
        if (kind == Kind.RAW) {
            RawTrade trade = slice.block().trade(i);
            out.number(trade.id()).raw(',').raw(Decimals.format(trade.price()));
            out.raw(',').raw(Decimals.format(trade.size()));
            out.raw(',').number(trade.time()).raw(',').bool(trade.buyerIsMaker()).raw('\n');
        } else {
            Aggregate trade = slice.block().aggregate(i);
            out.number(trade.id()).raw(',').raw(Decimals.format(trade.price()));
            out.raw(',').raw(Decimals.format(trade.size()));
            out.raw(',').number(trade.first()).raw(',').number(trade.last());
            out.raw(',').number(trade.time()).raw(',').bool(trade.buyerIsMaker()).raw('\n');
        }
    }
}
