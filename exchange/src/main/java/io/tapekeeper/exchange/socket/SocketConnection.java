package io.tapekeeper.exchange.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.tapekeeper.exchange.play.Stream;
import io.tapekeeper.exchange.play.Subscriber;
import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.Payloads;
import io.tapekeeper.exchange.wire.TimeUnits;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One WebSocket client: its streams, its control messages, its pings. The event loop owns everything except the batch
 * of events being gathered, which belongs to the player thread.
 *
 * <p>A batch is framed here and written as one buffer, past the frame encoder: a frame object per event and client
 * would cost more than the event itself.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write fails with its channel, whose end is handled
final class SocketConnection extends SimpleChannelInboundHandler<WebSocketFrame> implements Subscriber {
    private static final Logger LOG = System.getLogger(SocketConnection.class.getName());

    /** The name of a stream of one symbol or of all; the stream need not have events. */
    private static final Pattern STREAM =
            Pattern.compile("[^\\s@/!]{1,50}@[A-Za-z0-9_]{1,40}(@[A-Za-z0-9+:_-]{1,10})?|![A-Za-z0-9_]{1,40}(@arr)?");

    private static final int POLICY_VIOLATION = 1008;
    private static final int GOING_AWAY = 1001;
    private static final int TEXT_FRAME = 0x81; // final, text
    private static final int BATCH_BYTES = 1 << 16;
    private static final long CLOSE_GRACE_SECONDS = 5;

    private record Ping(String payload, long sentAt) {}

    private final Channel channel;
    private final Sockets sockets;
    private final TimeUnits units;
    private volatile boolean combined;
    private volatile boolean closing;

    // Event loop:
    private final Map<String, Optional<Stream>> streams = new LinkedHashMap<>();
    private final Deque<Ping> unanswered = new ArrayDeque<>();
    private final Deque<Long> arrivals = new ArrayDeque<>();

    // Player thread:
    private ByteBuf batch = Unpooled.EMPTY_BUFFER;

