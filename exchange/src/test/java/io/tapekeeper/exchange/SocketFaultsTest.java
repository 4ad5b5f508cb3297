package io.tapekeeper.exchange;

import static io.tapekeeper.exchange.FaultyExchange.TRADES;
import static io.tapekeeper.exchange.FaultyExchange.id;
import static io.tapekeeper.exchange.FaultyExchange.number;
import static io.tapekeeper.exchange.FaultyExchange.start;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Client.Socket;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.Progress;
import io.tapekeeper.exchange.faults.Schedule;
import io.tapekeeper.exchange.socket.SocketRules;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every fault of a WebSocket, seen from the other end of the wire. */
@Timeout(60)
class SocketFaultsTest {
    private static final Schedule AT_100 = Schedule.after(Progress.trades(100));

    private static void assertConsecutive(List<String> trades) {
        for (int i = 1; i < trades.size(); i++) {
            assertEquals(id(trades.get(i - 1)) + 1, id(trades.get(i)), "at " + i);
        }
    }

    /** Reads trades until the connection ends; the last element says how. */
    private static List<String> untilClosed(Socket socket) throws InterruptedException {
        List<String> messages = new ArrayList<>();
        do {
            messages.add(socket.next());
        } while (!messages.getLast().startsWith("closed"));
        return messages;
    }

    @ParameterizedTest
    @EnumSource
    void dropsTheConnectionAfterTheTradesBefore(Drop.How how) throws Exception {
        try (Exchange exchange = start(new Drop(AT_100, how));
                Client client = new Client(exchange)) {
            List<String> trades = new ArrayList<>();
            String end = "";
            try (RawSocket socket = new RawSocket(exchange.port(), TRADES)) {
                while (end.isEmpty()) {
                    RawSocket.Frame frame = socket.nextFrame();
                    if (frame.first() == 0x81 && frame.text().endsWith("}")) {
                        trades.add(frame.text());
                    } else {
                        end = frame.first() == 0x88 ? "CLOSE" : "CUT";
                    }
                }
                assertThrows(EOFException.class, socket::nextFrame);
            } catch (EOFException e) {
                end = "FIN";
            } catch (SocketException e) {
                end = "RESET";
            }
            assertEquals(how.name(), end);
            assertConsecutive(trades);
            // A reset may overtake what was sent before it.
            assertTrue(how == Drop.How.RESET ? trades.size() <= 99 : trades.size() == 99);
            long missed = trades.isEmpty() ? 0 : id(trades.getLast()) + 1;
            try (Socket again = client.connect(TRADES)) {
                assertTrue(id(again.next()) > missed, "the socket must have lost a trade");
            }
            String row = client.body(FaultyExchange.REST + missed);
            assertEquals(trades.isEmpty() ? id(row) : missed, id(row));
            assertEquals(Map.of("drop", 1L), exchange.faultsInjected());
        }
    }

    @Test
    void isSilentOnOneStreamWhileTheOthersGoOn() throws Exception {
        Schedule when = AT_100.lasting(Progress.trades(200)).only("btcusdt@aggTrade");
        try (Exchange exchange = start(new Fault.Silent(when));
                Client client = new Client(exchange);
                Socket socket = client.connect("/stream?streams=btcusdt@trade/btcusdt@aggTrade")) {
            List<String> trades = new ArrayList<>();
            List<String> aggregates = new ArrayList<>();
            while (aggregates.size() < 200) {
                String event = socket.next();
                (event.contains("\"aggTrade\"") ? aggregates : trades).add(event);
            }
            assertConsecutive(trades);
            assertConsecutive(aggregates.subList(0, 99));
            assertEquals(id(aggregates.get(98)) + 201, id(aggregates.get(99)));
            assertConsecutive(aggregates.subList(99, 200));
        }
    }

    @Test
    void staysOpenButDeadWhereItIsHalfOpen() throws Exception {
        try (Exchange exchange = start(new Fault.HalfOpen(AT_100));
                Client client = new Client(exchange);
                RawSocket dead = new RawSocket(exchange.port(), TRADES)) {
            for (int i = 0; i < 99; i++) {
                dead.nextFrame();
            }
            dead.ping("anybody?");
            try (Socket alive = client.connect(TRADES)) {
                assertConsecutive(alive.next(300));
            }
            assertEquals(0, dead.available());
            assertEquals(1, exchange.faultsInjected().get("half-open"));
        }
    }

