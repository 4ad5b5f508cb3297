package io.tapekeeper.recorder.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.binance.Binance;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClockOffsetMonitorTest {
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong ahead = new AtomicLong(); // milliseconds, of the venue
    private HttpServer venue;
    private Venue market;
    private ClockOffsetMonitor clock;

    /** A venue that answers nothing but the time, where it does not refuse. */
    @BeforeEach
    void open() throws IOException {
        venue = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        venue.createContext("/api/v3/time", exchange -> {
            try (exchange) {
                asked.incrementAndGet();
                boolean refused = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                byte[] time = "{\"serverTime\":%d}"
                        .formatted(System.currentTimeMillis() + ahead.get())
                        .getBytes(UTF_8);
                exchange.sendResponseHeaders(refused ? 503 : 200, time.length);
                exchange.getResponseBody().write(time);
            }
        });
        venue.start();
        String address = "127.0.0.1:" + venue.getAddress().getPort();
        market = new Binance(
                URI.create("http://" + address),
                URI.create("ws://" + address),
                ConnectionSettings.defaults(),
                RateGovernor.inMemory("the-venue", InstantSource.system()));
        clock = new ClockOffsetMonitor(market, InstantSource.system());
    }

    @AfterEach
    void close() {
        clock.close();
        market.close();
        venue.stop(0);
    }

    @Test
    void measuresTheOffsetWhenItStartsAndAgainWhenAsked() {
        ahead.set(5_000);
        assertFalse(clock.isMeasured());
        clock.start();
        awaitOffset(5_000);
        ahead.set(7_000);
        clock.measureAgain();
        awaitOffset(7_000);
        long before = clock.oursMicros();
        long now = clock.nowMicros();
        assertTrue(now >= before + 6_000_000 && now <= clock.oursMicros() + 8_000_000);
    }

    @Test
    void aVenueThatRefusesAtFirstIsAskedAgainSoon() {
        refusals.set(3 + 3); // three of five refused end a measurement
        ahead.set(5_000);
        clock.start();
        awaitOffset(5_000); // after one second and two more, not after a minute
        assertEquals(3 + 3 + 5, asked.get());
    }

    @Test
    void theLastOffsetHoldsUntilThereIsAnother() {
        ahead.set(5_000);
        clock.start();
        awaitOffset(5_000);
        int before = asked.get();
        refusals.set(3);
        ahead.set(7_000);
        clock.measureAgain();
        while (asked.get() < before + 3) {
            assertTrue(clock.isMeasured());
        }
        awaitOffset(7_000);
    }

    /** What is measured may be too small by half the time of the way. */
    private void awaitOffset(long millis) {
        while (!(Math.abs(clock.offsetMillis() - millis) < 900)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void saysOnWhichSideTheClockIsWrong() {
        assertEquals("This machine's clock is 1.4 s behind the venue's", ClockOffsetMonitor.inWords(1_400));
        assertEquals("This machine's clock is 2.0 s ahead of the venue's", ClockOffsetMonitor.inWords(-2_000));
    }
}
