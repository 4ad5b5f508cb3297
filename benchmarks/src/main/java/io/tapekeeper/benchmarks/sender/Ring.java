package io.tapekeeper.benchmarks.sender;

import java.nio.ByteBuffer;

/**
 * One lap of frames in memory, which is sent again and again.
 *
 * <p>A lap is 3 times 100,000 trades and 10,000,000 milliseconds long, so between one lap and the next only four digits
 * of each id and of each time change: five writes of four bytes a frame, and the rest is the kernel's copy.
 */
final class Ring {
    private static final int LOW_ID_DIGITS = 100_000;
    private static final int BAR_TRADES = 30; // 10,000 s a lap

    private final ByteBuffer frames;
    private final int[] starts = new int[Market.LAP + 1];
    private final int[] ids;
    private final int[] times;

    Ring(FrameWriter.Kind kind, String symbol) {
        frames = ByteBuffer.allocateDirect(Market.LAP * 260);
        FrameWriter writer = new FrameWriter(market(), kind, symbol);
        for (int at = 0; at < Market.LAP; at++) {
            writer.write(at, frames);
            starts[at + 1] = frames.position();
        }
        ids = writer.ids();
        times = writer.times();
    }

    static Market market() {
        return new Market(BAR_TRADES, 0);
    }

    /**
     * The frames of trades {@code from} up to {@code from + most} or the end of the lap, ready to be sent; valid until
     * the next call.
     */
    ByteBuffer frames(long from, int most) {
        int first = (int) (from % Market.LAP);
        int end = Math.min(first + most, Market.LAP);
        long lap = from / Market.LAP;
        int time = fourDigits((int) (Market.FIRST_MILLIS / 10_000_000 % 10_000 + lap));
        for (int at = first; at < end; at++) {
            int start = starts[at];
            int id = fourDigits((int) ((lap * Market.LAP + at) / LOW_ID_DIGITS));
            for (int offset : ids) {
                frames.putInt(start + offset + 1, id); // behind the first of ten digits
            }
            for (int offset : times) {
                frames.putInt(start + offset + 2, time); // the last four of the first six
            }
        }
        return frames.slice(starts[first], starts[end] - starts[first]);
    }

    private static int fourDigits(int value) {
        return (('0' + value / 1000) << 24)
                | (('0' + value / 100 % 10) << 16)
                | (('0' + value / 10 % 10) << 8)
                | ('0' + value % 10);
    }
}
