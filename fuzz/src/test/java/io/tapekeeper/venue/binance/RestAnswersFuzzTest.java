package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.fuzz.FuzzedDecoder;
import io.tapekeeper.fuzz.Mutations;
import io.tapekeeper.fuzz.Recordings;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.VenueException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

/** An answer over HTTP is what Binance promises, or one plain sentence says that it is not. */
class RestAnswersFuzzTest extends FuzzedDecoder {
    private static final int REQUESTS = 3_000;
    private static final long SEED = 20210814;

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
        Answer answer = new Answer("here", tree);
        readable(() -> answer.integer("serverTime"));
        readable(() -> answer.text("status"));
        readable(() -> {
            for (Answer item : answer.items()) {
                readable(() -> item.integer("a"));
                readable(() -> item.integer("id"));
                readable(() -> assertTrue(item.decimal("price") >= 0));
                readable(() -> assertTrue(item.decimal("p") >= 0));
            }
        });
        readable(() -> {
            for (Answer symbol : answer.at("symbols").items()) {
                readable(() -> assertFalse(symbol.text("symbol").isBlank()));
                readable(() -> {
                    for (Answer filter : symbol.at("filters").items()) {
                        readable(() -> assertTrue(filter.decimal("tickSize") >= 0));
                    }
                });
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
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext(
                "/",
                exchange -> {
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
        RateGovernor governor =
                RateGovernor.inMemory(
                        address.getAuthority(),
                        () -> Instant.ofEpochSecond(60 * minutes.incrementAndGet()));
        try (governor;
                BinanceRest rest = new BinanceRest(address, Settings.defaults(), governor)) {
            List<Runnable> questions =
                    List.of(
                            rest::serverTimeMicros,
                            () -> rest.instruments(List.of("BTCUSDT")),
                            () -> rest.newestId("BTCUSDT", TapeKind.RAW),
                            () -> rest.newestId("BTCUSDT", TapeKind.AGGREGATE),
                            () -> rest.prices(List.of("BTCUSDT", "ETHUSDT")),
                            rest::simulation);
            Mutations mutations = new Mutations(answers(), SEED);
            for (int i = 0; i < REQUESTS; i++) {
                body.set(mutations.next());
                int question = i % questions.size();
                try {
                    questions.get(question).run();
                    outcomes.add(question + " answered");
                } catch (VenueException e) {
                    assertTrue(
                            e.kind() == VenueException.Kind.BAD_ANSWER
                                    || e.kind() == VenueException.Kind.UNKNOWN_SYMBOL,
                            () ->
                                    "%s, seed %d, body %s"
                                            .formatted(e, SEED, new String(body.get(), UTF_8)));
                    outcomes.add(question + " told");
                }
            }
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
        assertEquals(2 * 6 - 1, outcomes.size(), outcomes::toString); // simulation tells nothing
    }

    @Override
    protected List<byte[]> seeds() {
        return joined(Recordings.frames(), answers());
    }

    private static List<byte[]> answers() {
        return texts(
                "{\"serverTime\":1790000000123}",
                "{\"timezone\":\"UTC\",\"symbols\":[{\"symbol\":\"BTCUSDT\",\"status\":\"TRADING\",\"filters\":[{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"0.01\",\"tickSize\":\"0.01000000\"},{\"filterType\":\"LOT_SIZE\",\"stepSize\":\"0.00001000\"}]}]}",
                "[{\"symbol\":\"BTCUSDT\",\"price\":\"61837.63000000\"},{\"symbol\":\"ETHUSDT\",\"price\":\"0\"}]",
                "[{\"id\":28457,\"price\":\"4.00000100\",\"qty\":\"12.0\",\"quoteQty\":\"48.0\",\"time\":1499865549590,\"isBuyerMaker\":true,\"isBestMatch\":true}]",
                "[{\"a\":26129,\"p\":\"0.01633102\",\"q\":\"4.70443515\",\"f\":27781,\"l\":27781,\"T\":1498793709153,\"m\":true,\"M\":true}]",
                "[[1499040000000,\"0.01\",\"0.8\",\"0.01\",\"0.01\",\"148976.1\",1499644799999,\"2434.1\",308,\"1756.8\",\"28.4\",\"0\"]]",
                "{\"source\":\"synthetic\",\"speed\":\"max\"}",
                "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}");
    }
}
