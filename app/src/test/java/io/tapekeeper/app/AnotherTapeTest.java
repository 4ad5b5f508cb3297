package io.tapekeeper.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.FaultPlanReader;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.RecordingException;
import io.tapekeeper.recorder.VenueProfile;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Venue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store is not gone on with from another venue, and a lagging database does not look like one. */
@Timeout(60)
class AnotherTapeTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final long SECOND = 1_000_000;
    private static final long NOW = 1_790_000_000L * SECOND;
    private static final long NEWEST = NOW - 45 * SECOND; // when the venue's newest was traded
    private static final Trade KNOWN = trade(5_000, 6_400_000_000_000L, NEWEST);

    @TempDir
    Path folder;

    private HttpServer venue;
    private Venue market;

    /** A venue whose newest trade is {@link #KNOWN}, at {@link #NOW}. */
    @BeforeEach
    void open() throws IOException {
        venue = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/api/v3/time", "{\"serverTime\":%d}".formatted(NOW));
        answer(
                "/api/v3/aggTrades",
                "[{\"a\":5000,\"p\":\"64000\",\"q\":\"1\",\"f\":9,\"l\":9,\"T\":%d,\"m\":false}]".formatted(NEWEST));
        venue.start();
        int port = venue.getAddress().getPort();
        market = Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS)
                .open(port, port);
    }

    private void answer(String path, String json) {
        venue.createContext(path, exchange -> {
            try (exchange) {
                byte[] body = json.getBytes(UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    @AfterEach
    void close() {
        market.close();
        venue.stop(0);
    }

    private static Trade trade(long id, long price, long venueTime) {
        return new Trade(id, price, 100_000_000, Side.BUY, venueTime, venueTime, 1);
    }

    private void start(Trade... stored) {
        Path db = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL)) {
            Instrument instrument = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);
            Series series = new Series(TAPE, instrument, Preset.CLASSIC.label(), Interval.SECOND);
            recorder.session(TAPE, series.instrument(), "started", 0, "");
            Arrays.stream(stored).forEach(trade -> recorder.trade(TAPE, trade));
        }
        try (History history = History.open(db)) {
            VenueProfile.refuseAnotherTape(db, TAPE, history, market);
        }
    }

    private void assertRefused(Trade... stored) {
        RecordingException refusal = assertThrows(RecordingException.class, () -> start(stored));
        assertTrue(refusal.getMessage().contains("recorded from another venue"), refusal.getMessage());
    }

    @Test
    void aStoreUpToTheVenuesNewestTradeIsNotRefused() {
        start(KNOWN);
    }

    @Test
    void theSameTradeUnderTheSameIdIsTheSameTapeHoweverFarTheDatabaseLags() {
        start(KNOWN, trade(6_000, 7, NEWEST - 3_600 * SECOND));
    }

    @Test
    void anotherTradeUnderTheSameIdIsAnotherTapeHoweverYoung() {
        assertRefused(trade(5_000, 6_400_000_000_001L, NEWEST), trade(5_001, 7, NOW));
    }

    @Test
    void theSameTradeAtAnotherTimeIsOfTheSameMarketPlayedAnew() {
        Trade earlier = trade(5_000, 6_400_000_000_000L, NEWEST - 60 * SECOND);
        assertRefused(earlier, trade(5_001, 7, NOW));
    }

    @Test
    void aLaterIdThatWasTradedEarlierIsOfAnotherTape() {
        assertRefused(trade(1_000_000, 7, NEWEST - 30 * SECOND));
    }

    @Test
    void youngTradesThatTheDatabaseHasNothingOfAreNotRefused() {
        start(trade(6_000, 7, NEWEST - SECOND / 1_000), trade(6_001, 7, NOW));
    }

    @Test
    void oldTradesBeyondTheVenuesNewestAreOfAnotherTape() {
        venue.removeContext("/api/v3/time");
        answer("/api/v3/time", "{\"serverTime\":%d}".formatted(NOW + 600 * SECOND));
        assertRefused(trade(6_000, 7, NEWEST));
    }

    @Test
    void aStartSoonAfterAStopDoesNotWaitForALaggingDatabase() throws Exception {
        Path db = folder.resolve("lagging.db");
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(7, Optional.empty()))
                .withFaults(FaultPlanReader.parse("faults:\n  - lag: {by: 45s}\n", "plan"));
        try (Exchange lagging = Exchange.start(config)) {
            for (int run = 0; run < 2; run++) {
                try (Running running = new Running(
                        RecordOptions.of("BTCUSDT"),
                        db,
                        lagging.port(),
                        lagging.port(),
                        Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS))) {
                    await().atMost(Duration.ofSeconds(20)).until(() -> running.counted("feed_frames_total") >= 20);
                    running.goOn(Duration.ofMillis(1));
                }
            }
        }
    }
}
