package io.tapekeeper.recorder.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.health.Latency;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyMeterTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LatencyMeter meter = new LatencyMeter();

    /** A trade that our clock received so long after the venue's clock says that it was made. */
    private static Trade trade(long id, long millis) {
        return new Trade(id, 1, 1, Side.BUY, 1_000_000, 1_000_000 + millis * 1_000, 1);
    }

    @Test
    void theOffsetOfTheClocksIsTakenOut() {
        meter.add(List.of(trade(1, 500)), 30, 0);
        meter.add(List.of(trade(4, 10), trade(3, 20), trade(2, 60)), 30, SECOND);
        assertEquals(new Latency(50, 90), meter.latency(SECOND));
        assertEquals(4, meter.lastId());
    }

    @Test
    void oneInAHundredIsSlower() {
        meter.add(List.of(), 0, 0);
        for (int id = 1; id <= 100; id++) {
            meter.add(List.of(trade(id, id)), 0, SECOND);
        }
        assertEquals(new Latency(50, 99), meter.latency(SECOND));
    }

    @Test
    void whatWasStoredBeforeAndWhatIsOlderThanAMinuteDoesNotCount() {
        meter.add(List.of(trade(7, 9_000)), 0, 0);
        assertEquals(Latency.UNKNOWN, meter.latency(0));
        meter.add(List.of(trade(8, 5)), 0, SECOND);
        assertEquals(new Latency(5, 5), meter.latency(61 * SECOND));
        assertEquals(Latency.UNKNOWN, meter.latency(62 * SECOND));
    }

    @Test
    void onlyTheLatestSamplesAreKept() {
        meter.add(List.of(), 0, 0);
        for (int id = 1; id <= 5_000; id++) {
            meter.add(List.of(trade(id, id <= 2_500 ? 900 : 3)), 0, SECOND);
        }
        assertEquals(new Latency(3, 3), meter.latency(SECOND));
    }
}
