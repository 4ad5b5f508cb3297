package io.tapekeeper.exchange;

import static io.tapekeeper.exchange.FaultyExchange.REST;
import static io.tapekeeper.exchange.FaultyExchange.TRADES;
import static io.tapekeeper.exchange.FaultyExchange.id;
import static io.tapekeeper.exchange.FaultyExchange.start;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Client.Socket;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.Fault.Body;
import io.tapekeeper.exchange.faults.Progress;
import io.tapekeeper.exchange.faults.Schedule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fault of REST, seen from the other end of the wire. */
@Timeout(60)
class RestFaultsTest {
    private static final Schedule SECOND = Schedule.after(Progress.requests(2));
    private static final String PAIR = "/api/v3/exchangeInfo?symbol=BTCUSDT";

    @ParameterizedTest
    @CsvSource({
        "429, '{\"code\":-1003', 3",
        "418, '{\"code\":-1003', 3",
        "403, '<html>', ''",
        "451, '{\"code\":0', ''",
        "500, '{\"code\":-1000', ''",
        "502, '<html>', ''",
        "503, '{\"code\":-1008', ''",
        "504, '<html>', ''"
    })
    void answersARequestWithAStatus(int status, String body, String retryAfter) throws Exception {
        Fault fault = new Fault.Status(SECOND, status, Duration.ofMillis(2_500));
        try (Exchange exchange = start(fault);
                Client client = new Client(exchange)) {
            assertEquals(200, client.get(PAIR).statusCode());
            HttpResponse<String> answer = client.get(PAIR);
            assertEquals(status, answer.statusCode());
            assertTrue(answer.body().startsWith(body), answer.body());
            assertEquals(retryAfter, answer.headers().firstValue("Retry-After").orElse(""));
            assertTrue(answer.headers().firstValue("x-mbx-used-weight-1m").isPresent());
            assertEquals(200, client.get(PAIR).statusCode());
            assertEquals(Map.of(200, 2L, status, 1L), exchange.traffic().answers());
            assertEquals(60, exchange.weights().total());
            assertEquals(Map.of("rest", 1L), exchange.faultsInjected());
        }
    }

    @Test
    void hitsEveryTenthRequestAndOneEndpointOnly() throws Exception {
        Schedule when = Schedule.each(Progress.requests(10)).only("ping");
        try (Exchange exchange = start(new Fault.Status(when, 500, Duration.ZERO));
                Client client = new Client(exchange)) {
            for (int request = 1; request <= 30; request++) {
                assertEquals(200, client.get("/api/v3/time").statusCode());
                assertEquals(
                        request % 10 == 0 ? 500 : 200,
                        client.get("/api/v3/ping").statusCode());
            }
        }
    }

    @Test
    void answersAWebPageOrHalfOfTheBody() throws Exception {
        for (Body.Trick trick : new Body.Trick[] {Body.Trick.HTML, Body.Trick.TRUNCATED, Body.Trick.TOO_SHORT}) {
            try (Exchange exchange = start(new Body(SECOND, trick));
                    Client client = new Client(exchange)) {
                String whole = client.get(PAIR).body();
                HttpResponse<String> broken = client.get(PAIR);
                assertEquals(200, broken.statusCode());
                if (trick == Body.Trick.HTML) {
                    assertTrue(broken.body().startsWith("<html>"), broken.body());
                } else {
                    assertEquals(whole.length() / 2, broken.body().length());
                    assertTrue(broken.body().startsWith("{\"timezone\""), broken.body());
                }
            }
        }
    }

    @Test
    void cutsTheConnectionInTheMiddleOfABody() throws Exception {
        try (Exchange exchange = start(new Body(SECOND, Body.Trick.CUT));
                Client client = new Client(exchange)) {
            client.get(PAIR);
            IOException cut = assertThrows(IOException.class, () -> client.get(PAIR));
            assertFalse(cut instanceof HttpTimeoutException);
            assertEquals(200, client.get(PAIR).statusCode());
        }
    }

