package io.tapekeeper.exchange.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Writes JSON as bytes into a buffer that grows and is reused, so that events leave no garbage; commas and nesting of
 * objects are up to the caller. Jackson's generator takes half as long again for an event, with names prepared and
 * decimals formatted here. Not thread-safe.
 */
public final class JsonWriter {
    private static final long UNITS = 100_000_000L;

    private static final byte[] PAIRS = pairs(); // "00" to "99"

    private byte[] bytes = new byte[512];
    private int length;
    private TimeUnits units;

    /** @param units of the times that the client receives */
    public JsonWriter(TimeUnits units) {
        this.units = units;
    }

    /** Starts again with an empty buffer. */
    public void reset(TimeUnits newUnits) {
        units = newUnits;
        length = 0;
    }

    public int length() {
        return length;
    }

    /** The buffer itself, of which the first {@link #length} bytes are written. */
    public byte[] buffer() {
        return bytes;
    }

    /** Everything written so far, as text. */
    public String text() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Copies ASCII text unchanged: punctuation, names. */
    @SuppressWarnings("deprecation") // the only way to copy ASCII without an intermediate array
    public JsonWriter raw(String ascii) {
        int size = ascii.length();
        room(size);
        ascii.getBytes(0, size, bytes, length);
        length += size;
        return this;
    }

    public JsonWriter raw(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    public JsonWriter number(long value) {
        if (value < 0) {
            return raw(Long.toString(value));
        }
        int digits = 1;
        for (long beyond = 10; digits < 19 && value >= beyond; beyond *= 10) {
            digits++;
        }
        room(digits);
        put(value, digits);
        return this;
    }

    /** A time in microseconds since the epoch, in the client's unit. */
    public JsonWriter time(long micros) {
        return number(units.of(micros));
    }

    /** The last moment before a time in microseconds since the epoch, in the client's unit. */
    public JsonWriter timeBefore(long micros) {
        return number(units.of(micros) - 1);
    }

    /** An array; {@code element} writes each element. */
    public <T> JsonWriter array(Iterable<T> elements, Consumer<T> element) {
        raw('[');
        boolean first = true;
        for (T one : elements) {
            if (!first) {
                raw(',');
            }
            first = false;
            element.accept(one);
        }
        return raw(']');
    }

    /** A quoted decimal with eight places, from a non-negative number of units of 1e-8. */
    public JsonWriter decimal(long units) {
        raw('"').number(units / UNITS).raw('.');
        room(8);
        put(units % UNITS, 8);
        return raw('"');
    }

    public JsonWriter bool(boolean value) {
        return raw(value ? "true" : "false");
    }

    /** A quoted string, escaped as JSON requires. */
    public JsonWriter string(String value) {
        raw('"');
        if (isPlain(value)) {
            return raw(value).raw('"');
        }
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (b == '"' || b == '\\') {
                raw('\\').raw((char) b);
            } else if (b >= 0 && b < ' ') {
                raw("\\u%04x".formatted((int) b));
            } else {
                room(1);
                bytes[length++] = b;
            }
        }
        return raw('"');
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /** Writes two digits at a time, for divisions dominate the cost. */
    private void put(long value, int digits) {
        long rest = value;
        int at = length + digits;
        for (; at - length >= 2; rest /= 100) {
            int pair = 2 * (int) (rest % 100);
            bytes[--at] = PAIRS[pair + 1];
            bytes[--at] = PAIRS[pair];
        }
        if (at > length) {
            bytes[length] = (byte) ('0' + rest);
        }
        length += digits;
    }

    private static byte[] pairs() {
        byte[] pairs = new byte[200];
        for (int i = 0; i < 100; i++) {
            pairs[2 * i] = (byte) ('0' + i / 10);
            pairs[2 * i + 1] = (byte) ('0' + i % 10);
        }
        return pairs;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
