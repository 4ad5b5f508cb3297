package io.tapekeeper.exchange.rest;

import io.tapekeeper.exchange.faults.Faults;
import io.tapekeeper.exchange.faults.MissingIds;
import io.tapekeeper.exchange.history.History;
import io.tapekeeper.exchange.market.Aggregate;
import io.tapekeeper.exchange.market.Print;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.socket.Sockets;
import io.tapekeeper.exchange.traffic.Traffic;
import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.Payloads;
import io.tapekeeper.exchange.wire.TimeUnits;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What only a local exchange knows and can do, under {@code /sim}, without request weight; times are microseconds.
 *
 * <ul>
 *   <li>{@code GET /sim/state}: source, speed, state (and the reason if failed), tape time, ids played per symbol,
 *       clients, counts of requests and answers, strikes of faults
 *   <li>{@code GET /sim/tape?symbol=&kind=raw|aggregate&fromId=&limit=}: the tape as it was played, as CSV, in pages of
 *       up to 100,000 rows, without blanked and absent ids
 *   <li>{@code GET /sim/holes}: the blanked and absent ids, and the first ids that REST still has
 *   <li>{@code POST /sim/refuse?seconds=}: answers every request under {@code /api} with 503 for this long
 *   <li>{@code POST /sim/play}: starts a recording without waiting for a subscriber
 * </ul>
 *
 * <p>A POST from a web page, or sent to a name that is not this machine's, is refused with 403, and no answer carries a
 * CORS header: no page may stop the market without its owner's knowledge.
 */
public final class SimApi {
    private static final int MOST_ROWS = 100_000;
    private static final int LONGEST_REFUSAL = 3_600;

    private final Player player;
    private final Sockets sockets;
    private final RestApi api;
    private final Traffic traffic;
    private final Faults faults;

    public SimApi(Player player, Sockets sockets, RestApi api, Traffic traffic, Faults faults) {
        this.player = player;
        this.sockets = sockets;
        this.api = api;
        this.traffic = traffic;
        this.faults = faults;
    }

    Reply answer(String method, String path, Map<String, List<String>> parameters) {
        try {
            return switch (method + " " + path) {
                case "GET /sim/state" -> state();
                case "GET /sim/tape" -> tape(new Query(parameters, Set.of("symbol", "kind", "fromId", "limit")));
                case "GET /sim/holes" -> missing();
                case "POST /sim/refuse" -> refuse(new Query(parameters, Set.of("seconds")));
                case "POST /sim/play" -> {
                    player.begin();
                    yield Reply.ok(Reply.JSON, "{}");
                }
                default -> Reply.html(404, "Not Found");
            };
        } catch (RequestRefusedException refused) {
            return Reply.error(400, refused.code(), refused.getMessage());
        }
    }

    private Reply refuse(Query query) throws RequestRefusedException {
        long seconds = query.number("seconds")
                .orElseThrow(() -> new RequestRefusedException(-1102, "Mandatory parameter 'seconds' was not sent."));
        api.refuseFor(Math.min(seconds, LONGEST_REFUSAL));
        return Reply.ok(Reply.JSON, "{}");
    }

    private Reply state() {
        JsonWriter out = new JsonWriter(TimeUnits.MICROS);
        out.raw("{\"source\":").string(player.source().kind());
        out.raw(",\"detail\":").string(player.source().detail());
        out.raw(",\"speed\":").string(player.speed().label());
        out.raw(",\"state\":").string(player.state().name().toLowerCase(Locale.ROOT));
        player.failure().ifPresent(reason -> out.raw(",\"reason\":").string(reason));
        out.raw(",\"refusing\":").bool(api.isRefusing());
        out.raw(",\"tapeTime\":").number(player.time());
        out.raw(",\"playedTime\":").number(player.playedTime());
        out.raw(",\"clients\":").number(sockets.connected());
        out.raw(",\"messagesSent\":").number(player.sent());
        out.raw(",\"slowCloses\":").number(sockets.slowCloses());
        out.raw(",\"tradesSent\":").number(player.tradesSent());
        out.raw(",\"upgradeAttempts\":").number(traffic.upgradeAttempts());
        out.raw(",\"connectionsAccepted\":").number(traffic.connectionsAccepted());
        out.raw(",\"weightTotal\":").number(api.meter().total());
        out.raw(",\"weightMost\":").number(api.meter().most());
        counts(out.raw(",\"answers\":"), traffic.answers());
        counts(out.raw(",\"faults\":"), faults.injected());
        out.raw(",\"symbols\":").array(player.histories(), history -> {
            out.raw("{\"symbol\":").string(history.listing().symbol());
            out.raw(",\"firstTradeId\":").number(history.oldest(Print.Kind.RAW));
            out.raw(",\"lastTradeId\":").number(lastId(history, Print.Kind.RAW));
            out.raw(",\"firstAggregateId\":").number(history.oldest(Print.Kind.AGGREGATE));
            out.raw(",\"lastAggregateId\":").number(lastId(history, Print.Kind.AGGREGATE));
            out.raw('}');
        });
        return Reply.ok(Reply.JSON, out.raw('}').text());
    }

