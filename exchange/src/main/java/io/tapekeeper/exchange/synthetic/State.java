package io.tapekeeper.exchange.synthetic;

import java.nio.ByteBuffer;

/**
 * The state of a market while it is saved or restored. Every field passes through in the same order both ways, so that
 * the two cannot drift apart. {@code pass} saves its argument and returns it, or returns the value that was saved.
 */
final class State {
    private static final int MOST_BYTES = 512;

    private final ByteBuffer bytes;
    private final boolean saving;

    private State(ByteBuffer bytes, boolean saving) {
        this.bytes = bytes;
        this.saving = saving;
    }

    static State toSave() {
        return new State(ByteBuffer.allocate(MOST_BYTES), true);
    }

    /** Reading past the end of {@code saved} throws {@link java.nio.BufferUnderflowException}. */
    static State toRestore(byte[] saved) {
        return new State(ByteBuffer.wrap(saved), false);
    }

    byte[] saved() {
        byte[] saved = new byte[bytes.position()];
        bytes.get(0, saved);
        return saved;
    }

    /** Bytes not restored yet. */
    int remaining() {
        return bytes.remaining();
    }

    long pass(long value) {
        if (saving) {
            bytes.putLong(value);
            return value;
        }
        return bytes.getLong();
    }

    int pass(int value) {
        if (saving) {
            bytes.putInt(value);
            return value;
        }
        return bytes.getInt();
    }

    double pass(double value) {
        if (saving) {
            bytes.putDouble(value);
            return value;
        }
        return bytes.getDouble();
    }

    boolean pass(boolean value) {
        if (saving) {
            bytes.put((byte) (value ? 1 : 0));
            return value;
        }
        return bytes.get() != 0;
    }

    void pass(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = pass(values[i]);
        }
    }
}
