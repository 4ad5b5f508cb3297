package io.tapekeeper.venue.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.tapekeeper.venue.EpochMicros;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One WebSocket. The network's thread reads it, answers its pings and never waits for the receiver, which has a thread
 * of its own for each connection. In between stands an {@link Inbox}: where that is full the socket is left unread,
 * which slows the venue down over TCP. Netty connects, does TLS and the handshake; a {@link FrameReader} splits the
 * frames, and what one read brings crosses to the receiver's thread in one step.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what cannot be written ends the connection, which is reported
public final class WebSocketConnection extends SimpleChannelInboundHandler<Object> implements FrameReader.Sink {
    /** Takes what comes over the connection, one call at a time, on the connection's own thread. */
    public interface Receiver {
        /** @param messages to be read before the return */
        void messages(FrameBatch messages);

        /** A message that is no text, or too long to be one of the venue's. */
        void unusable(String reason, String beginning);

        /** The receiver is slower than the venue, so the socket is not read for a while; any thread. */
        void paused();

        /** The connection is dead; the last call, and any thread where the receiver itself failed. */
        void ended(String reason);
    }

    private static final System.Logger LOG = System.getLogger(WebSocketConnection.class.getName());

    /** How much of a reason to close is shown. */
    private static final int SHOWN = 123;

    private static final long LEAVING_MILLIS = 1_000;

    private final URI address;
    private final SocketLoop network;
    private final InstantSource clock;
    private final Receiver receiver;
    private final Handshake handshake;
    private final Inbox inbox = new Inbox(this::taken);
    private final long paceNanos;
    private volatile Channel channel;
    private volatile long lastSign = System.nanoTime(); // of life: bytes came
    private volatile long probed = lastSign; // later than the last sign: not yet answered
    private volatile boolean left; // what still comes is dropped

    // Of the network's thread alone:
    private final FrameReader frames;
    private boolean ended;
    private byte[] pong; // waits for its turn; null = none
    private long lastSent;

    private WebSocketConnection(URI address, SocketLoop network, InstantSource clock, Receiver receiver) {
        this.address = address;
        this.clock = clock;
        this.network = network;
        this.receiver = receiver;
        int longest = network.limits().longestMessage();
        handshake = new Handshake(address, longest);
        frames = new FrameReader(this, longest);
        paceNanos = network.limits().pace().toNanos();
        lastSent = lastSign - paceNanos;
    }

