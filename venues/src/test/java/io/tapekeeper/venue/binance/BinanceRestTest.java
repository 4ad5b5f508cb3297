package io.tapekeeper.venue.binance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.EpochMicros;
import io.tapekeeper.venue.Eventually;
import io.tapekeeper.venue.LocalRest;
import io.tapekeeper.venue.LocalRest.Reply;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.SimulatedVenue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinanceRestTest {
    private static final String BTCUSDT = """
            {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","new":[1],"filters":[
             {"filterType":"LOT_SIZE","minQty":"0.00001000","stepSize":"0.00001000"},
             {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true},
             {"tickSize":"0.01000000","filterType":"PRICE_FILTER"}]}\
            """;
    private static final String ETHBTC = """
            {"symbol":"ETHBTC","status":"BREAK","filters":[
             {"filterType":"PRICE_FILTER","tickSize":"0.00001000"},
             {"filterType":"LOT_SIZE","stepSize":"0.00010000"}]}\
            """;
    private static final String ALL_PRICES = """
            [{"symbol":"ETHBTC","price":"0.03750000"},{"symbol":"BTCUSDT","price":"64012.34000000"},
             {"symbol":"ETHUSDT","price":"2683.80000000"},{"symbol":"BTCUSDC","price":"64010.00000000"}]\
            """;
    private static final String INVALID_SYMBOL = "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}";

    private LocalRest server;
    private RateGovernor governor;
    private BinanceRest rest;

    @BeforeEach
    void open() throws IOException {
        server = new LocalRest(path -> Reply.status(404, ""));
        governor = RateGovernor.inMemory(server.address().getAuthority(), InstantSource.system());
        rest = new BinanceRest(server.address(), Patience.shortRetries(), governor);
    }

    @AfterEach
    void close() {
        rest.close();
        server.close();
    }

    private VenueException failure(Kind kind, Runnable call) {
        VenueException failure = assertThrows(VenueException.class, call::run);
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("."), failure.getMessage());
        return failure;
    }

    @Test
    void readsTheStepsOfAnInstrumentByTheNamesOfTheFilters() {
        server.script(path -> Reply.ok("{\"symbols\":[" + BTCUSDT + "]}"));
        Instrument btcusdt = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);
        assertEquals(List.of(btcusdt), rest.instruments(List.of("btcusdt")));
        assertEquals(List.of("/api/v3/exchangeInfo?symbol=BTCUSDT"), server.asked);
    }

    @Test
    void acceptsSeparatorsRepetitionAndSymbolsThatDoNotTradeNow() {
        server.script(path -> Reply.ok("{\"symbols\":[" + BTCUSDT + "," + ETHBTC + "]}"));
        List<Instrument> found = rest.instruments(List.of("eth/btc", " BTC-usdt", "btc_usdt", "BTCUSDT"));
        assertEquals(
                List.of("ETHBTC", "BTCUSDT"),
                found.stream().map(Instrument::symbol).toList());
        assertEquals(List.of("/api/v3/exchangeInfo?symbols=%5B%22ETHBTC%22%2C%22BTCUSDT%22%5D"), server.asked);
    }

    @Test
    void namesTheNearestSymbolsOfOneThatDoesNotExist() {
        server.script(path -> path.contains("exchangeInfo") ? Reply.status(400, INVALID_SYMBOL) : Reply.ok(ALL_PRICES));
        VenueException unknown = failure(Kind.UNKNOWN_SYMBOL, () -> rest.instruments(List.of("BTCUSD", "ETHBTC")));
        assertEquals("BTCUSD is not traded on Binance spot. Nearest: BTCUSDT, BTCUSDC.", unknown.getMessage());
    }

    @Test
    void aSymbolThatTheAnswerLeavesOutIsUnknownToo() {
        server.script(path -> Reply.ok(path.contains("exchangeInfo") ? "{\"symbols\":[]}" : ALL_PRICES));
        VenueException unknown = failure(Kind.UNKNOWN_SYMBOL, () -> rest.instruments(List.of("NOSUCHTHING")));
        assertEquals(
                "NOSUCHTHING is not traded on Binance spot. Symbols there look like BTCUSDT.", unknown.getMessage());
    }

    @Test
    void noSymbolAtAllIsNotAsked() {
        failure(Kind.UNKNOWN_SYMBOL, () -> rest.instruments(List.of(" ", "-")));
        assertEquals(List.of(), server.asked);
    }

    @Test
    void measuresTheClockAgainstHalfTheRoundTrip() {
        Instant ours = Instant.ofEpochSecond(1_790_000_000);
        try (BinanceRest fixed = new BinanceRest(
                server.address(),
                Patience.settings(InstantSource.fixed(ours), Duration.ofSeconds(10), Duration.ofSeconds(60)))) {
            server.script(path -> Reply.ok("{\"serverTime\":1790000060000}"));
            ClockOffset offset = fixed.clockOffset();
            assertEquals(60_000_000 - offset.roundTripMicros() / 2, offset.micros());
            assertEquals(5, server.asked.size());
        }
    }

    @Test
    void takesTheMedianOfTheClockSoThatOneSlowAnswerDoesNotCount() {
        AtomicLong calls = new AtomicLong();
        server.script(path -> {
            boolean wrong = calls.incrementAndGet() == 2;
            return Reply.ok("{\"serverTime\":%d}".formatted(wrong ? 1_890_000_000_000L : 1_790_000_000_000L));
        });
        assertEquals(1_790_000_000_000_000L, rest.serverTimeMicros());
        long venue = EpochMicros.of(Instant.now()) + rest.clockOffset().micros();
        assertTrue(Math.abs(venue - 1_790_000_000_000_000L) < 20_000_000, "off: " + venue);
    }

    @Test
    void ofTheFiveLooksAtTheClockTwoMayFail() {
        AtomicLong calls = new AtomicLong();
        server.script(path -> calls.incrementAndGet() % 2 == 0 // the second and the fourth
                ? Reply.status(503, "")
                : Reply.ok("{\"serverTime\":1790000000000}"));
        long venue = EpochMicros.of(Instant.now()) + rest.clockOffset().micros();
        assertTrue(Math.abs(venue - 1_790_000_000_000_000L) < 20_000_000, "off: " + venue);
        assertEquals(5, server.asked.size());
        server.script(path -> Reply.status(503, ""));
        failure(Kind.UNREACHABLE, rest::clockOffset);
        assertEquals(5 + 3, server.asked.size());
    }

    @Test
    void readsTheNewestIdOfBothKinds() {
        server.script(path -> Reply.ok(
                path.contains("aggTrades")
                        ? "[{\"a\":3700000001,\"p\":\"1\",\"f\":1,\"l\":2}]"
                        : "[{\"id\":5012345678,\"price\":\"1\"}]"));
        assertEquals(OptionalLong.of(3_700_000_001L), rest.newestId("BTCUSDT", TapeKind.AGGREGATE));
        assertEquals(OptionalLong.of(5_012_345_678L), rest.newestId("BTCUSDT", TapeKind.RAW));
        server.script(path -> Reply.ok("[]"));
        assertEquals(OptionalLong.empty(), rest.newestId("BTCUSDT", TapeKind.RAW));
        assertEquals("/api/v3/aggTrades?limit=1&symbol=BTCUSDT", server.asked.getFirst());
    }

    @Test
    void readsAllPricesFromOneRequest() {
        server.script(path -> Reply.ok(ALL_PRICES));
        Map<String, Long> prices = rest.prices(List.of("ETHBTC", "BTCUSDT"), Duration.ofSeconds(10));
        assertEquals(3_750_000L, prices.get("ETHBTC"));
        assertEquals(6_401_234_000_000L, prices.get("BTCUSDT"));
        assertEquals(1, server.asked.size());
    }

    @Test
    void readsThePriceOfOneSymbolWithoutAnArray() {
        server.script(path -> Reply.ok("{\"symbol\":\"BTCUSDT\",\"price\":\"64012.34000000\"}"));
        assertEquals(Map.of("BTCUSDT", 6_401_234_000_000L), rest.prices(List.of("BTCUSDT"), Duration.ofSeconds(10)));
        assertEquals(List.of("/api/v3/ticker/price?symbol=BTCUSDT"), server.asked);
    }

    @Test
    void readsTheUsedWeightWhateverTheCaseOfItsHeader() {
        server.script(path -> new Reply(200, "[]", Map.of("X-Mbx-Used-WEIGHT-1m", "2417")));
        rest.prices(List.of("BTCUSDT"), Duration.ofSeconds(10));
        assertEquals(2417, governor.snapshot().used());
    }

    @Test
    void knowsALocalExchangeByItsStateAndNothingElse() {
        server.script(path -> Reply.ok("{\"source\":\"synthetic\",\"speed\":\"max\",\"x\":1}"));
        assertEquals(Optional.of(new SimulatedVenue("synthetic", "max")), rest.simulation());
        server.script(path -> Reply.ok("{\"source\":\"capture\",\"speed\":1}"));
        assertEquals(Optional.of(new SimulatedVenue("capture", "1")), rest.simulation());
        for (Reply other : List.of(
                Reply.status(404, ""),
                Reply.status(403, "<html>"),
                Reply.ok("<html>welcome</html>"),
                Reply.ok("{\"source\":1}"),
                Reply.ok("{\"source\":\"synthetic\""),
                Reply.ok("[]"))) {
            server.script(path -> other);
            assertEquals(Optional.empty(), rest.simulation(), other.toString());
        }
        server.script(path -> Reply.ok("[]"));
        assertEquals(Map.of(), rest.prices(List.of("BTCUSDT"), Duration.ofSeconds(10))); // a 403 there is no pause here
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503})
    void aServerInTroubleDoesNotTellWhetherItIsALocalExchange(int status) {
        server.script(path -> Reply.status(status, "<html>oops</html>"));
        failure(Kind.UNREACHABLE, rest::simulation);
        server.script(path -> Reply.ok("{\"source\":\"synthetic\",\"speed\":\"max\"}"));
        assertEquals(Optional.of(new SimulatedVenue("synthetic", "max")), rest.simulation());
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 418})
    void whoAsksForAPauseDoesNotTellWhetherItIsALocalExchange(int status) {
        server.script(path -> new Reply(status, "{}", Map.of("Retry-After", "23")));
        VenueException pause = failure(Kind.REFUSED, rest::simulation);
        assertTrue(pause.getMessage().contains("HTTP " + status), pause.getMessage());
        failure(Kind.REFUSED, rest::simulation);
        failure(Kind.REFUSED, rest::serverTimeMicros);
        assertEquals(1, server.asked.size(), "nothing may be sent during the pause");
    }

    @Test
    void obeysRetryAfterForAllCallsAndSaysHowLong() {
        server.script(path -> new Reply(
                429, "{\"code\":-1003,\"msg\":\"Too much request weight used\"}", Map.of("Retry-After", "23")));
        VenueException first = failure(Kind.REFUSED, rest::serverTimeMicros);
        assertTrue(first.getMessage().contains("HTTP 429"), first.getMessage());
        server.script(path -> Reply.ok("{\"serverTime\":1790000060000}"));
        VenueException second = failure(Kind.REFUSED, () -> rest.prices(List.of("BTCUSDT"), Duration.ofSeconds(10)));
        assertTrue(second.getMessage().matches(".* No request for 23 s, until \\S+Z\\."), second.getMessage());
        assertEquals(first.getMessage(), second.getMessage());
        assertEquals(1, server.asked.size(), "nothing may be sent during the pause");
    }

    @Test
    void goesOnWhenThePauseIsOver() {
        server.script(path -> new Reply(429, "", Map.of("Retry-After", "1")));
        failure(Kind.REFUSED, rest::serverTimeMicros);
        server.script(path -> Reply.ok("{\"serverTime\":1790000060000}"));
        Eventually.that("an answer after the pause", () -> {
            try {
                return rest.serverTimeMicros() > 0;
            } catch (VenueException e) {
                return false;
            }
        });
        assertEquals(2, server.asked.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 418, 451})
    void refusalsOfOurPlacePauseAllCalls(int status) {
        server.script(path -> Reply.status(status, "<html>no</html>"));
        VenueException refused = failure(Kind.REFUSED, rest::serverTimeMicros);
        assertTrue(refused.getMessage().contains("HTTP " + status), refused.getMessage());
        assertEquals(status == 451, refused.getMessage().contains("https://data-api.binance.vision"));
        failure(Kind.REFUSED, rest::serverTimeMicros);
        assertEquals(1, server.asked.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503})
    void serverErrorsAreUnreachableAndMayBeTriedAgain(int status) {
        server.script(path -> Reply.status(status, "<html>oops</html>"));
        failure(Kind.UNREACHABLE, rest::serverTimeMicros);
        server.script(path -> Reply.ok("{\"serverTime\":1790000060000}"));
        assertEquals(1_790_000_060_000_000L, rest.serverTimeMicros());
    }

    @Test
    void anErrorOfTheRequestIsShownAsBinanceSaidIt() {
        server.script(path -> Reply.status(400, "{\"code\":-1105,\"msg\":\"Parameter 'symbol' was empty.\"}"));
        VenueException refused = failure(Kind.REFUSED, () -> rest.newestId("", TapeKind.RAW));
        assertTrue(
                refused.getMessage().contains("Parameter 'symbol' was empty. (code -1105, HTTP 400)"),
                refused.getMessage());
        server.script(path -> Reply.status(400, INVALID_SYMBOL));
        failure(Kind.UNKNOWN_SYMBOL, () -> rest.newestId("NONE", TapeKind.RAW));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>a hotel's log-in page</html>",
                "",
                "null",
                "[]",
                "{\"serverTime\":\"1790000060000\"}",
                "{\"serverTime\":17}",
                "{\"serverTime\":1790000060000"
            })
    void whatIsNoAnswerOfBinanceIsSaid(String body) {
        server.script(path -> Reply.ok(body));
        VenueException bad = failure(Kind.BAD_ANSWER, rest::serverTimeMicros);
        assertTrue(bad.getMessage().contains("/api/v3/time"), bad.getMessage());
    }

    @Test
    void badAnswersNameTheStatusAndHowTheyBegin() {
        server.script(path -> Reply.ok("<html>\nhello"));
        VenueException bad = failure(Kind.BAD_ANSWER, rest::serverTimeMicros);
        assertTrue(bad.getMessage().contains("HTTP 200, beginning with \"<html> hello\""), bad.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1.0", "abc", "1e3", ""})
    void pricesThatAreNoneAreABadAnswer(String price) {
        server.script(path -> Reply.ok("[{\"symbol\":\"A\",\"price\":\"" + price + "\"}]"));
        failure(Kind.BAD_ANSWER, () -> rest.prices(List.of("A"), Duration.ofSeconds(10)));
    }

    @Test
    void anAnswerThatStallsIsUnreachableAfterTheTimeOut() {
        CountDownLatch never = new CountDownLatch(1);
        server.script(path -> {
            never.await();
            return Reply.ok("{}");
        });
        try (BinanceRest hasty = new BinanceRest(
                server.address(),
                Patience.settings(InstantSource.system(), Duration.ofMillis(100), Duration.ofSeconds(60)))) {
            VenueException late = failure(Kind.UNREACHABLE, hasty::serverTimeMicros);
            assertTrue(late.getMessage().contains("does not answer in time"), late.getMessage());
        }
    }

    @Test
    void aBodyWithoutEndIsCutOff() {
        server.script(path -> Reply.ok("[" + " ".repeat(17 << 20) + "]"));
        VenueException endless =
                failure(Kind.UNREACHABLE, () -> rest.prices(List.of("BTCUSDT"), Duration.ofSeconds(10)));
        assertTrue(endless.getMessage().contains("longer than"), endless.getMessage());
    }

    @Test
    void aPortWhereNobodyListensIsUnreachable() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (BinanceRest nowhere = new BinanceRest(URI.create("http://127.0.0.1:" + port), Patience.shortRetries())) {
            VenueException refused = failure(Kind.UNREACHABLE, nowhere::serverTimeMicros);
            assertEquals(
                    "127.0.0.1:%d refuses the connection or is out of reach. Check the address and the network connection."
                            .formatted(port),
                    refused.getMessage());
            failure(Kind.UNREACHABLE, nowhere::simulation);
        }
    }

    @Test
    void aHostWithoutAnAddressIsSaidToBeUnknown() {
        try (BinanceRest nowhere =
                new BinanceRest(URI.create("http://no-such-host.invalid"), Patience.shortRetries())) {
            VenueException unknown = failure(Kind.UNREACHABLE, nowhere::serverTimeMicros);
            assertTrue(unknown.getMessage().contains("no-such-host.invalid cannot be found"), unknown.getMessage());
        }
    }

    @Test
    void closeEndsACallInProgress() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        server.script(path -> {
            asked.countDown();
            never.await();
            return Reply.ok("{}");
        });
        CompletableFuture<VenueException> call =
                CompletableFuture.supplyAsync(() -> failure(Kind.UNREACHABLE, rest::serverTimeMicros));
        Eventually.that("the request arrives", () -> asked.getCount() == 0);
        rest.close();
        assertFalse(call.join().getMessage().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/api", "/api/v3", "/api/v3/"})
    void thePathMayBePartOfTheAddress(String path) {
        server.script(asked -> Reply.ok("{\"serverTime\":1790000060000}"));
        try (BinanceRest same = new BinanceRest(URI.create(server.address() + path), Patience.shortRetries())) {
            same.serverTimeMicros();
            assertEquals(List.of("/api/v3/time"), server.asked);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.binance.com", "ftp://api.binance.com", "https:///x", "wss://x"})
    void anAddressThatIsNoneIsRefusedInOneSentence(String address) {
        assertThrows(
                IllegalArgumentException.class, () -> new BinanceRest(URI.create(address), Patience.shortRetries()));
    }
}
