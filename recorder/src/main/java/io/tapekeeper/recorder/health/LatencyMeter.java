package io.tapekeeper.recorder.health;

import io.tapekeeper.health.Latency;
import io.tapekeeper.market.Trade;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long the trades of one tape take to arrive: received − venue time + (the venue's clock − ours), for a sample of
 * the newest trades at each look, over the last minute. Trades that fill a gap later are not sampled, for newer ones
 * are stored by then.
 *
 * <p>Memory: {@value #KEPT} samples. Not thread-safe.
 */
public final class LatencyMeter {
    /** Trades taken at one look, the newest. */
    public static final int SAMPLE = 16;

    private static final int KEPT = 1_024; // a minute of looks, one a second
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final double[] millis = new double[KEPT];
    private final long[] takenAt = new long[KEPT];
    private int next;
    private int count;
    private long lastId = Long.MIN_VALUE; // before the first look

    /** Id of the newest trade that it has seen; {@link Long#MIN_VALUE} before the first look. */
    public long lastId() {
        return lastId;
    }

    /**
     * Takes a sample. Trades stored before the first look came at another time, perhaps by another clock: they only
     * show where to begin.
     *
     * @param newest trades beyond {@link #lastId}, in any order
     * @param offsetMillis the venue's clock minus ours, as measured last
     * @param nanos monotonic time
     */
    public void add(List<Trade> newest, double offsetMillis, long nanos) {
        boolean first = lastId == Long.MIN_VALUE;
        long offsetMicros = Math.round(offsetMillis * 1e3);
        for (Trade trade : newest) {
            lastId = Math.max(lastId, trade.id());
            if (!first) {
                millis[next] = (trade.receivedTime() - trade.venueTime() + offsetMicros) / 1e3;
                takenAt[next] = nanos;
                next = (next + 1) % KEPT;
                count = Math.min(KEPT, count + 1);
            }
        }
        lastId = Math.max(lastId, -1);
    }

    /** The latency of the last minute, by nearest rank. {@code nanos} is monotonic time. */
    public Latency latency(long nanos) {
        double[] recent = new double[count];
        int size = 0;
        for (int i = 0; i < count; i++) {
            if (nanos - takenAt[i] <= WINDOW_NANOS) {
                recent[size++] = millis[i];
            }
        }
        if (size == 0) {
            return Latency.UNKNOWN;
        }
        Arrays.sort(recent, 0, size);
        return new Latency(recent[rank(0.5, size)], recent[rank(0.99, size)]);
    }

    private static int rank(double share, int size) {
        return (int) Math.ceil(share * size) - 1;
    }
}
