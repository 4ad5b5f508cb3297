package io.tapekeeper.venue.net;

import java.util.Arrays;

/**
 * Text messages in the order in which they came, side by side in one piece of memory. The network's thread fills it,
 * the receiver's reads it and gives it back; then it is filled again.
 */
public final class FrameBatch {
    private final boolean lasting; // whether its memory is its own, and large enough to be kept
    private byte[] bytes;
    private int[] bounds; // first byte and end of each message
    private int count;
    private long received;

    FrameBatch(int room) {
        this(true, new byte[room], new int[64], 0, 0);
    }

    private FrameBatch(boolean lasting, byte[] bytes, int[] bounds, int count, long received) {
        this.lasting = lasting;
        this.bytes = bytes;
        this.bounds = bounds;
        this.count = count;
        this.received = received;
    }

    /** A single one. */
    static FrameBatch of(byte[] message, long received) {
        return new FrameBatch(false, message, new int[] {0, message.length}, 1, received);
    }

    /** Those that are there so far, in the same memory. */
    FrameBatch soFar() {
        return new FrameBatch(false, bytes, Arrays.copyOf(bounds, 2 * count), count, received);
    }

    void begin(long receivedMicros) {
        count = 0;
        received = receivedMicros;
    }

    void add(int from, int to) {
        int at = 2 * count++;
        if (at == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * at);
        }
        bounds[at] = from;
        bounds[at + 1] = to;
    }

    /** Makes room for so many bytes in all, and keeps what is there. */
    void grow(int room) {
        if (bytes.length < room) {
            bytes = Arrays.copyOf(bytes, Math.max(room, 2 * bytes.length));
        }
    }

    /** Whether it may be filled again once it has been read. */
    boolean isLasting() {
        return lasting;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int count() {
        return count;
    }

    /** Where message {@code index} begins. */
    public int from(int index) {
        return bounds[2 * index];
    }

    /** The index after its last byte. */
    public int to(int index) {
        return bounds[2 * index + 1];
    }

    public byte[] copyOf(int index) {
        return Arrays.copyOfRange(bytes, from(index), to(index));
    }

    /** When they were read from the socket, epoch microseconds, our clock. */
    public long received() {
        return received;
    }
}
