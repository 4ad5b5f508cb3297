package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Client.Socket;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.exchange.socket.SocketRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections, control messages and their limits. */
class SocketTest {
    private static final String TRADE_100 =
            "{\"e\":\"trade\",\"E\":1709287201002,\"s\":\"ABCUSDT\",\"t\":100,\"p\":\"10.00000000\",\"q\":\"2.00000000\",\"T\":1709287201000,\"m\":false,\"M\":true}";

    @TempDir
    Path folder;

    private Exchange start() throws IOException {
        return Exchange.start(TinyMarket.config(folder));
    }

    @Test
    void sendsBareEventsOnWsAndNamedOnesOnStream() throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket raw = client.connect("/ws/abcusdt@trade")) {
            assertEquals(TRADE_100, raw.next());
        }
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket named = client.connect("/stream?streams=" + Client.encoded("abcusdt@trade/abcusdt@aggTrade"))) {
            assertEquals("{\"stream\":\"abcusdt@trade\",\"data\":" + TRADE_100 + "}", named.next());
            assertTrue(named.next().contains("\"t\":101,"));
            assertEquals(
                    "{\"stream\":\"abcusdt@aggTrade\",\"data\":{\"e\":\"aggTrade\",\"E\":1709287201002,\"s\":\"ABCUSDT\",\"a\":100,\"p\":\"10.00000000\",\"q\":\"5.00000000\",\"f\":100,\"l\":101,\"T\":1709287201000,\"m\":false,\"M\":true}}",
                    named.next());
        }
    }

    @Test
    void tellsMicrosecondsToWhoAsksForThem() throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket micros = client.connect("/stream?streams=abcusdt@trade&timeUnit=MICROSECOND")) {
            String first = micros.next();
            assertTrue(first.contains("\"E\":1709287201002000,"), first);
            assertTrue(first.contains("\"T\":1709287201000000,"), first);
            assertThrows(CompletionException.class, () -> client.connect("/ws?timeUnit=FORTNIGHT"));
        }
    }

    @Test
    void subscribesListsAndUnsubscribes() throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/0")) {
            assertEquals("{\"result\":[],\"id\":null}", socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\"}"));
            assertEquals(
                    "{\"result\":null,\"id\":1}",
                    socket.ask(
                            "{\"method\":\"SUBSCRIBE\",\"params\":[\"abcusdt@depth@100ms\",\"xyzusdt@trade\",\"ABCUSDT@trade\",\"!miniTicker@arr\",\"abcusdt@kline_1m@+08:00\"],\"id\":1}"));
            assertEquals(
                    "{\"result\":null,\"id\":\"x-2\"}",
                    socket.ask(
                            "{\"method\":\"UNSUBSCRIBE\",\"params\":[\"abcusdt@depth@100ms\",\"never@trade\"],\"id\":\"x-2\"}"));
            assertEquals(
                    "{\"result\":[\"xyzusdt@trade\",\"ABCUSDT@trade\",\"!miniTicker@arr\",\"abcusdt@kline_1m@+08:00\"],\"id\":-3}",
                    socket.ask("{\"id\":-3,\"method\":\"LIST_SUBSCRIPTIONS\"}"));
            // Acknowledged all the same, none of these is a stream with events.
            assertTrue(client.body("/sim/state").contains("\"state\":\"waiting\""));
            socket.send("{\"method\":\"SUBSCRIBE\",\"params\":[\"abcusdt@trade\"],\"id\":4}");
            assertEquals("{\"result\":null,\"id\":4}", socket.next());
            assertEquals(TRADE_100, socket.next());
        }
    }

    @Test
    void switchesBetweenBareAndNamedEvents() throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws")) {
            String get = "{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\"],\"id\":1}";
            assertEquals("{\"result\":false,\"id\":1}", socket.ask(get));
            assertEquals(
                    "{\"result\":null,\"id\":2}",
                    socket.ask("{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",true],\"id\":2}"));
            assertEquals("{\"result\":true,\"id\":1}", socket.ask(get));
            socket.ask("{\"method\":\"SUBSCRIBE\",\"params\":[\"abcusdt@trade\"],\"id\":3}");
            assertEquals("{\"stream\":\"abcusdt@trade\",\"data\":" + TRADE_100 + "}", socket.next());
        }
    }

    @Test
    void aMessageNestedTooDeepIsNoReasonToHangUp() throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws")) {
            String deep = "{\"id\":1,\"x\":" + "[".repeat(600) + "]".repeat(600) + "}";
            String error = socket.ask(deep);
            assertTrue(error.startsWith("{\"error\":{\"code\":3,\"msg\":\"Invalid JSON"), error);
            assertEquals("{\"result\":[],\"id\":9}", socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":9}"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | 3 | Invalid JSON: expected value at line 1 column",
                "[1] | 3 | Invalid JSON",
                "{\"method\":\"SUBSCRIBE\" | 3 | Invalid JSON",
                "{\"id\":1} | 2 | Invalid request: missing field `method` at line 1 column 8",
                "{\"method\":\"ORDER\",\"id\":1} | 2 | Invalid request: unknown variant `ORDER`, expected one of `SUBSCRIBE`",
                "{\"method\":\"SUBSCRIBE\",\"id\":1} | 2 | Invalid request: missing field `params`",
                "{\"method\":\"SUBSCRIBE\",\"params\":[1],\"id\":1} | 2 | Invalid request: stream name must be a string",
                "{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1.5} | 2 | Invalid request: request ID must be an unsigned integer",
                "{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":{\"a\":1}} | 2 | Invalid request: request ID must be an unsigned integer",
                "{\"method\":\"SET_PROPERTY\",\"params\":[\"color\",true],\"id\":1} | 0 | Unknown property",
                "{\"method\":\"SET_PROPERTY\",\"params\":[1,true],\"id\":1} | 2 | Invalid request: property name must be a string",
                "{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",1],\"id\":1} | 1 | Invalid value type: expected Boolean",
                "{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\",1],\"id\":1} | 2 | Invalid request: too many parameters",
            })
    void answersWhatItCannotDoWithAnError(String message, int code, String text) throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws")) {
            String error = socket.ask(message);
            assertTrue(error.startsWith("{\"error\":{\"code\":" + code + ",\"msg\":\"" + text), error);
            assertEquals("{\"result\":[],\"id\":9}", socket.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":9}"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcusdt", "", "abc usdt@trade", "@trade", "a@b@c@d"})
    void closesOverAMalformedStreamName(String name) throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws")) {
            assertEquals(
                    "{\"error\":{\"code\":2,\"msg\":\"Invalid request: invalid stream\"},\"id\":5}",
                    socket.ask("{\"method\":\"SUBSCRIBE\",\"params\":[\"%s\"],\"id\":5}".formatted(name)));
            assertEquals("closed 1008 Invalid stream", socket.next());
        }
    }

    @Test
    void takesAtMost1024StreamsOnAConnection() throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws")) {
            String names = IntStream.range(0, 1_024)
                    .mapToObj(i -> "\"s%d@trade\"".formatted(i))
                    .collect(Collectors.joining(","));
            assertEquals(
                    "{\"result\":null,\"id\":1}",
                    socket.ask("{\"method\":\"SUBSCRIBE\",\"params\":[" + names + "],\"id\":1}"));
            assertEquals(
                    "{\"error\":{\"code\":4,\"msg\":\"Too many subscriptions\"},\"id\":2}",
                    socket.ask("{\"method\":\"SUBSCRIBE\",\"params\":[\"abcusdt@trade\"],\"id\":2}"));
            assertEquals(
                    "{\"result\":null,\"id\":3}",
                    socket.ask("{\"method\":\"SUBSCRIBE\",\"params\":[\"s7@trade\"],\"id\":3}"));
        }
    }

    @Test
    void closesAtTheSixthMessageWithinASecond() throws Exception {
        try (Exchange exchange = start();
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws")) {
            for (int i = 0; i < 3; i++) {
                socket.send("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":%d}".formatted(i));
            }
            socket.pong("");
            socket.pong("");
            socket.pong("");
            socket.next(3);
            assertEquals("closed 1008 Too many requests", socket.next());
        }
    }

    private static SocketRules rules(Duration pingEvery, Duration pongWithin, Duration lifetime) {
        return new SocketRules(pingEvery, pongWithin, lifetime, 1_024, 1_000_000, 300, 8 << 20);
    }

    @Test
    void keepsWhoAnswersPingsAndDropsWhoDoesNot() throws Exception {
        SocketRules rules = rules(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofHours(24));
        try (Exchange exchange = Exchange.start(TinyMarket.config(folder).withSocketRules(rules));
                Client client = new Client(exchange);
                Socket answering = client.connect("/ws");
                RawSocket silent = new RawSocket(exchange.port(), "/ws");
                RawSocket wrong = new RawSocket(exchange.port(), "/ws")) {
            wrong.pong("not the payload");
            byte[] first = silent.nextPing();
            byte[] second = silent.nextPing();
            assertTrue(first.length > 0 && !Arrays.equals(first, second));
            assertEquals("1008 Pong timeout", silent.nextClose());
            assertEquals("1008 Pong timeout", wrong.nextClose());
            assertEquals("{\"result\":[],\"id\":1}", answering.ask("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":1}"));
        }
    }

    @Test
    void answersThePingsOfClients() throws Exception {
        try (Exchange exchange = start();
                RawSocket socket = new RawSocket(exchange.port(), "/ws")) {
            socket.ping("are you there");
            assertEquals("are you there", socket.nextPong());
        }
    }

    @Test
    void endsAConnectionAtItsLifetime() throws Exception {
        SocketRules rules = rules(Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMillis(200));
        try (Exchange exchange = Exchange.start(TinyMarket.config(folder).withSocketRules(rules));
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws")) {
            assertEquals("closed 1001 Connection lifetime reached", socket.next());
        }
    }

    @Test
    void saysFarewellWhenItStopsAndDoesSoWithinASecond() throws Exception {
        Exchange exchange = start();
        try (Client client = new Client(exchange);
                Socket raw = client.connect("/ws");
                Socket named = client.connect("/stream")) {
            raw.ask("{\"method\":\"LIST_SUBSCRIPTIONS\"}");
            named.ask("{\"method\":\"LIST_SUBSCRIPTIONS\"}");
            long before = System.nanoTime();
            exchange.close();
            long millis = (System.nanoTime() - before) / 1_000_000;
            assertTrue(millis < 1_000, "took ms: " + millis);
            String farewell = "{\"e\":\"serverShutdown\",\"E\":" + TinyMarket.TEN + "}";
            assertEquals(farewell, raw.next());
            assertEquals("closed 1001 Server shutdown", raw.next());
            assertEquals("{\"stream\":\"!serverShutdown\",\"data\":" + farewell + "}", named.next());
        }
    }

    @Test
    void namesThePortThatIsInUse() throws Exception {
        try (Exchange exchange = start()) {
            ExchangeConfig same = TinyMarket.config(folder).withPort(exchange.port());
            String message = assertThrows(PortInUseException.class, () -> Exchange.start(same))
                    .getMessage();
            assertTrue(
                    message.startsWith("The exchange cannot listen on 127.0.0.1:" + exchange.port() + ": "), message);
        }
    }

    @Test
    void waitsForTheFirstSubscriptionAtAnySpeed() throws Exception {
        ExchangeConfig fast = TinyMarket.config(folder).withSpeed(new Speed(10_000));
        try (Exchange exchange = Exchange.start(fast);
                Client client = new Client(exchange)) {
            assertTrue(client.body("/sim/state").contains("\"state\":\"waiting\""));
            assertEquals(200, client.send("POST", "/sim/play").statusCode());
            client.awaitState("ended");
            assertTrue(client.body("/api/v3/trades?symbol=ABCUSDT").contains("\"id\":106"));
        }
    }
}
