package io.tapekeeper.venue.binance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.EpochMicros;
import io.tapekeeper.venue.Eventually;
import io.tapekeeper.venue.FeedEvent.Connected;
import io.tapekeeper.venue.FeedEvent.Disconnected;
import io.tapekeeper.venue.FeedEvent.Polled;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.Heard;
import io.tapekeeper.venue.LocalRest;
import io.tapekeeper.venue.LocalRest.Reply;
import io.tapekeeper.venue.Patience;
import io.tapekeeper.venue.stream.PollFeed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a venue whose clock is far from ours and whose price is the second it was asked in. */
@Timeout(60)
class BinancePollTest {
    private static final Instrument BTCUSDT = new Instrument("binance", "BTCUSDT", 0, 0);
    private static final Instrument ETHUSDT = new Instrument("binance", "ETHUSDT", 0, 0);
    private static final long SECOND = 1_000_000;
    private static final long AHEAD = 5_000_000_123_456L;

    private final Heard heard = new Heard();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicLong jump = new AtomicLong(); // of both clocks, µs
    private volatile LocalRest.Script prices = path -> Reply.ok(bothPrices());
    private LocalRest server;

    @BeforeEach
    void listen() throws IOException {
        server = new LocalRest(path ->
                path.endsWith("/time") ? Reply.ok("{\"serverTime\":%d}".formatted(venueTime())) : prices.reply(path));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        server.close();
    }

    private Instant ours() {
        return Instant.now().plusNanos(jump.get() * 1_000);
    }

    private long venueTime() {
        return EpochMicros.of(ours()) + AHEAD;
    }

    /** BTC at the venue's second of the day, ETH at one more. */
    private String bothPrices() {
        long second = venueTime() / SECOND % 86_400 + 1;
        return """
        [{"symbol":"BTCUSDT","price":"%d.00"},{"symbol":"ETHUSDT","price":"%d.00"}]\
        """.formatted(second, second + 1);
    }

    private static long priceAt(long boundary) {
        return (boundary / SECOND % 86_400 + 1) * 100_000_000;
    }

    private PollFeed started(FeedListener listener) {
        InstantSource clock = this::ours;
        ConnectionSettings settings = Patience.settings(clock, Duration.ofSeconds(10), Duration.ofSeconds(60));
        BinanceRest rest = new BinanceRest(server.address(), settings);
        open.add(rest);
        PollFeed poll = new PollFeed(rest, List.of(BTCUSDT, ETHUSDT), Interval.SECOND, listener, settings);
        open.add(poll);
        poll.start();
        return poll;
    }

    /** The next boundary's samples of both symbols; returns the boundary. */
    private long hearsBoth(long expected, boolean carried) {
        Polled btc = heard.next(Polled.class);
        Polled eth = heard.next(Polled.class);
        assertEquals(BTCUSDT, btc.instrument());
        assertEquals(ETHUSDT, eth.instrument());
        assertEquals(btc.boundary(), eth.boundary());
        assertEquals(carried, btc.carried(), btc.toString());
        assertEquals(carried, eth.carried(), eth.toString());
        assertEquals(btc.price() + 100_000_000, eth.price());
        if (expected > 0) {
            assertEquals(expected, btc.boundary());
        }
        return btc.boundary();
    }

    @Test
    void asksAtEveryBoundaryOfTheVenuesClockOnceForAllSymbols() {
        PollFeed poll = started(heard);
        heard.next(Connected.class);
        Polled first = heard.next(Polled.class);
        assertEquals(new Polled(BTCUSDT, first.boundary(), priceAt(first.boundary()), false), first);
        assertEquals(0, first.boundary() % SECOND);
        assertEquals(ETHUSDT, heard.next(Polled.class).instrument());
        long boundary = first.boundary();
        boundary = hearsBoth(boundary + SECOND, false);
        hearsBoth(boundary + SECOND, false);
        assertEquals("/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22%2C%22ETHUSDT%22%5D", server.asked.getLast());
        assertEquals(
                3, server.asked.stream().filter(path -> path.contains("price")).count());
        assertEquals(3, poll.counts().frames());
        assertEquals(6, poll.counts().trades());
    }

