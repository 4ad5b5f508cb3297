package io.tapekeeper.venue.binance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.EpochMicros;
import io.tapekeeper.venue.Kline;
import io.tapekeeper.venue.LocalRest;
import io.tapekeeper.venue.LocalRest.Reply;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions about the past: pages of trades, bars, and what they may cost. */
@Timeout(60)
class BinancePagesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final long RECEIVED = EpochMicros.of(NOW);
    private static final long TRADED = 1_790_000_000_000_123L;

    private LocalRest server;
    private RateGovernor governor;
    private BinanceRest rest;

    @BeforeEach
    void open() throws IOException {
        server = new LocalRest(path -> Reply.status(404, ""));
        governor = RateGovernor.inMemory("the-venue", InstantSource.fixed(NOW));
        rest = restAt(server.address(), List.of());
    }

    @AfterEach
    void close() {
        rest.close();
        server.close();
    }

    private BinanceRest restAt(URI address, List<URI> otherwise) {
        ConnectionSettings settings =
                Patience.settings(InstantSource.fixed(NOW), Duration.ofSeconds(10), Duration.ofSeconds(60));
        return new BinanceRest(address, settings, governor, otherwise);
    }

    private static String aggregate(long id, long first, long last, long time) {
        return """
        {"a":%d,"p":"64012.34000000","q":"0.01500000","f":%d,"l":%d,"T":%d,"m":true,"M":true}\
        """.formatted(id, first, last, time);
    }

    private static String blanked(long id) {
        return "{\"a\":%d,\"p\":\"0\",\"q\":\"0\",\"f\":-1,\"l\":-1,\"T\":%d,\"m\":true,\"M\":true}"
                .formatted(id, TRADED);
    }

    private static String raw(long id) {
        return """
        {"id":%d,"price":"64012.34000000","qty":"0.00150000","quoteQty":"96.01851000",
         "time":1790000000000,"isBuyerMaker":false,"isBestMatch":true}\
        """.formatted(id);
    }

    private static Kind kindOf(Runnable call) {
        VenueException failure = assertThrows(VenueException.class, call::run);
        assertTrue(failure.getMessage().endsWith("."), failure.getMessage());
        return failure.kind();
    }

    /** Not on the common pool, whose few threads the HTTP client completes its answers on. */
    private static <T> CompletableFuture<T> elsewhere(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, Thread::startVirtualThread);
    }

    private TradePage aggregates(long fromId) {
        return rest.tradesFrom("BTCUSDT", TapeKind.AGGREGATE, fromId, 1_000, Priority.REPAIR);
    }

    @Test
    void readsAggregatesAndListsBlankedOnesApart() {
        server.script(path -> Reply.ok("[%s,%s,%s,%s]"
                .formatted(blanked(7), aggregate(8, 100, 102, TRADED), aggregate(10, 103, 103, TRADED), blanked(11))));
        TradePage page = aggregates(7);
        Trade first = new Trade(8, 6_401_234_000_000L, 1_500_000, Side.SELL, TRADED, RECEIVED, 3);
        assertEquals(first, page.trades().getFirst());
        assertEquals(List.of(8L, 10L), page.trades().stream().map(Trade::id).toList());
        assertEquals(List.of(7L, 11L), page.blanked());
        assertEquals(7, page.firstId());
        assertEquals(11, page.lastId());
        assertFalse(page.isEmpty());
        assertEquals(List.of("/api/v3/aggTrades?fromId=7&limit=1000&symbol=BTCUSDT"), server.asked);
        assertEquals(4, governor.snapshot().repairUsed());
    }

    @Test
    void readsRawTrades() {
        server.script(path -> Reply.ok("[" + raw(5) + "," + raw(6) + "]"));
        TradePage page = rest.tradesFrom("BTCUSDT", TapeKind.RAW, 5, 2, Priority.LIVE);
        long time = 1_790_000_000_000_000L;
        assertEquals(
                new TradePage(
                        List.of(
                                new Trade(5, 6_401_234_000_000L, 150_000, Side.BUY, time, RECEIVED, 1),
                                new Trade(6, 6_401_234_000_000L, 150_000, Side.BUY, time, RECEIVED, 1)),
                        List.of(),
                        List.of()),
                page);
        assertEquals(List.of("/api/v3/historicalTrades?fromId=5&limit=2&symbol=BTCUSDT"), server.asked);
        assertEquals(25, governor.snapshot().used());
        assertEquals(0, governor.snapshot().repairUsed());
    }

    @Test
    void anEmptyPageSaysThatThereIsNoMore() {
        server.script(path -> Reply.ok("[]"));
        assertTrue(aggregates(1).isEmpty());
        assertEquals(OptionalLong.empty(), rest.oldestId("BTCUSDT", TapeKind.AGGREGATE, Priority.REPAIR));
        assertEquals(OptionalLong.empty(), rest.firstIdAt("BTCUSDT", TapeKind.RAW, TRADED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // an id below the one asked for, one out of order, one twice
                "[{\"a\":6,\"p\":\"1\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":true}]",
                "[@8,@7]",
                "[@8,@8]",
                "[{\"a\":9223372036854775807,\"p\":\"1\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":true}]",
                "[{\"a\":\"8\",\"p\":\"1\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":true}]",
                "[17]",
                "[null]"
            })
    void aPageThatCannotBeIsABadAnswerAsAWhole(String body) {
        String filled = body.replace("@8", aggregate(8, 1, 1, TRADED)).replace("@7", aggregate(7, 2, 2, TRADED));
        server.script(path -> Reply.ok(filled));
        assertEquals(Kind.BAD_ANSWER, kindOf(() -> aggregates(7)), filled);
    }

    /** A price of nothing, a size below it, a range that ends before it begins, no time, ... */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"p\":\"0\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":true",
                "\"p\":\"1\",\"q\":\"0\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":true",
                "\"p\":\"1\",\"q\":\"-1\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":true",
                "\"p\":\"1\",\"q\":\"1\",\"f\":2,\"l\":1,\"T\":1790000000000,\"m\":true",
                "\"p\":\"1\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":5,\"m\":true",
                "\"p\":\"1\",\"q\":\"1\",\"f\":1,\"l\":1,\"T\":1790000000000,\"m\":\"true\"",
                "\"p\":\"1\""
            })
    void anEntryThatCanBeNoTradeCostsOnlyItself(String content) {
        server.script(path -> Reply.ok(
                "[%s,{\"a\":8,%s},%s]".formatted(aggregate(7, 1, 1, TRADED), content, aggregate(9, 2, 2, TRADED))));
        TradePage page = aggregates(7);
        assertEquals(List.of(7L, 9L), page.trades().stream().map(Trade::id).toList());
        assertEquals(List.of(8L), page.unusable());
        assertEquals(List.of(), page.blanked());
        assertEquals(3, page.size());
    }

    @Test
    void aPageLongerThanAskedForIsABadAnswer() {
        server.script(path -> Reply.ok("[" + raw(5) + "," + raw(6) + "]"));
        assertEquals(Kind.BAD_ANSWER, kindOf(() -> rest.tradesFrom("BTCUSDT", TapeKind.RAW, 5, 1, Priority.LIVE)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404|<html>",
                "400|{\"code\":-1104,\"msg\":\"Not all sent parameters were read\"}",
                "401|{\"code\":-2015,\"msg\":\"Invalid API-key\"}",
                "403|{\"code\":-1002,\"msg\":\"You are not authorized\"}"
            })
    void aHostWithoutRawTradesByIdSaysSoAndStaysUsable(int status, String body) {
        server.script(path -> path.contains("historical")
                ? Reply.status(status, body)
                : Reply.ok("[" + aggregate(8, 1, 1, TRADED) + "]"));
        assertEquals(Kind.NOT_SERVED, kindOf(() -> rest.tradesFrom("BTCUSDT", TapeKind.RAW, 5, 1, Priority.REPAIR)));
        assertEquals(8, aggregates(0).lastId());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"code\":-1121,\"msg\":\"Invalid symbol.\"}|UNKNOWN_SYMBOL",
                "400|{\"code\":-1007,\"msg\":\"Timeout waiting for backend\"}|UNREACHABLE",
                "503|<html>|UNREACHABLE"
            })
    void otherTroubleWithRawTradesIsNotTakenForTheirAbsence(int status, String body, Kind kind) {
        server.script(path -> Reply.status(status, body));
        assertEquals(kind, kindOf(() -> rest.tradesFrom("X", TapeKind.RAW, 5, 1, Priority.REPAIR)));
    }

    @Test
    void aFirewallThatRefusesRawTradesSaysNothingOfWhatTheHostHas() {
        server.script(path -> Reply.status(403, "<html>"));
        for (int i = 0; i < 2; i++) { // the second is not sent
            assertEquals(Kind.REFUSED, kindOf(() -> rest.tradesFrom("X", TapeKind.RAW, 5, 1, Priority.REPAIR)));
        }
        assertEquals(1, server.asked.size());
    }

    @Test
    void theHostForMarketDataOnlyIsNotEvenAskedForRawTradesById() {
        try (BinanceRest vision = restAt(URI.create("https://data-api.binance.vision"), List.of())) {
            assertEquals(
                    Kind.NOT_SERVED, kindOf(() -> vision.tradesFrom("BTCUSDT", TapeKind.RAW, 5, 1, Priority.LIVE)));
            assertEquals(0, governor.snapshot().requests());
        }
    }

    @Test
    void findsTheOldestIdThatTheVenueStillServes() {
        server.script(path -> Reply.ok(path.contains("historical") ? "[" + raw(40) + "]" : "[" + blanked(7) + "]"));
        assertEquals(OptionalLong.of(7), rest.oldestId("BTCUSDT", TapeKind.AGGREGATE, Priority.REPAIR));
        assertEquals(OptionalLong.of(40), rest.oldestId("BTCUSDT", TapeKind.RAW, Priority.REPAIR));
        assertEquals("/api/v3/aggTrades?fromId=0&limit=1&symbol=BTCUSDT", server.asked.getFirst());
    }

    @Test
    void findsTheFirstIdOfATimeAndTheRawOneThroughTheAggregates() {
        server.script(path -> Reply.ok("[" + blanked(7) + "," + aggregate(8, 100, 102, TRADED) + "]"));
        assertEquals(OptionalLong.of(100), rest.firstIdAt("BTCUSDT", TapeKind.RAW, TRADED));
        assertEquals(OptionalLong.of(7), rest.firstIdAt("BTCUSDT", TapeKind.AGGREGATE, TRADED));
        assertEquals("/api/v3/aggTrades?startTime=1790000000000123&limit=1&symbol=BTCUSDT", server.asked.getLast());
    }

    @Test
    void readsBarsExactlyAlsoWhereTheirVolumeIsBeyondALong() {
        server.script(path -> Reply.ok("""
                        [[1790000040000000,"0.00001000","0.00002000","0.00000500","0.00001500",
                          "123456789012345.12345678",1790000099999999,"1851851835.18518518",42,
                          "3.00000000","0.00004500","0"]]\
                        """));
        Kline expected = new Kline(
                1_790_000_040_000_000L,
                1_000,
                2_000,
                500,
                1_500,
                Amount.of(new BigInteger("12345678901234512345678")),
                Amount.of(new BigInteger("18518518351851851800000000")),
                42,
                Amount.of(300_000_000));
        assertEquals(
                List.of(expected),
                rest.klines("PEPEUSDT", Interval.MINUTE, 1_790_000_040_000_000L, 5, Priority.REPAIR));
        assertEquals(
                "/api/v3/klines?interval=1m&startTime=1790000040000000&limit=5&symbol=PEPEUSDT",
                server.asked.getFirst());
        assertEquals(2, governor.snapshot().repairUsed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[1790000040000000,\"1\",\"1\",\"1\",\"1\",\"1\",1790000099999999,\"1\",1]]",
                "[[1790000040000000,\"1\",\"1\",\"1\",\"1\",\"1e9\",1790000099999999,\"1\",1,\"1\"]]",
                "[[1790000040000000,\"1\",\"1\",\"1\",\"1\",\"0.123456789\",1790000099999999,\"1\",1,\"1\"]]",
                "[{\"openTime\":1790000040000000}]"
            })
    void barsThatAreNoneAreABadAnswer(String body) {
        server.script(path -> Reply.ok(body));
        assertEquals(Kind.BAD_ANSWER, kindOf(() -> rest.klines("X", Interval.MINUTE, TRADED, 5, Priority.REPAIR)));
    }

    @Test
    void learnsTheLimitFromTheVenue() {
        server.script(path -> Reply.ok("""
                        {"rateLimits":[
                         {"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000},
                         {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":1200}],
                         "symbols":[{"symbol":"BTCUSDT","status":"TRADING","filters":[]}]}\
                        """));
        rest.instruments(List.of("BTCUSDT"));
        assertEquals(1_200, governor.snapshot().limit());
        assertEquals(20, governor.snapshot().used());
    }

    @Test
    void aLiveQuestionThatWouldWaitTooLongIsRefusedInOneSentence() {
        governor.take(4_800, Priority.LIVE);
        VenueException full = assertThrows(VenueException.class, rest::serverTimeMicros);
        assertEquals(Kind.REFUSED, full.kind());
        assertTrue(full.getMessage().contains("4800 of 6000 of its weight per minute are used"), full.getMessage());
        assertEquals(List.of(), server.asked);
    }

    @Test
    void aRepairWaitsForItsTurnUntilItIsClosed() {
        governor.take(3_000, Priority.REPAIR);
        CompletableFuture<Kind> repair = elsewhere(() -> kindOf(() -> aggregates(1)));
        server.script(path -> Reply.ok("{\"serverTime\":1790000060000}"));
        assertEquals(1_790_000_060_000_000L, rest.serverTimeMicros()); // live goes on meanwhile
        assertFalse(repair.isDone());
        rest.close();
        assertEquals(Kind.UNREACHABLE, repair.join());
        assertEquals(List.of("/api/v3/time"), server.asked);
    }

    @Test
    void aBanHoldsForAllThatShareTheGovernor() {
        server.script(path -> new Reply(418, "", Map.of("Retry-After", "300")));
        try (BinanceRest other = restAt(server.address(), List.of())) {
            assertEquals(Kind.REFUSED, kindOf(rest::serverTimeMicros));
            assertEquals(Kind.REFUSED, kindOf(other::serverTimeMicros));
        }
        assertEquals(1, server.asked.size());
        assertEquals(RECEIVED + 300_000_000, governor.snapshot().bannedUntilMicros());
        assertEquals(1, governor.snapshot().bans418());
    }

    @Test
    void goesOnWithTheHostThatStandsByWhereTheFirstDoesNotServeThisPlace() throws IOException {
        try (LocalRest second = new LocalRest(path -> Reply.ok("{\"serverTime\":1790000060000}"));
                BinanceRest moving = restAt(server.address(), List.of(second.address()))) {
            server.script(path -> Reply.status(451, "{\"code\":0,\"msg\":\"restricted\"}"));
            assertEquals(server.address().getAuthority(), moving.host());
            assertEquals(1_790_000_060_000_000L, moving.serverTimeMicros());
            assertEquals(second.address().getAuthority(), moving.host());
            moving.clockOffset();
            assertEquals(1, server.asked.size(), "a place that is refused is not tried again");
            assertEquals(6, second.asked.size());
        }
    }

    @Test
    void saysInOneSentenceThatNoHostServesThisPlace() throws IOException {
        try (LocalRest second = new LocalRest(path -> Reply.status(451, ""));
                BinanceRest moving = restAt(server.address(), List.of(second.address()))) {
            server.script(path -> Reply.status(451, ""));
            for (int i = 0; i < 2; i++) {
                VenueException nowhere = assertThrows(VenueException.class, moving::serverTimeMicros);
                assertEquals(Kind.REFUSED, nowhere.kind());
                assertEquals(
                        "Neither %s nor %s serves this location (HTTP 451). Go through another network, or name another address."
                                .formatted(
                                        server.address().getAuthority(),
                                        second.address().getAuthority()),
                        nowhere.getMessage());
            }
            assertEquals(2, server.asked.size() + second.asked.size());
        }
    }

    @Test
    void threadsThatAreRefusedTogetherMoveOnOnce() throws IOException {
        try (LocalRest second = new LocalRest(path -> Reply.ok("{\"serverTime\":1790000060000}"));
                LocalRest third = new LocalRest(path -> Reply.status(500, ""));
                BinanceRest moving = restAt(server.address(), List.of(second.address(), third.address()))) {
            server.script(path -> Reply.status(451, ""));
            List<CompletableFuture<Long>> calls = IntStream.range(0, 8)
                    .mapToObj(i -> elsewhere(moving::serverTimeMicros))
                    .toList();
            calls.forEach(call -> assertEquals(1_790_000_060_000_000L, call.join()));
            assertEquals(second.address().getAuthority(), moving.host());
            assertEquals(List.of(), third.asked);
        }
    }
}