    /**
     * Opens a connection; blocks until the handshake is complete. The receiver may be called before the return.
     *
     * @param timeout for all of it
     * @param clock stamps what is received
     * @throws UpgradeRefused where the venue answered with an HTTP status instead
     * @throws IOException where it cannot be reached
     */
    public static WebSocketConnection open(
            SocketLoop network, URI uri, Duration timeout, InstantSource clock, Receiver receiver)
            throws IOException, InterruptedException {
        WebSocketConnection connection = new WebSocketConnection(uri, network, clock, receiver);
        ChannelFuture connecting = network.connect(uri, connection);
        connection.channel = connecting.channel();
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                connection.handshake.fail(done.cause());
            }
        });
        boolean open = false;
        try {
            connection.handshake.await(timeout);
            open = true;
            return connection;
        } finally {
            if (!open) {
                connection.abort();
            }
        }
    }

    /** How long not a byte has come; 0 while the receiver is behind, for then the socket may be left unread. */
    public long idleNanos() {
        return isBehind() ? 0 : System.nanoTime() - lastSign;
    }

    /** Whether something waits for the receiver, or is being delivered to it. */
    public boolean isBehind() {
        return !inbox.isEmpty();
    }

    /** Sends a ping, unless one is still unanswered. */
    public void probe() {
        if (probed - lastSign <= 0) {
            probed = System.nanoTime();
            channel.eventLoop().execute(() -> send(new PingWebSocketFrame()));
        }
    }

    /** For how long a ping has been unanswered, by whatever frame; 0 = none is. */
    public long unansweredNanos() {
        long since = probed;
        return since - lastSign <= 0 || isBehind() ? 0 : System.nanoTime() - since;
    }

    /** Says goodbye and lets go; the receiver hears of nothing any more but the end. */
    public void leave() {
        left = true;
        channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
        channel.eventLoop().schedule(() -> channel.close(), LEAVING_MILLIS, TimeUnit.MILLISECONDS);
    }

    public void abort() {
        left = true;
        channel.close();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel(); // may be earlier than for the thread that opens
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        handshake.begin(context.channel());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            handshake.fail(tls.cause());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        lastSign = System.nanoTime();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        switch (message) {
            case HttpResponse answer -> handshake.answered(answer);
            case LastHttpContent end when !handshake.isComplete() -> upgrade();
            case ByteBuf bytes -> frames.take(bytes, EpochMicros.of(clock.instant()));
            default -> {} // the body of a refusal
        }
    }

    private void upgrade() {
        if (handshake.finish(channel)) {
            network.opened(channel);
            inbox.start(this::receiverFailed);
            handshake.succeed();
        }
    }

    @Override
    public void messages(FrameBatch messages) {
        int bytes = 0;
        for (int i = 0; i < messages.count(); i++) {
            bytes += messages.to(i) - messages.from(i) + Inbox.OVERHEAD;
        }
        arrive(bytes, () -> {
            receiver.messages(messages);
            frames.giveBack(messages);
        });
    }

    @Override
    public void unusable(String reason, String beginning) {
        arrive(beginning.length() + Inbox.OVERHEAD, () -> receiver.unusable(reason, beginning));
    }

    private void arrive(int bytes, Runnable delivery) {
        if (left || ended) {
            return;
        }
        if (inbox.add(bytes, delivery) && channel.config().isAutoRead()) {
            channel.config().setAutoRead(false);
            receiver.paused();
            readOnWhereThereIsRoom(); // the receiver may have caught up just before
        }
    }

    /** The receiver's thread has taken something. */
    private void taken() {
        if (inbox.isEmpty()) {
            lastSign = System.nanoTime(); // nothing may have been read meanwhile
        }
        readOnWhereThereIsRoom();
    }

    private void readOnWhereThereIsRoom() {
        if (inbox.hasRoom() && !channel.config().isAutoRead()) {
            try {
                channel.config().setAutoRead(true);
            } catch (RejectedExecutionException e) {
                left = true; // the network was closed meanwhile: there is nothing to read on
            }
        }
    }

    private void receiverFailed(Thread thread, Throwable failure) {
        LOG.log(System.Logger.Level.ERROR, "the listener of a feed failed", failure);
        receiver.ended(
                "What listens to %s failed; the log says how. Connecting again.".formatted(address.getAuthority()));
        abort();
    }

    /** The venue may ping as fast as it likes: only the newest ping needs an answer. */
    @Override
    public void ping(byte[] payload) {
        boolean scheduled = pong != null;
        pong = payload;
        if (!scheduled) {
            long wait = paceNanos - (System.nanoTime() - lastSent);
            if (wait <= 0) {
                sendPong();
            } else {
                channel.eventLoop().schedule(this::sendPong, wait, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void sendPong() {
        if (pong != null) { // else the connection has ended meanwhile
            byte[] payload = pong;
            pong = null;
            send(new PongWebSocketFrame(Unpooled.wrappedBuffer(payload)));
        }
    }

    private void send(WebSocketFrame frame) {
        lastSent = System.nanoTime();
        if (channel.isWritable()) {
            channel.writeAndFlush(frame);
        } else {
            frame.release(); // the venue has stopped reading: there is no end to what would wait
        }
    }

    @Override
    public void closed(int code, String reason) {
        end("%s closed the connection (code %d%s). Connecting again."
                .formatted(address.getAuthority(), code, reason.isEmpty() ? "" : ": " + Excerpt.of(reason, SHOWN)));
        channel.writeAndFlush(
                        code == FrameReader.NO_CODE
                                ? new CloseWebSocketFrame()
                                : new CloseWebSocketFrame(true, 0, code, ""))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (failure instanceof CorruptedWebSocketFrameException broken) {
            end("%s breaks the WebSocket protocol (%s). Connecting again."
                    .formatted(address.getAuthority(), broken.getMessage()));
        } else if (failure instanceof IOException || failure instanceof CodecException) {
            end(NetworkErrors.unreachable(address, failure));
        } else {
            LOG.log(System.Logger.Level.ERROR, "a socket's handler failed", failure);
            end("Reading from %s failed; the log says how. Connecting again.".formatted(address.getAuthority()));
        }
        handshake.fail(failure);
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        IOException gone = new IOException("the other side hung up");
        handshake.fail(gone);
        end(NetworkErrors.unreachable(address, gone));
        pong = null;
    }

    /** The first reason counts; the receiver hears it after all that came before. */
    private void end(String reason) {
        if (!ended) {
            ended = true;
            inbox.end(() -> receiver.ended(reason));
        }
    }
}