    SocketConnection(Channel channel, Sockets sockets, boolean combined, TimeUnits units) {
        this.channel = channel;
        this.sockets = sockets;
        this.combined = combined;
        this.units = units;
        int bound = sockets.rules().outgoingBytes();
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(bound / 2, bound));
    }

    /** Called on the event loop once the handshake is done. */
    void opened(List<String> wanted) {
        sockets.opened(channel);
        SocketRules rules = sockets.rules();
        var pings = channel.eventLoop()
                .scheduleAtFixedRate(
                        this::ping,
                        rules.pingEvery().toNanos(),
                        rules.pingEvery().toNanos(),
                        TimeUnit.NANOSECONDS);
        var end = channel.eventLoop()
                .schedule(
                        () -> close(GOING_AWAY, "Connection lifetime reached"),
                        rules.lifetime().toNanos(),
                        TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> {
            pings.cancel(false);
            end.cancel(false);
            forget();
        });
        if (!wanted.isEmpty()) {
            subscribe("null", wanted, false);
        }
    }

    private void forget() {
        unsubscribe(List.copyOf(streams.keySet()));
        sockets.player().wake();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        if (closing) {
            return;
        }
        if (frame instanceof CloseWebSocketFrame asked) {
            closing = true;
            send(asked.retain()).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        if (tooManyMessages()) {
            close(POLICY_VIOLATION, "Too many requests");
            return;
        }
        switch (frame) {
            case PingWebSocketFrame ping ->
                send(new PongWebSocketFrame(ping.content().retain()));
            case PongWebSocketFrame pong -> matched(pong.content());
            case TextWebSocketFrame text -> answer(ControlRequest.parse(text.text()));
            default -> close(1003, "Only text is understood");
        }
    }

    /** Counts over a strict rolling second. */
    private boolean tooManyMessages() {
        long now = System.nanoTime();
        while (!arrivals.isEmpty() && now - arrivals.getFirst() >= 1_000_000_000L) {
            arrivals.removeFirst();
        }
        arrivals.addLast(now);
        return arrivals.size() > sockets.rules().messagesPerSecond();
    }

    private void answer(ControlRequest.Numbered numbered) {
        String id = numbered.id();
        switch (numbered.request()) {
            case ControlRequest.Subscribe(List<String> names) -> subscribe(id, names, true);
            case ControlRequest.Unsubscribe(List<String> names) -> {
                unsubscribe(names);
                result(id, "null");
            }
            case ControlRequest.ListSubscriptions() -> list(id);
            case ControlRequest.SetCombined(boolean wrapped) -> {
                combined = wrapped;
                result(id, "null");
            }
            case ControlRequest.GetCombined() -> result(id, Boolean.toString(combined));
            case ControlRequest.Invalid(int code, String message) -> error(id, code, message);
        }
    }

    private void subscribe(String id, List<String> names, boolean acknowledge) {
        if (names.stream().anyMatch(name -> !STREAM.matcher(name).matches())) {
            error(id, 2, "Invalid request: invalid stream");
            close(POLICY_VIOLATION, "Invalid stream");
            return;
        }
        List<String> added = names.stream()
                .distinct()
                .filter(name -> !streams.containsKey(name))
                .toList();
        if (streams.size() + added.size() > sockets.rules().streams()) {
            error(id, 4, "Too many subscriptions");
            if (!acknowledge) {
                close(POLICY_VIOLATION, "Too many subscriptions");
            }
            return;
        }
        List<Stream> known = new ArrayList<>();
        for (String name : added) {
            Optional<Stream> stream = sockets.player().streams().named(name);
            streams.put(name, stream);
            stream.ifPresent(known::add);
        }
        if (acknowledge) {
            result(id, "null");
        }
        sockets.player().streams().subscribe(known, this);
        sockets.player().wake();
    }

    private void unsubscribe(List<String> names) {
        for (String name : names) {
            Optional<Stream> stream = streams.getOrDefault(name, Optional.empty());
            streams.remove(name);
            stream.ifPresent(known -> sockets.player().streams().unsubscribe(known, this));
        }
    }

    private void list(String id) {
        JsonWriter out = new JsonWriter(units);
        result(id, out.array(streams.keySet(), out::string).text());
    }

    private void result(String id, String result) {
        text("{\"result\":%s,\"id\":%s}".formatted(result, id));
    }

    private void error(String id, int code, String message) {
        JsonWriter out = new JsonWriter(units);
        out.raw("{\"error\":{\"code\":").number(code).raw(",\"msg\":").string(message);
        out.raw("},\"id\":").raw(id).raw('}');
        text(out.text());
    }

    private void text(String text) {
        send(new TextWebSocketFrame(text));
    }

    private ChannelFuture send(WebSocketFrame frame) {
        return channel.writeAndFlush(frame);
    }

    private void ping() {
        long now = System.nanoTime();
        Ping oldest = unanswered.peekFirst();
        if (oldest != null
                && now - oldest.sentAt >= sockets.rules().pongWithin().toNanos()) {
            close(POLICY_VIOLATION, "Pong timeout");
            return;
        }
        String payload = Long.toHexString(ThreadLocalRandom.current().nextLong());
        unanswered.addLast(new Ping(payload, now));
        send(new PingWebSocketFrame(Unpooled.copiedBuffer(payload, StandardCharsets.US_ASCII)));
    }

    /** A pong answers its ping and all earlier ones; a pong that matches none does not keep the connection alive. */
    private void matched(ByteBuf content) {
        String payload = content.toString(StandardCharsets.US_ASCII);
        if (unanswered.stream().anyMatch(ping -> ping.payload.equals(payload))) {
            while (!unanswered.removeFirst().payload.equals(payload)) {
                // an older ping, which the loop's condition has removed
            }
        }
    }

    /** The close frame waits until the client has read what precedes it; a client that never reads is cut off. */
    private void close(int code, String reason) {
        if (!closing) {
            closing = true;
            send(new CloseWebSocketFrame(code, reason)).addListener(ChannelFutureListener.CLOSE);
            channel.eventLoop().schedule(() -> channel.close(), CLOSE_GRACE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Sockets.Event.SHUTDOWN) {
            JsonWriter out = new JsonWriter(units);
            if (combined) {
                out.raw("{\"stream\":\"!serverShutdown\",\"data\":");
            }
            Payloads.serverShutdown(out, sockets.player().time());
            text(out.raw(combined ? "}" : "").text());
            close(GOING_AWAY, "Server shutdown");
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        sockets.player().wake();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // The client causes resets and broken frames; anything else is our fault, and logged louder.
        LOG.log(cause instanceof IOException ? Level.DEBUG : Level.WARNING, "connection closed", cause);
        context.close();
    }

    @Override
    public boolean combined() {
        return combined;
    }

    @Override
    public TimeUnits units() {
        return units;
    }

    @Override
    public boolean append(byte[] bytes, int offset, int length) {
        if (closing) {
            return false;
        }
        boolean first = !batch.isReadable();
        if (first) {
            batch = channel.alloc().buffer(BATCH_BYTES);
        }
        batch.writeByte(TEXT_FRAME);
        if (length < 126) {
            batch.writeByte(length);
        } else {
            batch.writeByte(126).writeShort(length); // no event is longer than 65,535 bytes
        }
        batch.writeBytes(bytes, offset, length);
        return first;
    }

    @Override
    public void flush() {
        ByteBuf full = batch;
        batch = Unpooled.EMPTY_BUFFER;
        channel.writeAndFlush(full, channel.voidPromise());
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public boolean open() {
        return !closing && channel.isActive();
    }

    @Override
    public void dropAsSlow() {
        channel.eventLoop().execute(() -> {
            if (!closing) {
                sockets.countSlowClose();
                close(POLICY_VIOLATION, "Slow consumer");
            }
        });
    }
}
