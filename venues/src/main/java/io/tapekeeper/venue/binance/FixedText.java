package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A piece of a frame that is always the same, compared eight bytes at a time. A record, for the compiler takes the
 * parts of a constant one for constants too.
 */
record FixedText(int length, long first, long firstMask, long second, long secondMask, long third, long thirdMask) {
    /** So many bytes are looked at together; no text is longer. */
    static final int MARGIN = 24;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Of at most {@link #MARGIN} bytes. */
    static FixedText of(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        byte[] padded = Arrays.copyOf(bytes, MARGIN);
        byte[] mask = new byte[MARGIN];
        Arrays.fill(mask, 0, bytes.length, (byte) -1);
        return new FixedText(
                bytes.length,
                longAt(padded, 0),
                longAt(mask, 0),
                longAt(padded, 8),
                longAt(mask, 8),
                longAt(padded, 16),
                longAt(mask, 16));
    }

    /** Whether it stands there; there must be {@link #MARGIN} bytes of memory from {@code at} on. */
    boolean standsAt(byte[] bytes, int at) {
        return (longAt(bytes, at) & firstMask) == first
                && (length <= 8 || (longAt(bytes, at + 8) & secondMask) == second)
                && (length <= 16 || (longAt(bytes, at + 16) & thirdMask) == third);
    }

    /** Eight bytes, the first of them in the lowest byte. */
    static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }
}
