package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.venue.binance.BinanceRest;
import io.tapekeeper.venue.binance.Settings;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class VenueClockTest {
    @Test
    void measuresTheOffsetWhenItStartsAndAnewWhenAsked() throws Exception {
        Instant now = Instant.now();
        try (Exchange exchange =
                        Exchange.start(
                                ExchangeConfig.of(
                                        new ExchangeConfig.Source.Synthetic(3, Optional.empty())));
                BinanceRest rest =
                        new BinanceRest(
                                URI.create("http://127.0.0.1:" + exchange.port()),
                                Settings.defaults());
                VenueClock clock = new VenueClock(rest, () -> now)) {
            assertTrue(Double.isNaN(clock.offsetMillis()));
            clock.start();
            awaitMeasured(clock);
            clock.measureAgain();
            awaitMeasured(clock);
            double offset;
            long gap;
            do { // the measurement that was under way may still be followed by the one asked for
                offset = clock.offsetMillis();
                gap = clock.nowMicros() - clock.oursMicros();
            } while (offset != clock.offsetMillis());
            assertEquals(offset, gap / 1e3, 1e-9);
        }
    }

    private static void awaitMeasured(VenueClock clock) {
        while (Double.isNaN(clock.offsetMillis())) {
            Thread.onSpinWait();
        }
    }

    @Test
    void saysOnWhichSideTheClockIsWrong() {
        assertEquals("This machine's clock is 1.4 s behind the venue's", VenueClock.inWords(1_400));
        assertEquals(
                "This machine's clock is 2.0 s ahead of the venue's", VenueClock.inWords(-2_000));
    }
}