    @Test
    void carriesTheLastPriceWhereNoAnswerCame() {
        started(heard);
        heard.next(Connected.class);
        long boundary = hearsBoth(0, false);
        prices = path -> Reply.status(503, "");
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.contains("HTTP 503"), reason);
        boundary = hearsBoth(boundary + SECOND, true);
        boundary = hearsBoth(boundary + SECOND, true); // said once, carried each time
        prices = path -> Reply.ok(bothPrices());
        heard.next(Connected.class);
        hearsBoth(boundary + SECOND, false);
    }

    @Test
    void anAnswerAfterTheNextBoundaryDoesNotCount() {
        CountDownLatch late = new CountDownLatch(1);
        started(heard);
        heard.next(Connected.class);
        long boundary = hearsBoth(0, false);
        prices = path -> {
            late.await();
            return Reply.ok(bothPrices());
        };
        assertTrue(heard.next(Disconnected.class).reason().contains("does not answer in time"));
        boundary = hearsBoth(boundary + SECOND, true);
        prices = path -> Reply.ok(bothPrices());
        late.countDown();
        heard.next(Connected.class);
        hearsBoth(boundary + SECOND, false);
    }

    @Test
    void carriesNothingBeforeTheFirstPrice() {
        prices = path -> Reply.ok("<html>");
        PollFeed poll = started(heard);
        heard.next(Disconnected.class);
        Eventually.that("three boundaries pass", () -> poll.counts().malformed() == 3);
        assertTrue(heard.events.isEmpty());
        prices = path -> Reply.ok(bothPrices());
        heard.next(Connected.class);
        hearsBoth(0, false);
    }

    @Test
    void aSymbolThatTheAnswerLeavesOutIsCarriedAlone() {
        started(heard);
        heard.next(Connected.class);
        long boundary = hearsBoth(0, false);
        prices = path -> Reply.ok("[{\"symbol\":\"ETHUSDT\",\"price\":\"7.5\"}]");
        Polled btc = heard.next(Polled.class);
        assertEquals(new Polled(BTCUSDT, boundary + SECOND, priceAt(boundary), true), btc);
        Polled eth = heard.next(Polled.class);
        assertEquals(new Polled(ETHUSDT, boundary + SECOND, 750_000_000, false), eth);
    }

    @Test
    void aSymbolThatIsNotListedAnyMoreDoesNotTakeTheOthersWithIt() {
        started(heard);
        heard.next(Connected.class);
        long boundary = hearsBoth(0, false);
        server.asked.clear();
        prices = path -> path.contains("BTCUSDT")
                ? Reply.status(400, "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}")
                : Reply.ok("{\"symbol\":\"ETHUSDT\",\"price\":\"7.5\"}");
        for (int i = 1; i <= 2; i++) {
            long next = boundary + i * SECOND;
            assertEquals(new Polled(BTCUSDT, next, priceAt(boundary), true), heard.next(Polled.class));
            assertEquals(new Polled(ETHUSDT, next, 750_000_000, false), heard.next(Polled.class));
        }
        assertEquals(
                List.of(
                        "/api/v3/ticker/price?symbols=%5B%22BTCUSDT%22%2C%22ETHUSDT%22%5D",
                        "/api/v3/ticker/price?symbol=BTCUSDT",
                        "/api/v3/ticker/price?symbol=ETHUSDT",
                        "/api/v3/ticker/price?symbol=ETHUSDT"),
                server.asked.subList(0, 4));
        assertTrue(heard.events.isEmpty(), "the feed is still connected");
    }

    @Test
    void isDisconnectedWhereNoneOfTheSymbolsIsListed() {
        started(heard);
        heard.next(Connected.class);
        long boundary = hearsBoth(0, false);
        prices = path -> Reply.status(400, "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}");
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.startsWith("ETHUSDT is not listed by the venue now"), reason);
        boundary = hearsBoth(boundary + SECOND, true);
        hearsBoth(boundary + SECOND, true);
    }

    @Test
    void waitsForAVenueThatIsNotThereYet() throws IOException {
        LocalRest.Script works = prices;
        server.script(path -> Reply.status(502, ""));
        started(heard);
        heard.next(Disconnected.class);
        Eventually.that("it asks again", () -> server.asked.size() > 5);
        assertTrue(heard.events.isEmpty());
        server.script(path ->
                path.endsWith("/time") ? Reply.ok("{\"serverTime\":%d}".formatted(venueTime())) : works.reply(path));
        heard.next(Connected.class);
        hearsBoth(0, false);
    }

    @Test
    void boundariesMissedBecauseTheListenerBlockedAreCarried() {
        CountDownLatch passed = new CountDownLatch(1);
        started(event -> {
            heard.on(event);
            if (event instanceof Polled polled && polled.instrument().equals(ETHUSDT) && passed.getCount() > 0) {
                passed.countDown();
                long until = polled.boundary() + 3 * SECOND + SECOND / 2;
                Eventually.that("3.5 s pass", () -> venueTime() > until);
            }
        });
        heard.next(Connected.class);
        long boundary = hearsBoth(0, false);
        boundary = hearsBoth(boundary + SECOND, true);
        boundary = hearsBoth(boundary + SECOND, true);
        hearsBoth(boundary + SECOND, false); // asked for late, but before the next boundary
    }

    @Test
    void boundariesThatPassedWhileTheMachineSleptAreLeftOut() {
        started(heard);
        heard.next(Connected.class);
        long before = hearsBoth(0, false);
        // As after a sleep: the wall clock and the venue went on, the monotonic clock stood still.
        jump.set(3_600 * SECOND);
        String reason = heard.next(Disconnected.class).reason();
        assertTrue(reason.contains("did not run"), reason);
        heard.next(Connected.class);
        long after = hearsBoth(0, false);
        assertTrue(after >= before + 3_600 * SECOND, after + " after " + before);
        assertTrue(after <= before + 3_610 * SECOND, after + " after " + before);
        hearsBoth(after + SECOND, false);
    }

    @Test
    void nothingIsHeardAfterTheClose() {
        CountDownLatch never = new CountDownLatch(1);
        PollFeed poll = started(heard);
        heard.next(Connected.class);
        hearsBoth(0, false);
        CountDownLatch asked = new CountDownLatch(1);
        prices = path -> {
            asked.countDown();
            never.await();
            return Reply.ok(bothPrices());
        };
        Eventually.that("a request is under way", () -> asked.getCount() == 0);
        long start = System.nanoTime();
        poll.close();
        assertTrue(System.nanoTime() - start < 1_000_000_000L);
        assertTrue(heard.events.isEmpty());
        assertFalse(poll.counts().frames() > 1);
    }
}
