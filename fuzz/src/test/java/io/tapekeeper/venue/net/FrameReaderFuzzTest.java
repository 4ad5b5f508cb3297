package io.tapekeeper.venue.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.tapekeeper.fuzz.FuzzedDecoder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** What a socket brings is the same however the network cuts it, the breach of the protocol too. */
class FrameReaderFuzzTest extends FuzzedDecoder {
    @Override
    protected boolean take(byte[] input) {
        if (input.length == 0) {
            return false;
        }
        List<String> atOnce = said(input, input.length);
        assertEquals(atOnce, said(input, 1 + (input[0] & 0x1f)));
        return !atOnce.getLast().startsWith("breach");
    }

    /** What comes of it in pieces of so many bytes. */
    private static List<String> said(byte[] input, int pieces) {
        List<String> said = new ArrayList<>();
        FrameReader[] reader = new FrameReader[1];
        reader[0] = new FrameReader(
                new FrameReader.Sink() {
                    @Override
                    public void messages(FrameBatch messages) {
                        for (int i = 0; i < messages.count(); i++) {
                            said.add("message " + new String(messages.copyOf(i), UTF_8));
                        }
                        reader[0].giveBack(messages);
                    }

                    @Override
                    public void unusable(String reason, String beginning) {
                        said.add("unusable " + reason);
                    }

                    @Override
                    public void ping(byte[] payload) {} // overtakes what stands before it

                    @Override
                    public void closed(int code, String reason) {
                        said.add("closed " + code + " " + reason);
                    }
                },
                1 << 20);
        String end = "sound";
        try {
            for (int at = 0; at < input.length; at += pieces) {
                int length = Math.min(pieces, input.length - at);
                reader[0].take(Unpooled.wrappedBuffer(input, at, length), 1);
            }
        } catch (CorruptedWebSocketFrameException e) {
            end = "breach: " + e.getMessage();
        }
        said.add(end);
        return said;
    }

    @Override
    protected List<byte[]> seeds() {
        byte[] text = frame(0x81, "{\"e\":\"trade\"}");
        byte[] begin = frame(0x01, "a first part, ");
        byte[] rest = frame(0x80, "and the rest");
        byte[] ping = frame(0x89, "1790000000123");
        byte[] close = frame(0x88, "\u0003\u00e8bye");
        byte[] longText = frame(0x81, "x".repeat(300));
        return List.of(
                text,
                joined(text, longText, text),
                joined(begin, ping, rest),
                joined(begin, frame(0x00, "more, "), rest, text),
                joined(frame(0x82, "binary"), text),
                joined(text, ping, close),
                joined(text, new byte[] {(byte) 0x81, 127, 0, 0, 0, 0, 0, 16, 0, 1}, text));
    }

    private static byte[] frame(int first, String payload) {
        byte[] bytes = payload.getBytes(ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (bytes.length < 126) {
            out.write(bytes.length);
        } else {
            out.write(126);
            out.write(bytes.length >> 8);
            out.write(bytes.length);
        }
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
