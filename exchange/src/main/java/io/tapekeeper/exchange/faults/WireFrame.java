package io.tapekeeper.exchange.faults;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The frames of a server as they stand on the wire: never masked, whole in one buffer. */
final class WireFrame {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    private static final int FINAL = 0x80;

    private static final Pattern COMBINED = Pattern.compile("^\\{\"stream\":\"([^\"]+)\"");
    private static final Pattern TYPE = Pattern.compile("\"e\":\"([^\"]+)\"");
    private static final Pattern SYMBOL = Pattern.compile("\"s\":\"([^\"]+)\"");
    private static final Pattern INTERVAL = Pattern.compile("\"i\":\"([^\"]+)\"");

    private WireFrame() {}

    /**
     * An event of a stream.
     *
     * @param stream its name, such as {@code btcusdt@trade}
     */
    record Event(String text, String stream, boolean combined) {
        boolean isTrade() {
            return stream.endsWith("@trade") || stream.endsWith("@aggTrade");
        }

        /** A text of its own with the wrapping of this one. */
        String wrapped(String name, String data) {
            return combined ? "{\"stream\":\"" + name + "\",\"data\":" + data + "}" : data;
        }
    }

    /** Length of the frame that starts at the reader index; -1 where it is not whole. */
    static int length(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int readable = bytes.readableBytes();
        if (readable < 2) {
            return -1;
        }
        int announced = bytes.getByte(at + 1) & 0x7f;
        int header = announced < 126 ? 2 : announced == 126 ? 4 : 10;
        if (readable < header) {
            return -1;
        }
        long payload = switch (header) {
            case 2 -> announced;
            case 4 -> bytes.getUnsignedShort(at + 2);
            default -> bytes.getLong(at + 2);
        };
        return readable - header < payload ? -1 : header + (int) payload;
    }

    /** The event in a frame; none in one that is not text, or the answer to a request. */
    static Optional<Event> event(ByteBuf frame) {
        int start = frame.readerIndex();
        if (frame.getByte(start) != (byte) (FINAL | TEXT)) {
            return Optional.empty();
        }
        int announced = frame.getByte(start + 1) & 0x7f;
        int header = announced < 126 ? 2 : announced == 126 ? 4 : 10;
        String text = frame.toString(start + header, frame.readableBytes() - header, StandardCharsets.UTF_8);
        Matcher combined = COMBINED.matcher(text);
        if (combined.find()) {
            return Optional.of(new Event(text, combined.group(1), true));
        }
        return stream(text).map(stream -> new Event(text, stream, false));
    }

    private static Optional<String> stream(String text) {
        Matcher symbol = SYMBOL.matcher(text);
        if (!symbol.find()) {
            return Optional.empty();
        }
        Matcher type = TYPE.matcher(text);
        String kind = type.find() ? type.group(1) : "bookTicker"; // the one without a type
        Matcher interval = INTERVAL.matcher(text);
        if (kind.equals("kline") && interval.find()) {
            kind = "kline_" + interval.group(1);
        }
        return Optional.of(symbol.group(1).toLowerCase(Locale.ROOT) + "@" + kind);
    }

    static void text(ByteBuf out, String payload) {
        write(out, true, TEXT, payload.getBytes(StandardCharsets.UTF_8));
    }

    static void close(ByteBuf out, int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        out.writeByte(FINAL | CLOSE).writeByte(2 + text.length).writeShort(code).writeBytes(text);
    }

    /** @param opcode 0 for the fragments after the first */
    static void write(ByteBuf out, boolean isFinal, int opcode, byte[] payload) {
        out.writeByte((isFinal ? FINAL : 0) | opcode);
        if (payload.length < 126) {
            out.writeByte(payload.length);
        } else if (payload.length < 1 << 16) {
            out.writeByte(126).writeShort(payload.length);
        } else {
            out.writeByte(127).writeLong(payload.length);
        }
        out.writeBytes(payload);
    }
}
