package io.tapekeeper.venue.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Splits what a server sends over a WebSocket into messages (RFC 6455, section 5).
 *
 * <p>The way of nearly all bytes is: copied once from the socket's buffer, left where they are, their bounds written
 * down, and handed over with all that came in the same read: 13 ns of a core for a frame of 208 bytes, where Netty's
 * own decoder, which makes objects of it, takes 207. What that costs is this class: fragments, control frames, lengths
 * and limits are its own business.
 *
 * <p>Of the network's thread alone, but for {@link #giveBack}.
 */
final class FrameReader {
    /** Where it goes, in the order in which it came. */
    interface Sink {
        /** Whole text messages; {@link #giveBack} when they have been read. */
        void messages(FrameBatch messages);

        /** A message that is no text, or too long to be one of ours. */
        void unusable(String reason, String beginning);

        /** To be answered with the same payload. */
        void ping(byte[] payload);

        /**
         * The server ends the connection.
         *
         * @param code 1005 where it named none
         */
        void closed(int code, String reason);
    }

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int LONGEST_CONTROL = 125;
    static final int NO_CODE = 1005;

    /** A frame of so many longest messages would have to be kept only to be skipped: it breaks the connection. */
    private static final int MOST_SKIPPED = 16;

    /** How much of a message is shown where it is skipped. */
    private static final int SHOWN = 200;

    /** Memory for one read of a quiet market; it grows where the market is busy. */
    private static final int ROOM = 4_096;

    /** Memory that has grown larger is not kept. */
    private static final int MOST_KEPT = 1 << 20;

    private static final int KEPT = 4;

    private final Sink sink;
    private final int longest;
    private final ArrayBlockingQueue<FrameBatch> idle = new ArrayBlockingQueue<>(KEPT);
    private FrameBatch current = new FrameBatch(ROOM);
    private int at; // the first byte that has not been looked at
    private int end; // after the last byte that has come
    private boolean shared; // the receiver reads this memory too
    private long toSkip; // payload that is still to come and is of no use
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
    private boolean inParts; // a message has begun whose last fragment has not come
    private boolean text; // what has begun is text
    private boolean skipping; // what has begun is too long
    private boolean closed;

    /** @param longest message, in bytes; a longer one is skipped */
    FrameReader(Sink sink, int longest) {
        this.sink = sink;
        this.longest = longest;
    }

    /**
     * Takes what one read has brought.
     *
     * @param received epoch microseconds, our clock
     * @throws CorruptedWebSocketFrameException where it breaks the protocol: nothing that follows can be understood
     */
    void take(ByteBuf bytes, long received) {
        if (closed) {
            return;
        }
        int length = bytes.readableBytes();
        current.grow(end + length);
        bytes.readBytes(current.bytes(), end, length);
        end += length;
        current.begin(received);
        try {
            while (!closed && next()) {}
        } finally {
            handOver(); // what came before a breach of the protocol is sound
        }
    }

    /** Messages were read: their memory may be used again. Any thread. */
    void giveBack(FrameBatch messages) {
        if (messages.isLasting() && messages.bytes().length <= MOST_KEPT) {
            var unused = idle.offer(messages);
        }
    }

    /** Advances past the next frame; false where it is incomplete. */
    private boolean next() {
        skipOn();
        int available = end - at;
        if (available < 2) {
            return false;
        }
        byte[] bytes = current.bytes();
        int first = bytes[at] & 0xff;
        int second = bytes[at + 1] & 0xff;
        long length = second & ~MASKED;
        int header = 2;
        if (length >= 126) {
            int digits = length == 126 ? 2 : 8;
            header += digits;
            if (available < header) {
                return false;
            }
            length = unsigned(bytes, at + 2, digits);
            long shortest = digits == 2 ? 126 : 0x10000;
            insist(length < 0 || length >= shortest, "a length that is not written as short as possible");
        }
        insist((second & MASKED) == 0, "a masked frame");
        if (first == (FINAL | TEXT) && !inParts && length >= 0 && length <= Math.min(available - header, longest)) {
            int from = at + header;
            at = from + (int) length;
            current.add(from, at);
            return true;
        }
        return other(first, header, length);
    }

