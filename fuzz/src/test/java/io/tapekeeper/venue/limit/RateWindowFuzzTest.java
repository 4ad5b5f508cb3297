package io.tapekeeper.venue.limit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.fuzz.FuzzedDecoder;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RateState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/** A file of counts that all processes share holds possible ones, or is none. */
class RateWindowFuzzTest extends FuzzedDecoder {
    private static final long NOW = 1_790_000_000_000_000L;
    private static final long HOUR = Duration.ofHours(1).toNanos() / 1_000;
    private static final long THREE_DAYS = 72 * HOUR; // no longer ban is believed
    private static final int CONTENT = RateWindow.BYTES - Long.BYTES;

    /** The inputs are files without their checksum, which nobody hits by trying. */
    @Override
    protected boolean take(byte[] input) {
        byte[] file = summed(input);
        Optional<RateWindow> read = RateWindow.of(file);
        if (read.isEmpty()) {
            return false;
        }
        RateWindow window = read.get();
        assertTrue(window.microsToWaitForConnect() <= THREE_DAYS);
        byte[] written = window.toBytes();
        assertArrayEquals(written, RateWindow.of(written).orElseThrow().toBytes());
        for (long now = NOW; now < NOW + 3 * HOUR; now += HOUR) {
            window.pass(now);
            for (Priority purpose : Priority.values()) {
                long wait = window.microsToWait(25, purpose);
                assertTrue(wait >= 0 && wait <= Duration.ofMinutes(2).toNanos() / 1_000);
            }
            RateState state = window.state("here");
            assertTrue(state.used() >= state.repairUsed() && state.repairUsed() >= 0);
            assertTrue(RateWindow.of(window.toBytes()).isPresent());
        }
        assertEquals(0, window.microsToWait(25, Priority.REPAIR)); // an hour passed with nothing
        return true;
    }

    private static byte[] summed(byte[] input) {
        CRC32 crc = new CRC32();
        byte[] file = Arrays.copyOf(input, RateWindow.BYTES);
        crc.update(file, 0, CONTENT);
        ByteBuffer.wrap(file).putLong(CONTENT, crc.getValue());
        return file;
    }

    @Override
    protected List<byte[]> seeds() {
        RateWindow used = new RateWindow(NOW - 70_000_000);
        used.limit(1_200);
        for (int second = 0; second < 60; second++) {
            used.pass(NOW - 60_000_000 + second * 1_000_000L);
            used.take(4, second % 2 == 0 ? Priority.LIVE : Priority.REPAIR);
            used.connect();
        }
        used.counted(700);
        RateWindow banned = new RateWindow(NOW);
        banned.ban(418, Duration.ofMinutes(2));
        banned.connectRefused(429, Duration.ofMinutes(5));
        return joined(texts("TAPERAT2"), List.of(content(used), content(banned), content(RateWindow.afterLoss(NOW))));
    }

    private static byte[] content(RateWindow window) {
        return Arrays.copyOf(window.toBytes(), CONTENT);
    }
}
