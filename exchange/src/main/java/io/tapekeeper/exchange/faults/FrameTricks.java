package io.tapekeeper.exchange.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.tapekeeper.exchange.faults.Fault.Frame.Trick;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Plays tricks on the frames of one WebSocket's trades. Belongs to the connection's event loop. */
final class FrameTricks {
    private static final int GIANT = (1 << 20) + 1;
    private static final int REMEMBERED = 50;

    /** Tricks that send something extra before the trade itself. */
    private static final Set<Trick> ADDITIONS =
            EnumSet.of(Trick.DUPLICATE, Trick.RESEND, Trick.BINARY, Trick.UNKNOWN_EVENT);

    private final SplittableRandom random;
    private final boolean remembers;
    private final Consumer<WebSocketFrame> out;
    private final Deque<String> remembered = new ArrayDeque<>();
    private Optional<Event> postponed = Optional.empty();

    /**
     * @param remembers whether to keep the trades sent last, for {@link Trick#RESEND}
     * @param out sends a frame
     */
    FrameTricks(long seed, boolean remembers, Consumer<WebSocketFrame> out) {
        random = new SplittableRandom(seed);
        this.remembers = remembers;
        this.out = out;
    }

    /**
     * Plays a trick on a trade.
     *
     * @return whether the trade itself still has to be sent
     */
    boolean play(Trick trick, Event trade) {
        String text = trade.text();
        byte[] bytes = text.getBytes(UTF_8);
        switch (trick) {
            case DUPLICATE -> send(text);
            case REORDER -> {
                if (postponed.isPresent()) {
                    return true;
                }
                postponed = Optional.of(trade);
            }
            case RESEND -> remembered.forEach(this::send);
            case FRAGMENTED -> sendFragments(bytes);
            case BINARY -> out.accept(new BinaryWebSocketFrame(Unpooled.copiedBuffer(bytes, 0, 20)));
            case UNKNOWN_EVENT ->
                send(trade.wrapped(
                        trade.stream(),
                        "{\"e\":\"neverHeardOf\",\"E\":%s,\"x\":[1,{\"y\":null}]}".formatted(trade.time())));
            case GIANT -> send(text.substring(0, text.length() - 1) + ",\"note\":\"" + "x".repeat(GIANT) + "\"}");
            case SKIP -> {}
            case MALFORMED -> send(malformed(text));
            case TRUNCATED -> send(text.substring(0, 1 + random.nextInt(text.length() - 1)));
            case BAD_UTF8 -> {
                bytes[bytes.length / 2] = (byte) 0xff;
                out.accept(new TextWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
            }
        }
        return ADDITIONS.contains(trick);
    }

    /** Takes note of an event that was sent, and sends the trade that was postponed until after it. */
    void sent(Event event) {
        if (remembers && event.isTrade()) {
            remembered.addLast(event.text());
            if (remembered.size() > REMEMBERED) {
                remembered.removeFirst();
            }
        }
        if (postponed.isPresent() && postponed.get().stream().equals(event.stream())) {
            send(postponed.get().text());
            postponed = Optional.empty();
        }
    }

    private void send(String text) {
        out.accept(new TextWebSocketFrame(text));
    }

    private void sendFragments(byte[] bytes) {
        int cut = 1 + random.nextInt(bytes.length - 2);
        int again = cut + random.nextInt(bytes.length - cut);
        out.accept(new TextWebSocketFrame(false, 0, Unpooled.copiedBuffer(bytes, 0, cut)));
        out.accept(new PingWebSocketFrame());
        out.accept(new ContinuationWebSocketFrame(false, 0, Unpooled.copiedBuffer(bytes, cut, again - cut)));
        out.accept(new ContinuationWebSocketFrame(true, 0, Unpooled.copiedBuffer(bytes, again, bytes.length - again)));
    }

    private String malformed(String text) {
        return switch (random.nextInt(3)) {
            case 0 -> text.replaceFirst("\"p\":\"", "\"p\":\"x");
            case 1 -> text.replaceFirst("\"T\":[0-9]+,", "");
            default -> "{]";
        };
    }
}