    @Test
    void acknowledgesASubscriptionThatNeverHasAnEvent() throws Exception {
        try (Exchange exchange = start(new Fault.Mute(Schedule.after(Progress.connections(1))));
                Client client = new Client(exchange);
                Socket mute = client.connect("/ws")) {
            String subscribe = "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@trade\"],\"id\":1}";
            assertEquals("{\"result\":null,\"id\":1}", mute.ask(subscribe));
            try (Socket other = client.connect(TRADES)) {
                other.next(200);
            }
            assertEquals(0, mute.waiting());
            assertTrue(exchange.tradesSent() >= 400, "handed over " + exchange.tradesSent());
        }
    }

    private static int refusal(Client client) {
        CompletionException refused = assertThrows(CompletionException.class, () -> client.connect(TRADES));
        return assertInstanceOf(WebSocketHandshakeException.class, refused.getCause())
                .getResponse()
                .statusCode();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 403, 451, 503})
    void refusesHandshakesForAWhile(int status) throws Exception {
        Schedule when = Schedule.after(Progress.connections(1)).lasting(Progress.connections(2));
        try (Exchange exchange = start(new Fault.Refuse(when, status));
                Client client = new Client(exchange)) {
            assertEquals(status, refusal(client));
            assertEquals(status, refusal(client));
            try (Socket socket = client.connect(TRADES)) {
                socket.next();
            }
            assertEquals(3, exchange.traffic().upgradeAttempts());
            assertEquals(1, exchange.traffic().connectionsAccepted());
            assertEquals(1, exchange.faultsInjected().get("refuse"));
        }
    }

    @Test
    void refusesConnectionsBeyondTheLimitOfAttempts() throws Exception {
        SocketRules real = SocketRules.REAL;
        SocketRules rules = new SocketRules(
                real.pingEvery(),
                real.pongWithin(),
                real.lifetime(),
                real.streams(),
                real.messagesPerSecond(),
                2,
                real.outgoingBytes());
        ExchangeConfig config = FaultyExchange.config().withSocketRules(rules);
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Socket first = client.connect(TRADES);
                Socket second = client.connect(TRADES)) {
            first.next();
            second.next();
            assertEquals(429, refusal(client));
            assertEquals(429, refusal(client));
        }
    }

    @Test
    void closesEveryConnectionAtTheAgeOfARotation() throws Exception {
        try (Exchange exchange = start(new Fault.Rotate(Duration.ofMillis(300)));
                Client client = new Client(exchange)) {
            for (long round = 1; round <= 2; round++) {
                try (Socket socket = client.connect(TRADES)) {
                    List<String> messages = untilClosed(socket);
                    assertEquals("closed 1001 Going away", messages.getLast());
                    assertConsecutive(messages.subList(0, messages.size() - 1));
                }
                assertEquals(round, exchange.faultsInjected().get("rotate"));
            }
        }
    }

    @Test
    void comesBackOnTheSamePortAfterARestart() throws Exception {
        try (Exchange exchange = start(
                        new Fault.HalfOpen(Schedule.after(Progress.trades(50))),
                        new Fault.Restart(Schedule.after(Progress.trades(200)), Duration.ofMillis(500)));
                Client client = new Client(exchange);
                RawSocket frozen = new RawSocket(exchange.port(), TRADES)) {
            for (int i = 0; i < 49; i++) {
                frozen.nextFrame();
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (exchange.faultsInjected().getOrDefault("half-open", 0L) == 0) {
                // Until the fault has met this one: it may as well meet the next that connects.
                assertTrue(System.nanoTime() < deadline, "no connection became half open");
                Thread.onSpinWait();
            }
            try (Socket socket = client.connect(TRADES)) {
                untilClosed(socket);
            }
            assertThrows(IOException.class, frozen::nextFrame);
            int refused = 0;
            deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            boolean connected = false;
            while (!connected && System.nanoTime() < deadline) {
                try (Socket socket = client.connect(TRADES)) {
                    socket.next(10);
                    connected = true;
                } catch (CompletionException e) {
                    assertInstanceOf(ConnectException.class, e.getCause());
                    refused++;
                }
            }
            assertTrue(connected && refused > 0, "refused " + refused + " times, then " + connected);
        }
    }

    @Test
    void announcesItsEndAndThenCloses() throws Exception {
        Fault fault = new Fault.ServerShutdown(AT_100, Duration.ofMillis(100));
        try (Exchange exchange = start(fault);
                Client client = new Client(exchange);
                Socket socket = client.connect("/stream?streams=btcusdt@trade")) {
            List<String> messages = untilClosed(socket);
            assertTrue(
                    messages.get(99)
                            .matches(
                                    "\\{\"stream\":\"!serverShutdown\",\"data\":\\{\"e\":\"serverShutdown\",\"E\":[0-9]+}}"),
                    messages.get(99));
            assertEquals("closed 1001 Going away", messages.removeLast());
            messages.remove(99);
            assertConsecutive(messages);
        }
    }

    /** The first 120 trades or frames in their place, with a trick at the 100th trade. */
    private static List<RawSocket.Frame> frames(Frame.Trick trick, int count) throws Exception {
        try (Exchange exchange = start(new Frame(AT_100, trick));
                RawSocket socket = new RawSocket(exchange.port(), TRADES)) {
            List<RawSocket.Frame> frames = new ArrayList<>();
            while (frames.size() < count) {
                frames.add(socket.nextFrame());
            }
            assertEquals(1, exchange.faultsInjected().values().iterator().next());
            return frames;
        }
    }

    private static List<Long> offsets(List<RawSocket.Frame> frames, int from, int to) {
        long first = id(frames.getFirst().text());
        return frames.subList(from, to).stream()
                .map(frame -> id(frame.text()) - first)
                .toList();
    }

    @Test
    void sendsATradeTwice() throws Exception {
        assertEquals(List.of(98L, 99L, 99L, 100L), offsets(frames(Frame.Trick.DUPLICATE, 120), 98, 102));
    }

    @Test
    void sendsATradeAfterTheNext() throws Exception {
        assertEquals(List.of(98L, 100L, 99L, 101L), offsets(frames(Frame.Trick.REORDER, 120), 98, 102));
    }

    @Test
    void sendsOldTradesAgain() throws Exception {
        List<Long> offsets = offsets(frames(Frame.Trick.RESEND, 160), 98, 151);
        assertEquals(List.of(98L, 49L, 50L), offsets.subList(0, 3));
        assertEquals(List.of(98L, 99L, 100L), offsets.subList(50, 53));
    }

    @Test
    void leavesATradeOut() throws Exception {
        assertEquals(List.of(98L, 100L), offsets(frames(Frame.Trick.SKIP, 120), 98, 100));
    }

    @Test
    void sendsATradeInFragmentsWithAPingBetweenThem() throws Exception {
        List<RawSocket.Frame> frames = frames(Frame.Trick.FRAGMENTED, 120);
        assertEquals(
                List.of(0x81, 0x01, 0x89, 0x00, 0x80, 0x81),
                frames.subList(98, 104).stream().map(RawSocket.Frame::first).toList());
        String whole =
                frames.get(99).text() + frames.get(101).text() + frames.get(102).text();
        assertEquals(id(frames.get(98).text()) + 1, id(whole));
        assertTrue(whole.endsWith("\"M\":true}"), whole);
        assertEquals(
                List.of(98L, 100L),
                List.of(
                        offsets(frames, 98, 99).getFirst(),
                        offsets(frames, 103, 104).getFirst()));
    }

    @Test
    void sendsABinaryFrameOrAnUnknownEventBeforeATrade() throws Exception {
        List<RawSocket.Frame> frames = frames(Frame.Trick.BINARY, 120);
        assertEquals(0x82, frames.get(99).first());
        assertEquals(List.of(99L), offsets(frames, 100, 101));
        frames = frames(Frame.Trick.UNKNOWN_EVENT, 120);
        assertTrue(frames.get(99).text().startsWith("{\"e\":\"neverHeardOf\",\"E\":1"));
        assertEquals(List.of(99L), offsets(frames, 100, 101));
    }

    @Test
    void sendsAFrameOfMoreThanAMebibyte() throws Exception {
        List<RawSocket.Frame> frames = frames(Frame.Trick.GIANT, 120);
        assertTrue(frames.get(99).length() > 1 << 20);
        assertEquals(List.of(98L, 99L, 100L), offsets(frames, 98, 101));
    }

    @Test
    void sendsBrokenTextInsteadOfATrade() throws Exception {
        String whole = "\\{\"e\":\"trade\".*\"p\":\"[0-9.]+\".*\"T\":[0-9]+,.*}";
        for (Frame.Trick trick : List.of(Frame.Trick.MALFORMED, Frame.Trick.TRUNCATED)) {
            List<RawSocket.Frame> frames = frames(trick, 120);
            assertTrue(frames.get(98).text().matches(whole));
            assertFalse(frames.get(99).text().matches(whole), frames.get(99).text());
            assertEquals(List.of(100L), offsets(frames, 100, 101));
        }
        RawSocket.Frame bad = frames(Frame.Trick.BAD_UTF8, 120).get(99);
        assertTrue(bad.text().contains("\ufffd"), bad.text());
    }

    @Test
    void holdsBackAndLosesNothing() throws Exception {
        for (Fault fault : List.of(
                new Fault.Burst(AT_100, Duration.ofMillis(400)), new Fault.Drip(AT_100, Duration.ofMillis(400)))) {
            try (Exchange exchange = start(fault);
                    Client client = new Client(exchange);
                    Socket socket = client.connect(TRADES)) {
                List<String> trades = new ArrayList<>(socket.next(99));
                long start = System.nanoTime();
                trades.addAll(socket.next(60)); // some 9 kB, of which 8 kB drip in a second
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                assertTrue(took.toMillis() > 200, fault.name() + " took " + took);
                trades.addAll(socket.next(500));
                assertConsecutive(trades);
            }
        }
    }

    @Test
    void stepsItsClockOnStreamsAndInRest() throws Exception {
        Fault.Clock clock =
                new Fault.Clock(Schedule.AT_ONCE.lasting(Progress.of(Duration.ofHours(1))), Duration.ofHours(-1));
        try (Exchange exchange = start(clock);
                Client client = new Client(exchange);
                Socket socket = client.connect(TRADES)) {
            String trade = socket.next();
            assertEquals(-3_600_000, number(trade, "E") - number(trade, "T"));
            long before = number(client.body("/sim/state"), "tapeTime") / 1_000;
            long answered = number(client.body("/api/v3/time"), "serverTime") + 3_600_000;
            long after = number(client.body("/sim/state"), "tapeTime") / 1_000;
            assertTrue(before <= answered && answered <= after, before + " <= " + answered + " <= " + after);
        }
    }

    @Test
    void keepsPlayingWhatAnySeedDraws() throws Exception {
        for (long seed = 1; seed <= 12; seed++) {
            FaultPlan plan = FaultPlan.random(seed);
            try (Exchange exchange = Exchange.start(FaultyExchange.config().withFaults(plan));
                    Client client = new Client(exchange)) {
                long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (exchange.faultsInjected().values().stream().allMatch(count -> count == 0)) {
                    assertTrue(System.nanoTime() < deadline, "nothing struck: " + plan);
                    try (RawSocket socket = new RawSocket(exchange.port(), TRADES)) {
                        socket.waitAtMost(Duration.ofMillis(500));
                        for (int i = 0; i < 50; i++) {
                            socket.nextFrame();
                        }
                    } catch (IOException brokenOnPurpose) {
                        assertFalse(plan.isEmpty());
                    }
                }
                String state = "";
                while (state.isEmpty()) {
                    assertTrue(System.nanoTime() < deadline, "gone for good: " + plan);
                    try {
                        state = client.body("/sim/state");
                    } catch (ConnectException e) { // it is restarting, on purpose
                        Thread.onSpinWait();
                    }
                }
                assertTrue(state.contains("\"state\":\"playing\""), "seed " + seed + state);
            }
        }
    }
}