    private static void counts(JsonWriter out, Map<?, Long> counts) {
        char before = '{';
        for (var count : counts.entrySet()) {
            out.raw(before).string(count.getKey().toString()).raw(':').number(count.getValue());
            before = ',';
        }
        out.raw(counts.isEmpty() ? "{}" : "}");
    }

    private Reply missing() {
        JsonWriter out = new JsonWriter(TimeUnits.MICROS);
        out.raw("{\"symbols\":").array(player.histories(), history -> {
            MissingIds missing = faults.missing(history);
            History shown = faults.retained(history);
            out.raw("{\"symbol\":").string(history.listing().symbol());
            out.raw(",\"firstAvailableTradeId\":").number(shown.oldest(Print.Kind.RAW));
            out.raw(",\"firstAvailableAggregateId\":").number(shown.oldest(Print.Kind.AGGREGATE));
            out.raw(",\"blankedAggregates\":").raw(missing.blankedAggregates().toString());
            out.raw(",\"absentAggregates\":").raw(missing.absentAggregates().toString());
            out.raw(",\"absentTrades\":")
                    .array(
                            missing.absentTrades(),
                            range -> out.raw('[')
                                    .number(range.first())
                                    .raw(',')
                                    .number(range.last())
                                    .raw(']'));
            out.raw('}');
        });
        return Reply.ok(Reply.JSON, out.raw('}').text());
    }

    private static long lastId(History history, Print.Kind kind) {
        return history.newest(kind, Long.MAX_VALUE, 1).stream()
                .mapToLong(Print::id)
                .findFirst()
                .orElse(-1);
    }

    private Reply tape(Query query) throws RequestRefusedException {
        History history = api.one(query);
        String kind = query.text("kind").orElse("raw");
        boolean raw = kind.equals("raw");
        if (!raw && !kind.equals("aggregate")) {
            throw new RequestRefusedException(-1130, "Parameter 'kind' must be raw or aggregate.");
        }
        StringBuilder lines = new StringBuilder("id,price,size,time,buyer_is_maker");
        lines.append(raw ? "\n" : ",first,last\n");
        for (Print print : history.from(
                raw ? Print.Kind.RAW : Print.Kind.AGGREGATE,
                query.number("fromId").orElse(0),
                query.limit(1_000, MOST_ROWS))) {
            if (print instanceof Aggregate aggregate && aggregate.isBlanked()) {
                continue;
            }
            switch (print) {
                case RawTrade t -> line(lines, t, t.price(), t.size(), t.buyerIsMaker());
                case Aggregate t -> {
                    line(lines, t, t.price(), t.size(), t.buyerIsMaker());
                    lines.append(',').append(t.first()).append(',').append(t.last());
                }
            }
            lines.append('\n');
        }
        return Reply.ok("text/csv;charset=UTF-8", lines.toString());
    }

    private static void line(StringBuilder lines, Print print, long price, long size, boolean buyerIsMaker) {
        lines.append(print.id()).append(',').append(Payloads.decimal(price)).append(',');
        lines.append(Payloads.decimal(size)).append(',').append(print.time()).append(',');
        lines.append(buyerIsMaker);
    }
}
