package io.tapekeeper.exchange.endless;

import io.tapekeeper.exchange.market.Kline;
import io.tapekeeper.exchange.market.RawTrade;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * All that is needed to generate a minute of a synthetic tape: the first trade at or after its start, and the
 * generator's state right after that trade. One record of a {@link MinuteFile}.
 *
 * @param aggregateId of the aggregate that starts with {@code first}
 * @param before the minute before
 */
record MinuteStart(RawTrade first, long aggregateId, Kline before, ByteBuffer state) {
    private static final int LONGS = 20;

    /** Bytes of a record whose generator state has {@code state} bytes. */
    static int size(int state) {
        return LONGS * Long.BYTES + state + Integer.BYTES;
    }

    /** @param minute part of the checksum, so that a record in the wrong place is invalid */
    ByteBuffer encode(long minute) {
        ByteBuffer out = ByteBuffer.allocate(size(state.remaining()));
        out.putLong(first.id()).putLong(first.price()).putLong(first.size());
        out.putLong(first.time()).putLong(first.buyerIsMaker() ? 1 : 0).putLong(aggregateId);
        out.putLong(before.first()).putLong(before.last()).putLong(before.open());
        out.putLong(before.high()).putLong(before.low()).putLong(before.close());
        put(out, before.volume());
        put(out, before.quoteVolume());
        put(out, before.takerVolume());
        put(out, before.takerQuote());
        out.put(state.duplicate());
        out.putInt(checksum(out, minute));
        return out.flip();
    }

    /** Whether the bytes are a record of this minute. */
    static boolean isWhole(ByteBuffer bytes, long minute) {
        int end = bytes.limit() - Integer.BYTES;
        ByteBuffer content = bytes.duplicate().position(end);
        return content.getInt(end) == checksum(content, minute);
    }

    static MinuteStart decode(ByteBuffer in) {
        RawTrade first = new RawTrade(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong() == 1);
        long aggregateId = in.getLong();
        long firstId = in.getLong();
        long lastId = in.getLong();
        Kline before = new Kline(
                firstId,
                lastId,
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                firstId < 0 ? 0 : lastId - firstId + 1, // a synthetic tape has no gaps
                sum(in),
                sum(in),
                sum(in),
                sum(in));
        ByteBuffer state = in.slice(in.position(), in.remaining() - Integer.BYTES);
        return new MinuteStart(first, aggregateId, before, state);
    }

    private static int checksum(ByteBuffer bytes, long minute) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().flip());
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, minute));
        return (int) crc.getValue();
    }

    private static void put(ByteBuffer out, BigInteger sum) {
        out.putLong(sum.shiftRight(Long.SIZE).longValue()).putLong(sum.longValue());
    }

    private static BigInteger sum(ByteBuffer in) {
        byte[] bytes = new byte[2 * Long.BYTES];
        in.get(bytes);
        return new BigInteger(bytes);
    }
}
