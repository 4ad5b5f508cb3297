package io.tapekeeper.exchange.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.exchange.rest.WeightMeter.Verdict;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class WeightMeterTest {
    private static final long SECOND = 1_000_000_000L;

    private final InetAddress client = InetAddress.getLoopbackAddress();
    private long now = 77 * SECOND;
    private final WeightMeter meter = new WeightMeter(100, () -> now);

    @Test
    void startsAnewEachMinute() {
        now += 10 * SECOND;
        assertEquals(new Verdict(60, 200, 0), meter.use(client, 60));
        assertEquals(new Verdict(100, 200, 0), meter.use(client, 40));
        assertEquals(new Verdict(101, 429, 50), meter.use(client, 1));
        now += 50 * SECOND;
        assertEquals(new Verdict(1, 200, 0), meter.use(client, 1));
    }

    @Test
    void bansWhoGoesOnTwiceAsLongEachTime() {
        assertEquals(120, ban());
        assertEquals(240, ban());
        assertEquals(480, ban());
        for (int i = 0; i < 20; i++) {
            ban();
        }
        assertEquals(3 * 24 * 3_600, ban());
    }

    /** Ten refusals are tolerated, the eleventh is a ban; waits it out and returns its length. */
    private long ban() {
        assertEquals(200, meter.use(client, 100).status());
        for (int i = 0; i < 10; i++) {
            assertEquals(429, meter.use(client, 1).status());
        }
        Verdict banned = meter.use(client, 1);
        assertEquals(418, banned.status());
        now += banned.retryAfter() * SECOND - 1;
        assertEquals(new Verdict(banned.used(), 418, 1), meter.use(client, 1));
        now += 1 + 60 * SECOND;
        return banned.retryAfter();
    }

    @Test
    void countsEachAddressByItself() throws Exception {
        InetAddress other = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        meter.use(client, 100);
        assertEquals(new Verdict(5, 200, 0), meter.use(other, 5));
    }
}
