package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.fuzz.FuzzedDecoder;
import io.tapekeeper.fuzz.Mutations;
import io.tapekeeper.fuzz.Recordings;
import io.tapekeeper.market.Trade;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.IdProbe;
import io.tapekeeper.venue.Kline;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

/** An answer over HTTP is what Binance promises, or one plain sentence says that it is not. */
class RestAnswersFuzzTest extends FuzzedDecoder {
    private static final int REQUESTS = 6_000;
    private static final int QUESTIONS = 11;
    private static final long SEED = 20210814;
    private static final long FROM = 7;
    private static final int LIMIT = 9;
    private static final long NOW = 1_790_000_000_000_000L;

    private static final RangeSink NOWHERE = new RangeSink() {
        @Override
        public void trade(Trade trade) {}

        @Override
        public void missing(long firstId, long lastId, GapCause cause) {}
    };

    /** Of entries that cannot be used there are millions here; telling each would be the test. */
    private static final List<Logger> SILENT = Stream.of(BinanceAnswers.class, BinanceRest.class)
            .map(told -> Logger.getLogger(told.getName()))
            .toList();

    RestAnswersFuzzTest() {
        SILENT.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @Override
    protected boolean take(byte[] body) {
        Object tree;
        try {
            tree = BinanceJson.tree(body);
        } catch (JacksonException noJson) {
            return false;
        }
        if (tree == null) {
            return false; // the client takes it for no answer
        }
        checkTypes(tree);
        JsonAnswer answer = new JsonAnswer("here", tree);
        readable(() -> assertTrue(answer.time("serverTime") > 0));
        readable(() -> BinanceAnswers.weightLimit(answer).ifPresent(limit -> assertTrue(limit > 0)));
        readable(() -> {
            for (JsonAnswer entry : answer.at("symbols").items()) {
                assertFalse(BinanceAnswers.instrument(entry).symbol().isBlank());
            }
        });
        readable(() -> checkPage(answer, TapeKind.RAW));
        readable(() -> checkPage(answer, TapeKind.AGGREGATE));
        readable(() -> answer.items().forEach(item -> readable(() -> checkKline(item))));
        readable(() -> {
            for (JsonAnswer ticker : answer.items()) {
                assertTrue(ticker.decimal("price") >= 0);
                assertFalse(ticker.text("symbol").isBlank());
            }
        });
        return true;
    }

    private static void checkTypes(Object tree) {
        switch (tree) {
            case Map<?, ?> object -> object.values().forEach(RestAnswersFuzzTest::checkTypes);
            case List<?> array -> array.forEach(RestAnswersFuzzTest::checkTypes);
            case String text -> {}
            case Long number -> {}
            case Boolean truth -> {}
            case null -> {}
            default -> throw new AssertionError(tree.getClass());
        }
    }

    private static void checkPage(JsonAnswer answer, TapeKind kind) {
        TradePage page = BinanceAnswers.page(answer, kind, FROM, LIMIT, NOW);
        assertTrue(page.size() <= LIMIT);
        assertEquals(answer.items().size(), page.size());
        long before = FROM - 1;
        for (Trade trade : page.trades()) {
            assertTrue(trade.id() > before && trade.price() > 0 && trade.size() > 0);
            assertTrue(trade.venueTime() > 0 && trade.rawTrades() > 0);
            before = trade.id();
        }
        if (!page.isEmpty()) {
            assertTrue(page.firstId() >= FROM && page.lastId() - page.firstId() >= page.size() - 1);
        }
    }

    private static void checkKline(JsonAnswer row) {
        Kline kline = BinanceAnswers.kline(row);
        assertTrue(kline.openTime() > 0);
        assertTrue(Stream.of(kline.open(), kline.high(), kline.low(), kline.close())
                .allMatch(price -> price >= 0));
    }

    private static void readable(Runnable reading) {
        try {
            reading.run();
        } catch (VenueException e) {
            assertEquals(VenueException.Kind.BAD_ANSWER, e.kind());
            assertTrue(e.getMessage().endsWith("Check the address."), e.getMessage());
        }
    }

    /** The same through the whole client and a real connection, fewer of them. */
    @Test
    void theClientTellsEveryAnswerThatItCannotUse() throws IOException {
        AtomicReference<byte[]> body = new AtomicReference<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] answer = body.get();
                exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        Set<String> outcomes = new HashSet<>();
        // A minute passes at each look, so that so many questions never wait for the budget.
        AtomicLong minutes = new AtomicLong(30_000_000);
        RateGovernor governor = RateGovernor.inMemory(
                address.getAuthority(), () -> Instant.ofEpochSecond(60 * minutes.incrementAndGet()));
        try (governor;
                BinanceRest rest = new BinanceRest(address, ConnectionSettings.defaults(), governor)) {
            List<Runnable> questions = List.of(
                    rest::serverTimeMicros,
                    () -> rest.instruments(List.of("BTCUSDT")),
                    () -> rest.newestId("BTCUSDT", TapeKind.RAW),
                    () -> rest.newestId("BTCUSDT", TapeKind.AGGREGATE),
                    () -> rest.prices(List.of("BTCUSDT", "ETHUSDT"), Duration.ofSeconds(10)),
                    () -> page(rest, TapeKind.RAW),
                    () -> page(rest, TapeKind.AGGREGATE),
                    () -> rest.firstIdAt("XRPETH", TapeKind.RAW, NOW),
                    () -> walk(rest),
                    () -> rest.klines("BTCUSDT", Interval.MINUTE, 0, 9, Priority.LIVE),
                    rest::simulation);
            assertEquals(QUESTIONS, questions.size());
            List<byte[]> whole = joined(Recordings.answers(), answers());
            Mutations mutations = new Mutations(whole, SEED);
            for (int i = 0; i < REQUESTS; i++) {
                int question = i % QUESTIONS;
                int round = i / QUESTIONS;
                body.set(round % 3 == 0 ? whole.get(round / 3 % whole.size()) : mutations.next());
                try {
                    questions.get(question).run();
                    outcomes.add(question + " answered");
                } catch (VenueException e) {
                    assertTrue(
                            e.kind() == VenueException.Kind.BAD_ANSWER
                                    || e.kind() == VenueException.Kind.UNKNOWN_SYMBOL,
                            () -> "%s, seed %d, body %s".formatted(e, SEED, new String(body.get(), UTF_8)));
                    outcomes.add(question + " told");
                }
            }
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
        // Each question is answered and told, but for one: simulation tells nothing.
        assertEquals(2 * QUESTIONS - 1, outcomes.size(), outcomes::toString);
    }

    private static void walk(BinanceRest rest) {
        TapeId tape = new TapeId("binance", "XRPETH", TapeKind.RAW, false);
        IdProbe walk = rest.probe(tape, new IdRange(7, 1L << 40), 0, new AbsenceProof(Duration.ZERO), NOWHERE)
                .orElseThrow();
        walk.step();
        walk.step(); // goes on where the first answer ended
    }

    private static TradePage page(BinanceRest rest, TapeKind kind) {
        return rest.tradesFrom("XRPETH", kind, FROM, LIMIT, Priority.LIVE);
    }

    @Override
    protected List<byte[]> seeds() {
        return joined(joined(Recordings.frames(), Recordings.answers()), answers());
    }

    private static List<byte[]> answers() {
        return texts(
                "[]",
                "{\"serverTime\":1790000000123}",
                "{\"timezone\":\"UTC\",\"rateLimits\":[{\"rateLimitType\":\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\",\"intervalNum\":1,\"limit\":1200}],\"symbols\":[{\"symbol\":\"BTCUSDT\",\"status\":\"TRADING\",\"filters\":[{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"0.01\",\"tickSize\":\"0.01000000\"},{\"filterType\":\"LOT_SIZE\",\"stepSize\":\"0.00001000\"}]}]}",
                "[{\"symbol\":\"BTCUSDT\",\"price\":\"61837.63000000\"},{\"symbol\":\"ETHUSDT\",\"price\":\"0\"}]",
                "[{\"id\":28457,\"price\":\"4.00000100\",\"qty\":\"12.0\",\"quoteQty\":\"48.0\",\"time\":1499865549590,\"isBuyerMaker\":true,\"isBestMatch\":true}]",
                "[{\"a\":26129,\"p\":\"0.01633102\",\"q\":\"4.70443515\",\"f\":27781,\"l\":27781,\"T\":1498793709153,\"m\":true,\"M\":true}]",
                "[{\"a\":8,\"p\":\"0\",\"q\":\"0\",\"f\":-1,\"l\":-1,\"T\":1498793709153,\"m\":true,\"M\":true},{\"a\":9,\"p\":\"1\",\"q\":\"2\",\"f\":27781,\"l\":27785,\"T\":1498793709153,\"m\":false}]",
                "[[1499040000000,\"0.01\",\"0.8\",\"0.01\",\"0.01\",\"148976.1\",1499644799999,\"2434.1\",308,\"1756.8\",\"28.4\",\"0\"]]",
                "{\"source\":\"synthetic\",\"speed\":\"max\"}",
                "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}");
    }
}
