package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Eventually;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.FeedEvent.Connected;
import io.tapekeeper.venue.FeedEvent.Disconnected;
import io.tapekeeper.venue.FeedEvent.Traded;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.Heard;
import io.tapekeeper.venue.LocalWebSocket;
import io.tapekeeper.venue.LocalWebSocket.Connection;
import io.tapekeeper.venue.LocalWebSocket.Frame;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.limit.ConnectBudget;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.stream.StreamFeed;
import io.tapekeeper.venue.stream.StreamHosts;
import io.tapekeeper.venue.stream.StreamPart;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BinanceStreamTest {
    private static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);
    private static final Instrument ETHUSDT = new Instrument("binance", "ETHUSDT", 1_000_000, 1_000);
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_790_000_001));

    static final String SHUTDOWN = """
            {"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1790000000123}}\
            """;

    private final Heard heard = new Heard();
    private final List<Feed> open = new ArrayList<>();
    private LocalWebSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new LocalWebSocket();
    }

    @AfterEach
    void close() throws IOException {
        open.forEach(Feed::close);
        server.close();
    }

    private static Patience patience() {
        Patience patience = new Patience();
        patience.clock = CLOCK;
        return patience;
    }

    private static ConnectionSettings settings() {
        return patience().settings();
    }

    private static Feed feed(
            StreamHosts hosts, List<Instrument> instruments, FeedListener listener, ConnectionSettings settings) {
        return new StreamFeed(
                BinanceStream.plan(hosts, instruments, TapeKind.AGGREGATE, false),
                settings,
                ConnectBudget.inMemory(),
                NewestIdSource.NONE,
                listener);
    }

    private Feed stream(FeedListener listener, ConnectionSettings settings) {
        Feed stream = feed(BinanceStream.hosts(server.address()), List.of(BTCUSDT, ETHUSDT), listener, settings);
        open.add(stream);
        return stream;
    }

    private Feed started() {
        Feed stream = stream(heard, settings());
        stream.start();
        return stream;
    }

    static String aggregate(String symbol, long id) {
        return """
        {"stream":"x@aggTrade","data":{"e":"aggTrade","E":1790000000126,"s":"%s","a":%d,\
        "p":"64012.34000000","q":"0.01500000","f":1,"l":3,"T":1790000000123,"m":false,"M":true}}\
        """.formatted(symbol, id);
    }

    private void hears(long id) {
        assertEquals(id, heard.next(Traded.class).trade().id());
    }

    /** Opens a connection and brings a first trade over it. */
    private Connection connected(long id) throws IOException {
        Connection connection = server.next();
        connection.send(aggregate("BTCUSDT", id));
        heard.next(Connected.class);
        hears(id);
        return connection;
    }

    @Test
    void subscribesByUrlAndStampsWhatArrivesWithOurClock() throws IOException {
        Feed stream = started();
        Connection connection = server.next();
        assertEquals("/stream?streams=btcusdt@aggTrade/ethusdt@aggTrade", connection.path);
        connection.send(aggregate("ETHUSDT", 7));
        heard.next(Connected.class);
        Traded traded = heard.next(Traded.class);
        assertEquals(ETHUSDT, traded.instrument());
        assertEquals(1_790_000_001_000_000L, traded.trade().receivedTime());
        assertEquals(1_790_000_000_123_000L, traded.trade().venueTime());
        assertEquals(new FeedCounts(1, 1, 0, 0, 0, 0, 0, 0, ""), stream.counts());
    }

    @Test
    void isConnectedOnlyWhenAFirstTradeCame() throws IOException {
        Feed stream = started();
        Connection connection = server.next();
        connection.send("{\"result\":null,\"id\":1}");
        connection.frame(LocalWebSocket.PING, true, new byte[0]);
        connection.send("{\"e\":\"kline\"}");
        Eventually.that("both are read", () -> stream.counts().ignored() == 2);
        assertTrue(heard.events.isEmpty());
        connection.send(aggregate("BTCUSDT", 1));
        heard.next(Connected.class);
        hears(1);
    }

    @Test
    void answersPingsWithTheirPayload() throws IOException {
        started();
        Connection connection = server.next();
        connection.frame(LocalWebSocket.PING, true, "1790".getBytes(UTF_8));
        Frame pong = Eventually.next(connection.received);
        assertEquals(LocalWebSocket.PONG, pong.opcode());
        assertEquals("1790", pong.payload());
    }

    @Test
    void joinsMessagesThatComeInParts() throws IOException {
        started();
        Connection connection = connected(1);
        byte[] message = aggregate("BTCUSDT", 2).getBytes(UTF_8);
        for (int i = 0; i < message.length; i++) {
            int opcode = i == 0 ? LocalWebSocket.TEXT : LocalWebSocket.CONTINUATION;
            connection.frame(opcode, i == message.length - 1, new byte[] {message[i]});
            if (i == 20) {
                connection.frame(LocalWebSocket.PING, true, new byte[0]); // allowed in between
            }
        }
        hears(2);
    }

    @Test
    void countsAndSkipsWhatItCannotRead() throws IOException {
        Feed stream = started();
        Connection connection = connected(1);
        connection.send("{\"e\":\"trade\"");
        connection.send("<html>");
        connection.frame(LocalWebSocket.BINARY, true, new byte[] {1, 2, 3});
        byte[] tooLong = "x".repeat(BinanceDecoder.MAX_FRAME + 1).getBytes(UTF_8);
        connection.frame(LocalWebSocket.TEXT, true, tooLong);
        connection.send(aggregate("BTCUSDT", 2));
        hears(2);
        FeedCounts counts = stream.counts();
        assertEquals(6, counts.frames());
        assertEquals(2, counts.trades());
        assertEquals(4, counts.malformed());
        assertTrue(counts.lastMalformed().startsWith("longer than 1048576 | xxx"));
    }

    @Test
    void ignoresSymbolsAndKindsThatItDidNotAskFor() throws IOException {
        Feed stream = started();
        Connection connection = connected(1);
        connection.send(aggregate("DOGEUSDT", 9));
        connection.send("""
                {"e":"trade","s":"BTCUSDT","t":5,"p":"1.0","q":"1.0","T":1790000000123,"m":true}\
                """);
        connection.send(aggregate("BTCUSDT", 2));
        hears(2);
        assertEquals(2, stream.counts().ignored());
    }

    @Test
    void connectsAgainAfterACloseAndSaysWhy() throws IOException {
        Feed stream = started();
        connected(1).close(1008, "Too many requests");
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.endsWith("closed the connection (code 1008: Too many requests). Connecting again."), reason);
        connected(2);
        assertEquals(1, stream.counts().reconnects());
    }

    @Test
    void connectsAgainWhenTheVenueVanishes() throws IOException {
        started();
        connected(1).vanish();
        heard.next(Disconnected.class);
        connected(2).reset();
        heard.next(Disconnected.class);
        connected(3);
    }

    @Test
    void opensASecondSocketAtOnceWhenTheVenueAnnouncesTheEndAndMissesNothing() throws IOException {
        // With a first wait of up to an hour only "at once" can pass in time.
        Patience patience = patience();
        patience.firstRetry = Duration.ofHours(1);
        patience.longestRetry = Duration.ofHours(1);
        patience.stableAfter = Duration.ofHours(1);
        Feed stream = stream(heard, patience.settings());
        stream.start();
        Connection old = connected(1);
        old.send(SHUTDOWN);
        Connection young = server.next();
        old.send(aggregate("BTCUSDT", 2)); // not yet proven: the old one is still relied on
        hears(2);
        young.send(aggregate("BTCUSDT", 4));
        hears(4);
        old.send(aggregate("BTCUSDT", 3)); // was on its way
        hears(3);
        assertEquals(LocalWebSocket.CLOSE, Eventually.next(old.received).opcode());
        young.send(aggregate("BTCUSDT", 5));
        hears(5);
        assertTrue(heard.events.isEmpty(), "it was connected all the time");
        assertEquals(0, stream.counts().reconnects());
        assertEquals(1, stream.counts().rotations());
        assertEquals(2, server.attempts.get());
    }

    @Test
    void backsOffWhereEachNewSocketAnnouncesItsEnd() throws IOException {
        Patience patience = patience();
        patience.firstRetry = Duration.ofHours(1);
        patience.longestRetry = Duration.ofHours(1);
        patience.stableAfter = Duration.ofHours(1);
        stream(heard, patience.settings()).start();
        Connection old = connected(1);
        old.send(SHUTDOWN);
        server.next().send(SHUTDOWN);
        old.send(aggregate("BTCUSDT", 2));
        hears(2);
        long until = System.nanoTime() + 500_000_000;
        Eventually.that("half a second passes", () -> System.nanoTime() > until);
        assertEquals(2, server.attempts.get());
    }

    @Test
    void takesASilentSocketForDead() throws IOException {
        stream(heard, Patience.settings(CLOCK, Duration.ofSeconds(10), Duration.ofMillis(300)))
                .start();
        connected(1);
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.contains("has sent nothing"), reason);
        connected(2);
    }

    @Test
    void pingsKeepAQuietSocketAlive() throws IOException {
        stream(heard, Patience.settings(CLOCK, Duration.ofSeconds(10), Duration.ofSeconds(2)))
                .start();
        Connection connection = connected(1);
        for (int i = 0; i < 30; i++) { // three seconds
            connection.frame(LocalWebSocket.PING, true, new byte[0]);
            long until = System.nanoTime() + 100_000_000;
            Eventually.that("a tenth of a second passes", () -> System.nanoTime() > until);
        }
        connection.send(aggregate("BTCUSDT", 2));
        hears(2);
        assertEquals(1, server.attempts.get());
    }

    @Test
    void sendsOnePingToASilentVenueAndTakesItForDeadWhereNothingComes() throws IOException {
        Patience patience = patience();
        patience.probeTimeout = Duration.ofMillis(600);
        Feed stream = stream(heard, patience.settings());
        stream.start();
        Connection connection = connected(1);
        for (int answered = 0; answered < 2; answered++) {
            Frame ping = Eventually.next(connection.received);
            assertEquals(LocalWebSocket.PING, ping.opcode());
            connection.frame(LocalWebSocket.PONG, true, ping.payload().getBytes(ISO_8859_1));
        }
        assertEquals(LocalWebSocket.PING, Eventually.next(connection.received).opcode());
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.endsWith("has not answered a ping for 0.6s. Connecting again."), reason);
        assertEquals(-1, Eventually.next(connection.received).opcode(), "there was one ping more");
        connected(2);
    }

    @Test
    void answersAFloodOfPingsWithNoMoreThanFiveMessagesInASecond() throws IOException {
        started();
        Connection connection = server.next();
        long began = System.nanoTime();
        for (int i = 1; i <= 500; i++) {
            connection.frame(LocalWebSocket.PING, true, Integer.toString(i).getBytes(UTF_8));
        }
        int answers = 0;
        Frame pong;
        do {
            pong = Eventually.next(connection.received);
            assertEquals(LocalWebSocket.PONG, pong.opcode());
            answers++;
        } while (!pong.payload().equals("500"));
        long seconds = (System.nanoTime() - began) / 1_000_000_000 + 1;
        assertTrue(answers <= 4 * seconds + 1, answers + " answers within " + seconds + " s");
    }

    @Test
    void noticesAtOnceThatTheVenueHungUpBehindAMessageAndLosesNoMessage() throws IOException {
        started();
        for (int id = 1; id <= 21; id += 2) {
            Connection connection = connected(id);
            connection.send(aggregate("BTCUSDT", id + 1));
            connection.vanish();
            hears(id + 1);
            String reason = heard.next(Disconnected.class).reason();
            assertTrue(reason.contains("hung up"), reason);
        }
    }

    @Test
    void saysOnceThatAVenueIsOutOfReachAndTriesForEver() throws IOException {
        int port = server.port();
        server.close();
        started();
        String reason = heard.next(Disconnected.class).reason();
        assertEquals(
                "127.0.0.1:%d refuses the connection or is out of reach. Check the address and the network connection."
                        .formatted(port),
                reason);
        try (LocalWebSocket back = new LocalWebSocket(port)) {
            back.refuse("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
            assertTrue(heard.next(Disconnected.class).reason().contains("HTTP 503"));
            Eventually.that("it goes on trying", () -> back.attempts.get() > 5);
            assertTrue(heard.events.isEmpty(), "the same cause is said once");
            back.refuse(null);
            Connection connection = back.next();
            connection.send(aggregate("BTCUSDT", 1));
            heard.next(Connected.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "429 Too Many Requests, asks for fewer requests (HTTP 429)",
        "418 I'm a teapot, has banned this address",
        "403 Forbidden, blocks this request (HTTP 403",
        "451 Unavailable, wss://data-stream.binance.vision"
    })
    void keepsAwayWhereItIsRefusedAndSaysSoInPlainWords(String status, String words) {
        server.refuse("HTTP/1.1 " + status + "\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n");
        Feed stream = started();
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.contains(words), reason);
        stream.close();
        assertEquals(1, server.attempts.get());
    }

    private Feed startedWithSpare(URI otherwise, ConnectBudget budget) {
        StreamHosts hosts = BinanceStream.hosts(server.address(), List.of(otherwise));
        Feed stream = new StreamFeed(
                BinanceStream.plan(hosts, List.of(BTCUSDT), TapeKind.AGGREGATE, true),
                settings(),
                budget,
                NewestIdSource.NONE,
                heard);
        open.add(stream);
        stream.start();
        return stream;
    }

    @Test
    void allSocketsGoToTheHostThatStandsByWhereTheFirstDoesNotServeThisPlace() throws IOException {
        server.refuse("HTTP/1.1 451 x\r\nContent-Length: 0\r\n\r\n");
        try (LocalWebSocket second = new LocalWebSocket()) {
            startedWithSpare(second.address(), ConnectBudget.inMemory());
            Connection one = second.next();
            Connection other = second.next();
            assertEquals("/stream?streams=btcusdt@aggTrade", one.path);
            other.send(aggregate("BTCUSDT", 1));
            heard.next(Connected.class);
            hears(1);
            int before = server.attempts.get();
            one.vanish();
            second.next();
            assertEquals(before, server.attempts.get(), "a place that is refused is not tried again");
            assertTrue(before <= 2, before + " attempts by two sessions");
        }
    }

    @Test
    void saysInOneSentenceThatNoHostServesThisPlace() throws IOException {
        String no = "HTTP/1.1 451 x\r\nContent-Length: 0\r\n\r\n";
        server.refuse(no);
        try (LocalWebSocket second = new LocalWebSocket()) {
            second.refuse(no);
            startedWithSpare(second.address(), ConnectBudget.inMemory());
            assertEquals(
                    "Neither %s nor %s serves this location (HTTP 451). Go through another network, or name another address."
                            .formatted(
                                    server.address().getAuthority(),
                                    second.address().getAuthority()),
                    heard.next(Disconnected.class).reason());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wss://stream.binance.com:9443, wss://data-stream.binance.vision",
        "wss://data-stream.binance.vision,",
        "wss://stream.binance.us:9443,",
        "ws://127.0.0.1:9000,"
    })
    void onlyBinanceComHasAHostThatStandsBy(URI streamUrl, URI otherwise) {
        assertEquals(otherwise == null ? List.of() : List.of(otherwise), BinanceStream.standingBy(streamUrl));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 418})
    void aDemandForAPauseHoldsForAllWhoShareThePermits(int status) {
        RateGovernor governor = RateGovernor.inMemory("the-venue", CLOCK);
        server.refuse("HTTP/1.1 %d x\r\nRetry-After: 60\r\n\r\n".formatted(status));
        Feed stream = startedWithSpare(server.address(), governor.connectBudget());
        heard.next(Disconnected.class);
        assertEquals(Duration.ofSeconds(60), governor.connectBudget().toWait());
        assertEquals(status == 418, governor.snapshot().bannedUntilMicros() > 0);
        stream.close();
        assertEquals(1, server.attempts.get());
    }

    @Test
    void aRefusedSubscriptionIsNoLoop() throws IOException {
        Feed stream = started();
        Connection connection = server.next();
        connection.send("{\"error\":{\"code\":2,\"msg\":\"Invalid request: invalid stream\"},\"id\":null}");
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(
                reason.endsWith(
                        "refuses the subscription: Invalid request: invalid stream (code 2). Check the symbols."),
                reason);
        stream.close();
        assertEquals(1, server.attempts.get());
    }

    @Test
    void aListenerThatBlocksHoldsTheVenueBackAndNothingIsLost() throws IOException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Feed stream = stream(
                event -> {
                    heard.on(event);
                    busy.countDown();
                    awaitUninterrupted(go);
                },
                Patience.settings(CLOCK, Duration.ofSeconds(10), Duration.ofSeconds(2)));
        stream.start();
        Connection connection = server.next();
        Thread sender = Thread.ofPlatform().start(() -> {
            try {
                for (int id = 1; id <= 200_000; id++) {
                    connection.send(aggregate("BTCUSDT", id));
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Eventually.that("the listener is busy", () -> busy.getCount() == 0);
        // TCP's buffers fill up and the venue's write blocks; 200,000 trades would be 40 MB
        Eventually.that("the venue waits", () -> waits(sender));
        long until = System.nanoTime() + 2_500_000_000L;
        Eventually.that("it is longer than a dead line's time", () -> System.nanoTime() > until);
        assertEquals(0, stream.counts().trades());
        go.countDown();
        heard.next(Connected.class);
        for (int id = 1; id <= 200_000; id++) {
            hears(id);
        }
        assertEquals(1, server.attempts.get(), "a busy listener is no dead socket");
    }

    private static boolean waits(Thread sender) {
        StackTraceElement[] first = sender.getStackTrace();
        return first.length > 0 && IntStream.range(0, 50).allMatch(i -> isWriting(sender.getStackTrace()));
    }

    private static boolean isWriting(StackTraceElement[] stack) {
        return stack.length > 0 && List.of("poll", "park", "write0").contains(stack[0].getMethodName());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closeSaysGoodbyeAndNothingIsHeardAfterwards() throws IOException {
        Feed stream = started();
        Connection connection = connected(1);
        stream.close();
        Frame goodbye = Eventually.next(connection.received);
        // On a busy machine the line may be gone before its goodbye was written.
        assertTrue(goodbye.opcode() == LocalWebSocket.CLOSE || goodbye.opcode() == -1);
        assertTrue(heard.events.isEmpty());
        stream.close(); // twice is once
        assertThrows(IllegalStateException.class, stream::start);
    }

    @Test
    void closeTakesLessThanASecondWhileTheVenueDoesNotAnswer() {
        server.fallSilent();
        Feed stream = started();
        Eventually.that("it is connecting", () -> server.attempts.get() > 0);
        assertQuick(stream);
        assertTrue(heard.events.isEmpty());
    }

    @Test
    void closeTakesLessThanASecondWhileTheListenerBlocks() throws IOException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Feed stream = stream(
                event -> {
                    busy.countDown();
                    awaitUninterrupted(never);
                },
                settings());
        stream.start();
        server.next().send(aggregate("BTCUSDT", 1));
        Eventually.that("the listener is busy", () -> busy.getCount() == 0);
        assertQuick(stream);
        never.countDown();
    }

    @Test
    void closeTakesLessThanASecondWhileItWaitsToTryAgain() {
        server.refuse("HTTP/1.1 451 x\r\nContent-Length: 0\r\n\r\n");
        Feed stream = started();
        heard.next(Disconnected.class);
        assertQuick(stream);
    }

    private static void assertQuick(Feed stream) {
        long start = System.nanoTime();
        stream.close();
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 1_000, "close took " + millis + " ms");
    }

    @Test
    void aListenerThatThrowsCostsTheConnectionButNotTheFeed() throws IOException {
        CountDownLatch thrown = new CountDownLatch(1);
        stream(
                        event -> {
                            if (event instanceof Traded && thrown.getCount() > 0) {
                                thrown.countDown();
                                throw new IllegalStateException("a defect of the listener");
                            }
                            heard.on(event);
                        },
                        settings())
                .start();
        server.next().send(aggregate("BTCUSDT", 1));
        heard.next(Connected.class);
        heard.next(Disconnected.class);
        connected(2);
    }

    @Test
    void severalSocketsCarryWhatOneUrlCannot() {
        List<Instrument> many = IntStream.range(0, 2_000)
                .mapToObj(i -> new Instrument("binance", "COIN%dUSDT".formatted(i), 0, 0))
                .toList();
        List<StreamPart> parts = BinanceStream.parts(many, TapeKind.AGGREGATE);
        int carried = 0;
        for (StreamPart part : parts) {
            URI uri = part.at(URI.create("wss://stream.binance.com:9443"));
            assertTrue(uri.toString().length() < 8_000);
            assertTrue(part.instruments().size() <= 1_024);
            assertEquals(part.instruments().size(), uri.getQuery().split("/", -1).length);
            carried += part.instruments().size();
        }
        assertEquals(2_000, carried);
        assertTrue(parts.size() > 1);
    }

    @Test
    void isConnectedWhenAllOfItsSocketsAre() throws IOException {
        List<Instrument> many = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            many.add(new Instrument("binance", "COIN%dUSDT".formatted(i), 0, 0));
        }
        Feed stream = feed(BinanceStream.hosts(server.address()), many, heard, settings());
        open.add(stream);
        stream.start();
        Connection first = server.next();
        Connection second = server.next();
        first.send(aggregate(symbolOf(first), 1));
        hears(1); // works already, though the feed is not complete
        second.send(aggregate(symbolOf(second), 2));
        heard.next(Connected.class);
        hears(2);
        first.vanish();
        heard.next(Disconnected.class);
        second.send(aggregate(symbolOf(second), 3));
        hears(3);
        first = server.next();
        first.send(aggregate(symbolOf(first), 4));
        heard.next(Connected.class);
        hears(4);
    }

    private static String symbolOf(Connection connection) {
        return connection.path.replaceFirst(".*streams=([a-z0-9]+)@.*", "$1").toUpperCase(Locale.ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/ws", "/stream", "/stream/"})
    void thePathMayBePartOfTheAddress(String path) {
        assertEquals(
                URI.create("wss://stream.binance.com:9443/stream?streams=btcusdt@trade"),
                BinanceStream.parts(List.of(BTCUSDT), TapeKind.RAW)
                        .getFirst()
                        .at(BinanceStream.hosts(URI.create("wss://stream.binance.com:9443" + path))
                                .inUse()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://stream.binance.com", "stream.binance.com", "wss:///x"})
    void anAddressThatIsNoneIsRefused(String address) {
        assertThrows(IllegalArgumentException.class, () -> BinanceStream.hosts(URI.create(address)));
    }
}
