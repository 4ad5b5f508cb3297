package io.tapekeeper.recorder.repair;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.health.ClockOffsetMonitor;
import io.tapekeeper.recorder.health.FeedState;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.binance.Binance;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked for behind the newest trade of a tape, whose last one is number 3. */
@Timeout(60)
class LiveRepairTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final Instrument INSTRUMENT = new Instrument("binance", "BTCUSDT", 1, 1);
    private static final Series SERIES = new Series(TAPE, INSTRUMENT, Preset.CLASSIC.label(), Interval.SECOND);
    private static final long TIME = 1_790_000_000_000_000L;

    @TempDir
    Path folder;

    private final List<Long> asked = new CopyOnWriteArrayList<>(); // first ids
    private volatile long newest = 3;
    private volatile long blankedUpTo = 0;
    private HttpServer venue;
    private Venue market;

    @BeforeEach
    void open() throws IOException {
        venue = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        venue.createContext("/api/v3/aggTrades", exchange -> {
            try (exchange) {
                byte[] page = page(exchange.getRequestURI().getQuery()).getBytes(UTF_8);
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        venue.start();
        String address = "127.0.0.1:" + venue.getAddress().getPort();
        market = new Binance(
                URI.create("http://" + address),
                URI.create("ws://" + address),
                ConnectionSettings.defaults(),
                RateGovernor.inMemory("the-venue", InstantSource.system()));
    }

    @AfterEach
    void close() {
        market.close();
        venue.stop(0);
    }

    private String page(String query) {
        long from = Long.parseLong(query.replaceFirst(".*fromId=(\\d+).*", "$1"));
        int limit = Integer.parseInt(query.replaceFirst(".*limit=(\\d+).*", "$1"));
        asked.add(from);
        return LongStream.rangeClosed(from, Math.min(newest, from + limit - 1))
                .mapToObj(this::entry)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String entry(long id) {
        String template = id <= blankedUpTo
                ? "{\"a\":%d,\"p\":\"0\",\"q\":\"0\",\"f\":-1,\"l\":-1,\"T\":%d,\"m\":true}"
                : "{\"a\":%d,\"p\":\"1\",\"q\":\"1\",\"f\":9,\"l\":9,\"T\":%d,\"m\":true}";
        return template.formatted(id, (TIME + id * 1_000) / 1_000);
    }

    private interface Scene {
        void play(TapePipeline watch, LiveRepair filler);
    }

    /** With sockets that deliver, and nothing on them. */
    private void play(Scene scene) {
        Path db = folder.resolve("tape.db");
        LiveView view = new LiveView(10, System::nanoTime);
        view.addSeries(SERIES, SeriesInfo.live(SERIES, Preset.CLASSIC));
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                History history = History.open(db);
                ClockOffsetMonitor clock = new ClockOffsetMonitor(market, InstantSource.system())) {
            recorder.trade(TAPE, new Trade(3, 1, 1, Side.SELL, TIME, TIME, 1));
            recorder.flush();
            TapePipeline watch = new TapePipeline(
                    SERIES,
                    Preset.CLASSIC,
                    recorder,
                    view,
                    new HoldLimit(Duration.ofSeconds(30).toNanos(), 100_000));
            watch.resume(history, () -> false, System::nanoTime);
            List<TapePipeline> all = List.of(watch);
            try (TapeThread tape = new TapeThread(
                            Map.of("BTCUSDT", watch),
                            new FeedState("connecting"),
                            LiveRepairTest::broke,
                            System::nanoTime);
                    LiveRepair filler = new LiveRepair(market, tape, all, () -> true, RepairSettings.DEFAULTS)) {
                tape.start();
                filler.start();
                scene.play(watch, filler);
            }
        }
    }

    @Test
    void whatTheVenueNamesLaterThanTheConnectIsAskedForToo() {
        play((watch, filler) -> {
            await().until(() -> asked.equals(List.of(4L))); // behind the connect
            newest = 5;
            assertFalse(filler.hasAll(watch, newest));
            await().until(() -> watch.now().lastId() == 5);
        });
    }

    @Test
    void aBlankedNewestIdIsOnNoTapeAndNoReasonToAskAgain() {
        newest = 5;
        blankedUpTo = 5;
        play((watch, filler) -> {
            await().until(() -> filler.hasAll(watch, 5));
            assertEquals(3, watch.now().lastId());
            assertFalse(filler.hasAll(watch, 6));
        });
    }

    @Test
    void aPageIsAskedForOnceHoweverLateTheTapeShowsIt() {
        newest = 10_500;
        play((watch, filler) -> await().until(() -> watch.now().lastId() == 10_500));
        List<Long> once =
                LongStream.rangeClosed(0, 10).map(i -> 4 + i * 1_000).boxed().toList();
        assertEquals(once, asked);
    }

    @Test
    void pagesOfBlankedIdsAtTheTailAreLeftBehind() {
        newest = 2_600;
        blankedUpTo = 2_500;
        play((watch, filler) -> await().until(() -> watch.now().lastId() == 2_600));
        assertEquals(List.of(4L, 1_004L, 2_004L), asked.subList(0, 3));
    }

    private static void broke(Throwable fault) {
        throw new AssertionError("the tape thread broke", fault);
    }
}
