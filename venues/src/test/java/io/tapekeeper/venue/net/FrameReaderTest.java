package io.tapekeeper.venue.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent comes out, however the network cuts it. Netty's encoder writes the frames. */
class FrameReaderTest {
    private static final int LONGEST = 1 << 20;

    private final List<String> said = new ArrayList<>();
    private final Queue<FrameBatch> unread = new ArrayDeque<>();
    private boolean behind; // reads what came only when everything has come
    private final FrameReader reader = new FrameReader(
            new FrameReader.Sink() {
                @Override
                public void messages(FrameBatch messages) {
                    unread.add(messages);
                    if (!behind) {
                        readAll();
                    }
                }

                @Override
                public void unusable(String reason, String beginning) {
                    readAll();
                    said.add("unusable " + reason + " " + beginning.length());
                }

                @Override
                public void ping(byte[] payload) {
                    said.add("ping " + new String(payload, UTF_8));
                }

                @Override
                public void closed(int code, String reason) {
                    readAll();
                    said.add("closed " + code + " " + reason);
                }
            },
            LONGEST);

    private void readAll() {
        for (FrameBatch next = unread.poll(); next != null; next = unread.poll()) {
            for (int i = 0; i < next.count(); i++) {
                said.add(new String(next.copyOf(i), UTF_8));
            }
            reader.giveBack(next);
        }
    }

    private static byte[] bytes(WebSocketFrame... frames) {
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameEncoder(false));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        channel.writeOutbound((Object[]) frames);
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            byte[] some = new byte[out.readableBytes()];
            out.readBytes(some);
            all.writeBytes(some);
            out.release();
        }
        return all.toByteArray();
    }

    private void take(byte[] bytes) {
        reader.take(Unpooled.wrappedBuffer(bytes), 7);
    }

    @Test
    void tellsMessagesInTheirOrderAndWhenTheyCame() {
        List<Long> received = new ArrayList<>();
        behind = true;
        take(bytes(new TextWebSocketFrame("one"), new TextWebSocketFrame(""), new TextWebSocketFrame("three")));
        unread.forEach(messages -> received.add(messages.received()));
        readAll();
        assertEquals(List.of("one", "", "three"), said);
        assertEquals(List.of(7L), received);
    }

    @Test
    void answersNothingButAPingAndStopsAtTheGoodbye() {
        take(bytes(
                new PingWebSocketFrame(Unpooled.copiedBuffer("a", UTF_8)),
                new PongWebSocketFrame(),
                new CloseWebSocketFrame(1001, "Going away"),
                new TextWebSocketFrame("too late")));
        take(bytes(new TextWebSocketFrame("much too late")));
        assertEquals(List.of("ping a", "closed 1001 Going away"), said);
    }

    @Test
    void aGoodbyeMayNameNoCode() {
        take(bytes(new CloseWebSocketFrame()));
        assertEquals(List.of("closed 1005 "), said);
    }

    @Test
    void joinsFragmentsAlsoAroundControlFrames() {
        take(bytes(
                new TextWebSocketFrame("before"),
                new TextWebSocketFrame(false, 0, "one "),
                new PingWebSocketFrame(),
                new ContinuationWebSocketFrame(false, 0, "two "),
                new ContinuationWebSocketFrame(true, 0, "three"),
                new TextWebSocketFrame("behind")));
        assertEquals(List.of("ping ", "before", "one two three", "behind"), said);
    }

    @Test
    void whatIsNoTextIsToldInItsPlace() {
        take(bytes(
                new TextWebSocketFrame("before"),
                new BinaryWebSocketFrame(Unpooled.copiedBuffer("x", UTF_8)),
                new TextWebSocketFrame("behind")));
        assertEquals(List.of("before", "unusable a binary message 0", "behind"), said);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void whatIsTooLongIsSkippedWithoutBeingKept(int fragments) {
        String half = "x".repeat(LONGEST / 2 + 1);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes(new TextWebSocketFrame("before")));
        if (fragments == 0) {
            all.writeBytes(bytes(new TextWebSocketFrame(half + half)));
        } else {
            all.writeBytes(bytes(new TextWebSocketFrame(false, 0, half)));
            for (int i = 1; i <= fragments; i++) {
                all.writeBytes(bytes(new ContinuationWebSocketFrame(i == fragments, 0, half)));
            }
        }
        all.writeBytes(bytes(new TextWebSocketFrame("behind")));
        byte[] sent = all.toByteArray();
        for (int at = 0; at < sent.length; at += 60_000) {
            take(Arrays.copyOfRange(sent, at, Math.min(sent.length, at + 60_000)));
        }
        int shown = fragments == 0 ? 200 : 201; // with a sign that there was more
        assertEquals(List.of("before", "unusable longer than 1048576 " + shown, "behind"), said);
    }

    @ParameterizedTest
    @CsvSource({
        "c100, a reserved bit that is set",
        "8300, a frame of unknown kind",
        "8b00, a frame of unknown kind",
        "8180, a masked frame",
        "8000, the rest of a message that has not begun",
        "01008100, a new message within another one",
        "0900, a control frame in fragments",
        "897e0080, a control frame of more than 125 bytes",
        "897f9698000000000022, a control frame of more than 125 bytes",
        "880103, a goodbye with half a code",
        "817e0005, a length that is not written as short as possible",
        "817f000000000000ffff, a length that is not written as short as possible",
        "817fffffffffffffffff, a frame of 18446744073709551615 bytes",
        "817f0000000001000001, a frame of 16777217 bytes",
    })
    void aBreachOfTheProtocolIsNamed(String hex, String breach) {
        byte[] broken = HexFormat.of().parseHex(hex);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes(new TextWebSocketFrame("sound")));
        all.writeBytes(broken);
        var thrown = assertThrows(CorruptedWebSocketFrameException.class, () -> take(all.toByteArray()));
        assertEquals(breach, thrown.getMessage());
        assertEquals(List.of("sound"), said, "what came before is told");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theSameComesOutHoweverTheBytesAreCut(long seed) {
        Random random = new Random(seed);
        List<String> expected = new ArrayList<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 2_000; i++) {
            int length = random.nextInt(10) == 0 ? random.nextInt(70_000) : random.nextInt(300);
            String text = (i + ":").repeat(1 + length / 4);
            switch (random.nextInt(8)) {
                case 0 -> {
                    int cut = random.nextInt(text.length());
                    all.writeBytes(bytes(
                            new TextWebSocketFrame(false, 0, text.substring(0, cut)),
                            new ContinuationWebSocketFrame(true, 0, text.substring(cut))));
                }
                default -> all.writeBytes(bytes(new TextWebSocketFrame(text)));
            }
            expected.add(text);
        }
        byte[] sent = all.toByteArray();
        behind = seed % 2 == 0;
        int most = 1 + random.nextInt(100_000);
        for (int at = 0; at < sent.length; ) {
            int to = Math.min(sent.length, at + 1 + random.nextInt(most));
            take(Arrays.copyOfRange(sent, at, to));
            at = to;
            if (random.nextInt(4) == 0) {
                readAll();
            }
        }
        readAll();
        assertEquals(expected.size(), said.size(), "seed " + seed);
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(expected.get(i).equals(said.get(i)), "message " + i + ", seed " + seed);
        }
    }
}