    /** Passes over payload that is to be skipped, as far as it has come. */
    private void skipOn() {
        if (toSkip > 0) {
            int skipped = (int) Math.min(toSkip, end - at);
            at += skipped;
            toSkip -= skipped;
        }
    }

    /** Any frame but a text that has come whole. */
    private boolean other(int first, int header, long length) {
        check(first, length);
        boolean last = (first & FINAL) != 0;
        int opcode = first & 0x0f;
        int available = end - at - header;
        if (opcode >= CLOSE) {
            if (available < length) {
                return false;
            }
            int from = at + header;
            at = from + (int) length;
            control(opcode, Arrays.copyOfRange(current.bytes(), from, at));
            return true;
        }
        boolean tooLong = !skipping && parts.size() + length > longest;
        boolean skipped = skipping || tooLong;
        if (available < (skipped ? Math.min(length, SHOWN) : length)) {
            return false;
        }
        at += header;
        text = opcode == CONTINUATION ? text : opcode == TEXT;
        inParts = !last;
        if (skipped) {
            toSkip = length;
            skip(tooLong, Math.min(available, SHOWN), last);
        } else {
            parts.write(current.bytes(), at, (int) length);
            at += (int) length;
            if (last) {
                whole();
            }
        }
        return true;
    }

    /** @throws CorruptedWebSocketFrameException where a frame may not begin like this here */
    private void check(int first, long length) {
        insist((first & RESERVED) == 0, "a reserved bit that is set");
        int opcode = first & 0x0f;
        if (opcode >= CLOSE) {
            insist((first & FINAL) != 0, "a control frame in fragments");
            insist(length >= 0 && length <= LONGEST_CONTROL, "a control frame of more than 125 bytes");
            insist(opcode <= PONG, "a frame of unknown kind");
            return;
        }
        insist(opcode <= BINARY, "a frame of unknown kind");
        insist(
                (opcode == CONTINUATION) == inParts,
                inParts ? "a new message within another one" : "the rest of a message that has not begun");
        insist(
                length >= 0 && length <= (long) MOST_SKIPPED * longest,
                "a frame of " + Long.toUnsignedString(length) + " bytes");
    }

    private void control(int opcode, byte[] payload) {
        if (opcode == PING) {
            sink.ping(payload);
        } else if (opcode == CLOSE) {
            insist(payload.length != 1, "a goodbye with half a code");
            closed = true;
            flush();
            sink.closed(
                    payload.length == 0 ? NO_CODE : (int) unsigned(payload, 0, 2),
                    payload.length == 0 ? "" : new String(payload, 2, payload.length - 2, UTF_8));
        } // a pong has been noticed as a read
    }

    private void skip(boolean begins, int shown, boolean last) {
        if (begins) {
            parts.write(current.bytes(), at, shown);
            String beginning = Excerpt.of(parts.toString(UTF_8), SHOWN);
            flush();
            sink.unusable("longer than " + longest, beginning);
            parts.reset();
        }
        skipping = !last;
    }

    private void whole() {
        byte[] message = parts.toByteArray();
        parts.reset();
        flush();
        if (text) {
            sink.messages(FrameBatch.of(message, current.received()));
        } else {
            sink.unusable("a binary message", "");
        }
    }

    /** What came before must be handed over before. */
    private void flush() {
        if (current.count() > 0) {
            shared = true;
            sink.messages(current.soFar());
            current.begin(current.received());
        }
    }

    /** Hands over what is whole, and keeps the beginning of a frame for the next read. */
    private void handOver() {
        int left = end - at;
        FrameBatch full = current;
        if (full.count() > 0 || shared) {
            current = spare(left);
        }
        System.arraycopy(full.bytes(), at, current.bytes(), 0, left);
        at = 0;
        end = left;
        shared = false;
        if (full.count() > 0) {
            sink.messages(full);
        }
    }

    private FrameBatch spare(int room) {
        FrameBatch messages = idle.poll();
        if (messages == null) {
            return new FrameBatch(Math.max(ROOM, room));
        }
        messages.grow(room);
        return messages;
    }

    private static long unsigned(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    private static void insist(boolean kept, String otherwise) {
        if (!kept) {
            throw new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, otherwise);
        }
    }
}
