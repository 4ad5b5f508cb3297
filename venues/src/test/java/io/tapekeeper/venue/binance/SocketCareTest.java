package io.tapekeeper.venue.binance;

import static io.tapekeeper.venue.binance.BinanceStreamTest.SHUTDOWN;
import static io.tapekeeper.venue.binance.BinanceStreamTest.aggregate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Eventually;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FeedEvent.Connected;
import io.tapekeeper.venue.FeedEvent.Disconnected;
import io.tapekeeper.venue.FeedEvent.Traded;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.Heard;
import io.tapekeeper.venue.LocalWebSocket;
import io.tapekeeper.venue.LocalWebSocket.Connection;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.limit.ConnectBudget;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.stream.StreamFeed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How sockets are replaced before they lie, and only then. */
@Timeout(60)
class SocketCareTest {
    private static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);

    private final Heard heard = new Heard();
    private final Patience patience = new Patience();
    private final List<Feed> open = new ArrayList<>();
    private LocalWebSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new LocalWebSocket();
        patience.stableAfter = Duration.ofHours(1); // so that every fault is remembered
    }

    @AfterEach
    void close() throws IOException {
        open.forEach(Feed::close);
        server.close();
    }

    private Feed started(FeedListener listener, ConnectBudget budget, NewestIdSource newest, boolean redundant) {
        Feed stream = new StreamFeed(
                BinanceStream.plan(
                        BinanceStream.hosts(server.address()), List.of(BTCUSDT), TapeKind.AGGREGATE, redundant),
                patience.settings(),
                budget,
                newest,
                listener);
        open.add(stream);
        stream.start();
        return stream;
    }

    private Feed started(NewestIdSource witness) {
        return started(heard, ConnectBudget.inMemory(), witness, false);
    }

    private void hears(long id) {
        assertEquals(id, heard.next(Traded.class).trade().id());
    }

    private Connection connected(long id) throws IOException {
        Connection connection = server.next();
        connection.send(aggregate("BTCUSDT", id));
        heard.next(Connected.class);
        hears(id);
        return connection;
    }

    private static void pass(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        Eventually.that(time + " pass", () -> System.nanoTime() > until);
    }

    private static void hearsTheClose(Connection connection) {
        assertEquals(LocalWebSocket.CLOSE, Eventually.next(connection.received).opcode());
    }

    /**
     * A venue whose every second socket lags by half the overlap, and whose trades never pause. Sockets let go of at
     * the first trade of their successor would leave holes.
     */
    @Test
    void rotationsLeaveNoHoleThoughTheOldSocketLagsBehindTheNewOne() throws Exception {
        patience.rotateAfter = Duration.ofMillis(500);
        patience.overlap = Duration.ofMillis(400);
        Feed stream = started(NewestIdSource.NONE);
        AtomicBoolean over = new AtomicBoolean();
        Thread venue = Thread.ofPlatform().start(() -> print(over));
        Eventually.that("six rotations", () -> stream.counts().rotations() >= 6);
        over.set(true);
        venue.join();
        stream.close();
        BitSet ids = new BitSet();
        assertInstanceOf(Connected.class, heard.events.poll());
        for (FeedEvent event : heard.events) {
            ids.set((int) assertInstanceOf(Traded.class, event).trade().id());
        }
        int first = ids.nextSetBit(0);
        assertEquals(ids.length(), ids.nextClearBit(first), "the first id that is missing");
        assertEquals(0, stream.counts().reconnects());
    }

    private void print(AtomicBoolean over) {
        record Lagging(Connection connection, Deque<Long> behind, int most) {}
        List<Lagging> sockets = new ArrayList<>();
        for (long id = 1; !over.get(); id++) {
            Connection young = server.connections.poll();
            if (young != null) {
                sockets.add(new Lagging(young, new ArrayDeque<>(), sockets.size() % 2 * 100));
            }
            for (Lagging socket : sockets) {
                socket.behind.add(id);
                while (socket.behind.size() > socket.most) {
                    try {
                        socket.connection.send(aggregate("BTCUSDT", socket.behind.remove()));
                    } catch (IOException e) {
                        socket.behind.clear(); // the feed has let go of it
                        break;
                    }
                }
            }
            pass(Duration.ofMillis(2));
        }
    }

    @Test
    void onAQuietMarketTheOldSocketStaysUntilItEndsAndTheNewOneIsThereAlready() throws IOException {
        patience.rotateAfter = Duration.ofSeconds(1);
        Feed stream = started(NewestIdSource.NONE);
        Connection old = connected(1);
        Connection young = server.next();
        pass(Duration.ofMillis(300));
        assertEquals(0, old.received.size(), "it has been let go of");
        old.vanish();
        heard.next(Disconnected.class); // for an open socket proves nothing
        young.send(aggregate("BTCUSDT", 2));
        heard.next(Connected.class);
        hears(2);
        assertEquals(2, server.attempts.get());
        assertEquals(0, stream.counts().rotations());
    }

    @Test
    void aNewSocketThatStaysSilentWhileTheOldOneTalksIsNotTrusted() throws IOException {
        Feed stream = started(NewestIdSource.NONE);
        Connection old = connected(1);
        old.send(SHUTDOWN);
        Connection deaf = server.next();
        for (long id = 2; server.attempts.get() < 3; id++) {
            old.send(aggregate("BTCUSDT", id));
            hears(id);
        }
        assertEquals(-1, Eventually.next(deaf.received).opcode());
        Connection young = server.next();
        young.send(aggregate("BTCUSDT", 1_000_000));
        Eventually.that("it is let go of", () -> stream.counts().rotations() == 1);
        hearsTheClose(old);
        assertTrue(heard.events.stream().allMatch(event -> event instanceof Traded));
    }

    @Test
    void aVenueThatIsOutOfReachWhileASocketRotatesDisturbsNobody() throws IOException {
        patience.rotateAfter = Duration.ofMillis(500);
        Feed stream = started(NewestIdSource.NONE);
        Connection old = connected(1);
        server.refuse("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        Eventually.that("it tried several times", () -> server.attempts.get() > 4);
        old.send(aggregate("BTCUSDT", 2));
        hears(2);
        server.refuse(null);
        server.next().send(aggregate("BTCUSDT", 3));
        hears(3);
        hearsTheClose(old);
        assertEquals(0, stream.counts().reconnects());
    }

    @Test
    void aPauseThatTheVenueAsksForIsKeptThoughTheOldSocketIsAboutToEnd() throws IOException {
        patience.rotateAfter = Duration.ofMillis(500);
        started(NewestIdSource.NONE);
        Connection old = connected(1);
        server.refuse("HTTP/1.1 418 x\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n");
        Eventually.that("it is refused", () -> server.attempts.get() == 2);
        old.send(SHUTDOWN);
        pass(Duration.ofMillis(300));
        old.vanish();
        heard.next(Disconnected.class);
        pass(Duration.ofMillis(500));
        assertEquals(2, server.attempts.get());
    }

    private void suspectSoon() {
        patience.shortestStall = Duration.ofMillis(200);
        patience.longestStall = Duration.ofMillis(800);
    }

    @Test
    void aSilentSocketIsReplacedWhenTheWitnessKnowsNewerTrades() throws IOException {
        suspectSoon();
        AtomicLong newest = new AtomicLong(1);
        AtomicInteger questions = new AtomicInteger();
        Feed stream = started((symbol, kind) -> {
            assertEquals("BTCUSDT", symbol);
            assertEquals(TapeKind.AGGREGATE, kind);
            questions.incrementAndGet();
            return OptionalLong.of(newest.get());
        });
        Connection old = connected(1);
        Eventually.that("it was asked twice", () -> questions.get() >= 2);
        assertEquals(1, server.attempts.get(), "nothing was missing");
        newest.set(7);
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.contains(" keeps trades back: no BTCUSDT for "), reason);
        assertTrue(reason.endsWith("newer trades (up to id 7). Connecting again."), reason);
        Connection young = server.next();
        assertEquals(0, old.received.size(), "the new one is not proven yet");
        young.send(aggregate("BTCUSDT", 8));
        heard.next(Connected.class);
        hears(8);
        hearsTheClose(old);
        assertEquals(1, stream.counts().stalls());
        assertEquals(1, stream.counts().reconnects());
    }

    @Test
    void aQuietMarketIsAskedAboutEverMoreSeldomAndNeverReplaced() throws IOException {
        suspectSoon();
        BlockingQueue<Long> questions = new LinkedBlockingQueue<>();
        Feed stream = started((symbol, kind) -> {
            questions.add(System.nanoTime());
            return OptionalLong.of(1);
        });
        connected(1);
        long began = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            Eventually.next(questions);
        }
        long millis = (System.nanoTime() - began) / 1_000_000;
        assertTrue(millis > 190 + 400 + 800 + 800 + 800, "six questions in " + millis + " ms");
        assertEquals(1, server.attempts.get());
        assertEquals(0, stream.counts().stalls());
    }

    @Test
    void aTradeThatIsStillOnItsWayIsNotHeldBack() throws IOException {
        suspectSoon();
        patience.flightTime = Duration.ofSeconds(15);
        CountDownLatch asked = new CountDownLatch(1);
        AtomicInteger questions = new AtomicInteger();
        Feed stream = started((symbol, kind) -> {
            asked.countDown();
            questions.incrementAndGet();
            return OptionalLong.of(2);
        });
        Connection connection = connected(1);
        Eventually.that("it was asked", () -> asked.getCount() == 0);
        connection.send(aggregate("BTCUSDT", 2));
        hears(2);
        Eventually.that("the case was closed", () -> questions.get() >= 3);
        assertEquals(1, server.attempts.get());
        assertEquals(0, stream.counts().stalls());
    }

    @Test
    void aWitnessThatFailsProvesNothingAndIsAskedAgain() throws IOException {
        suspectSoon();
        AtomicInteger questions = new AtomicInteger();
        Feed stream = started((symbol, kind) -> {
            if (questions.incrementAndGet() <= 3) {
                throw new VenueException(VenueException.Kind.UNREACHABLE, "does not answer");
            }
            return OptionalLong.of(2);
        });
        connected(1);
        Eventually.that("it was asked three times", () -> questions.get() >= 3);
        assertEquals(0, stream.counts().stalls());
        heard.next(Disconnected.class);
        connected(3);
        assertEquals(1, stream.counts().stalls());
    }

    @Test
    void aWitnessThatTakesItsTimeHoldsNothingUp() throws IOException {
        suspectSoon();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        started((symbol, kind) -> {
            asked.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return OptionalLong.empty();
        });
        Connection connection = connected(1);
        Eventually.that("it was asked", () -> asked.getCount() == 0);
        connection.send(aggregate("BTCUSDT", 2));
        hears(2);
        connection.vanish();
        heard.next(Disconnected.class);
        connected(3);
        never.countDown();
    }

    @Test
    void aSocketThatNeverSpokeIsReplacedWhenTheVenueGoesOnPrinting() throws IOException {
        suspectSoon();
        AtomicLong newest = new AtomicLong();
        Feed stream = started((symbol, kind) -> OptionalLong.of(newest.incrementAndGet()));
        server.next();
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.contains("keeps trades back"), reason);
        connected(100);
        assertTrue(stream.counts().stalls() >= 1);
    }

    @Test
    void whatWasPrintedBetweenTwoConnectionsIsNotHeldAgainstTheSecond() throws IOException {
        suspectSoon();
        AtomicInteger questions = new AtomicInteger();
        Feed stream = started((symbol, kind) -> {
            questions.incrementAndGet();
            return OptionalLong.of(2);
        });
        connected(1).vanish();
        heard.next(Disconnected.class);
        server.next(); // and not a trade any more
        Eventually.that("it was asked", () -> questions.get() >= 3);
        assertEquals(0, stream.counts().stalls());
        assertEquals(2, server.attempts.get());
    }

    @Test
    void ofTwoSocketsOneMayDieWithoutAWordOfDisconnection() throws IOException {
        Feed stream = started(heard, ConnectBudget.inMemory(), NewestIdSource.NONE, true);
        Connection first = connected(1);
        Connection second = server.next();
        assertEquals(first.path, second.path);
        second.send(aggregate("BTCUSDT", 1));
        hears(1); // both deliver
        first.vanish();
        Connection third = server.next();
        third.send(aggregate("BTCUSDT", 2));
        hears(2);
        second.vanish();
        Connection fourth = server.next();
        third.send(aggregate("BTCUSDT", 3));
        hears(3);
        third.vanish();
        heard.next(Disconnected.class);
        fourth.send(aggregate("BTCUSDT", 4));
        heard.next(Connected.class);
        hears(4);
        assertEquals(1, stream.counts().reconnects());
    }

    @Test
    void ofTwoSocketsTheSpareOneRotatesAtHalfTheAge() throws IOException {
        patience.rotateAfter = Duration.ofSeconds(4);
        started(heard, ConnectBudget.inMemory(), NewestIdSource.NONE, true);
        server.next();
        server.next();
        long opened = System.nanoTime();
        server.next();
        long millis = (System.nanoTime() - opened) / 1_000_000;
        assertTrue(millis > 1_600 && millis < 3_400, "the spare one rotated after " + millis);
        server.next();
        millis = (System.nanoTime() - opened) / 1_000_000;
        assertTrue(millis > 3_500, "the other one rotated after " + millis);
    }

    @Test
    void onlyOneAttemptToConnectIsInFlight() throws IOException {
        patience.request = Duration.ofMillis(300);
        BlockingQueue<Long> attempts = new LinkedBlockingQueue<>();
        ServerSocket watched = new ServerSocket(0, 50, InetAddress.getLoopbackAddress()) {
            @Override
            public Socket accept() throws IOException {
                Socket socket = super.accept();
                attempts.add(System.nanoTime());
                return socket;
            }
        };
        server.close();
        server = new LocalWebSocket(watched);
        server.fallSilent();
        started(heard, ConnectBudget.inMemory(), NewestIdSource.NONE, true); // two sessions want to connect
        long last = Eventually.next(attempts);
        for (int i = 0; i < 5; i++) {
            long next = Eventually.next(attempts);
            assertTrue(next - last >= 200_000_000, "the one before was not over"); // some room for a late look
            last = next;
        }
    }

    @Test
    void noAttemptIsMadeBeyondTheBudget() throws IOException {
        Instant start = Instant.ofEpochSecond(1_790_000_000);
        AtomicReference<Instant> now = new AtomicReference<>(start);
        AtomicInteger asked = new AtomicInteger();
        RateGovernor governor = RateGovernor.inMemory("the-venue", () -> {
            asked.incrementAndGet();
            return now.get();
        });
        for (int used = 0; used < 300; used++) {
            if (governor.connectBudget().toWait().isZero()) {
                attempt(governor.connectBudget());
            }
        }
        now.set(start.plus(governor.connectBudget().toWait()).minusMillis(20)); // so that it asks often
        asked.set(0);
        started(heard, governor.connectBudget(), NewestIdSource.NONE, false);
        Eventually.that("it has waited in vain", () -> asked.get() > 20);
        assertEquals(0, server.attempts.get());
        now.set(start.plusSeconds(3_600));
        connected(1);
        assertEquals(1, governor.snapshot().connects());
    }

    private static void attempt(ConnectBudget budget) throws IOException {
        try {
            budget.attempt(new CountDownLatch(1), () -> "made");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void pingsAreAnsweredWhileTheListenerBlocks() throws IOException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        started(
                event -> {
                    busy.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                ConnectBudget.inMemory(),
                NewestIdSource.NONE,
                true);
        Connection first = server.next();
        Connection second = server.next();
        first.send(aggregate("BTCUSDT", 1));
        Eventually.that("the listener is busy", () -> busy.getCount() == 0);
        for (Connection connection : List.of(first, second)) {
            connection.frame(LocalWebSocket.PING, true, new byte[0]);
            assertEquals(
                    LocalWebSocket.PONG, Eventually.next(connection.received).opcode());
        }
        go.countDown();
    }

    @Test
    void aFrameTooLongToBeSkippedEndsTheConnection() throws IOException {
        started(NewestIdSource.NONE);
        Connection connection = connected(1);
        try {
            connection.frame(LocalWebSocket.TEXT, true, new byte[17 << 20]);
        } catch (IOException e) {
            // it may hang up while the frame is being written
        }
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.contains("breaks the WebSocket protocol"), reason);
        connected(2);
    }
}