    private static String patient(Exchange exchange, Duration patience) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exchange.port() + PAIR))
                                    .timeout(patience)
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void keepsAClientWaitingWhereMoreIsPromisedOrTheAnswerIsSlow() throws Exception {
        Fault slow = new Fault.Slow(Schedule.AT_ONCE, Duration.ofMillis(1_500));
        try (Exchange exchange = start(slow)) {
            assertThrows(HttpTimeoutException.class, () -> patient(exchange, Duration.ofMillis(300)));
            assertTrue(patient(exchange, Duration.ofSeconds(20)).contains("BTCUSDT"));
        }
        try (Exchange exchange = start(new Body(SECOND, Body.Trick.TOO_LONG));
                Client client = new Client(exchange)) {
            client.get(PAIR);
            try (java.net.Socket raw = new java.net.Socket(InetAddress.getLoopbackAddress(), exchange.port())) {
                raw.setSoTimeout(300);
                raw.getOutputStream()
                        .write(("GET " + PAIR + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                assertThrows(
                        SocketTimeoutException.class, () -> raw.getInputStream().readAllBytes());
            }
            assertEquals(1, exchange.faultsInjected().get("body"));
        }
    }

    @Test
    void databaseEndpointsAreBehindTheStreamForAWhile() throws Exception {
        Schedule when = Schedule.AT_ONCE.lasting(Progress.requests(1));
        try (Exchange exchange = start(
                        new Fault.Lag(when.lasting(Progress.of(Duration.ofSeconds(3))), Duration.ofMillis(1_500)));
                Client client = new Client(exchange);
                Socket socket = client.connect(TRADES)) {
            long sent = id(socket.next(1_000).getLast());
            String database = client.body("/api/v3/historicalTrades?symbol=BTCUSDT&limit=1");
            assertTrue(database.equals("[]") || id(database) < sent, database + " before " + sent);
            assertTrue(id(client.body("/api/v3/trades?symbol=BTCUSDT&limit=1")) >= sent);
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (client.body(REST + sent).equals("[]")) {
                assertTrue(System.nanoTime() < deadline, "trade " + sent + " never came");
            }
            assertEquals(1, exchange.faultsInjected().get("lag"));
        }
    }

    private static List<Long> ids(String page) {
        return Pattern.compile("\"id\":([0-9]+)")
                .matcher(page)
                .results()
                .map(id -> Long.valueOf(id.group(1)))
                .toList();
    }

    @Test
    void databaseEndpointsLackSomeIdsForAWhileThoughTheyHaveLaterOnes() throws Exception {
        Schedule when = Schedule.AT_ONCE.lasting(Progress.of(Duration.ofMinutes(1)));
        try (Exchange exchange = start(new Fault.LateIds(when, 2, Duration.ofMillis(1_500)));
                Client client = new Client(exchange);
                Socket socket = client.connect(TRADES)) {
            long sent = id(socket.next(1_000).getFirst());
            List<Long> page = ids(client.body(REST + sent));
            Set<Long> late = // of those that a whole page would hold
                    LongStream.range(sent, Math.min(page.getLast(), sent + 1_000))
                            .boxed()
                            .collect(Collectors.toSet());
            page.forEach(late::remove);
            assertFalse(late.isEmpty(), "none of " + page + " is late");
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (!ids(client.body(REST + sent)).containsAll(late)) {
                assertTrue(System.nanoTime() < deadline, late + " never came");
            }
            assertEquals(1, exchange.faultsInjected().get("late-ids"));
        }
    }

    @Test
    void reportsWhatWentOverTheWires() throws Exception {
        try (Exchange exchange = start(new Fault.Status(SECOND, 429, Duration.ofSeconds(1)));
                Client client = new Client(exchange);
                Socket socket = client.connect(TRADES)) {
            socket.next(10);
            client.get(PAIR);
            client.get(PAIR);
            String state = client.body("/sim/state");
            assertTrue(
                    state.contains(
                            "\"upgradeAttempts\":1,\"connectionsAccepted\":1,\"weightTotal\":40,\"weightMost\":40,\"answers\":{\"200\":1,\"429\":1},\"faults\":{\"rest\":1}"),
                    state);
            assertTrue(FaultyExchange.number(state, "tradesSent") >= 10, state);
        }
    }
}
