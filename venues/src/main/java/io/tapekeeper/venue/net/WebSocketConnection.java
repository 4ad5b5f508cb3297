package io.tapekeeper.venue.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.tapekeeper.venue.binance.BinanceDecoder;
import io.tapekeeper.venue.binance.BinanceJson;
import io.tapekeeper.venue.binance.VenueTime;
import io.tapekeeper.venue.limit.VenueErrors;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One WebSocket. The network's thread reads it, answers its pings and never waits for the receiver, which has a thread
 * of its own for each line. In between stand at most {@value #MOST_WAITING} bytes and what one read brings: beyond that
 * the socket is left unread, which slows the venue down over TCP. Netty connects, does TLS and the handshake; the
 * frames are split by a {@link FrameReader}, and what one read brings crosses to the receiver's thread in one step.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what cannot be written ends the line, which is told
public final class WebSocketConnection extends SimpleChannelInboundHandler<Object> implements FrameReader.Sink {
    /** Hears what comes over the line, one call at a time, on the line's own thread. */
    public interface Receiver {
        /** @param messages to be read before the return */
        void messages(FrameBatch messages);

        /** A message that is no text, or too long to be one of ours. */
        void unusable(String reason, String beginning);

        /** The receiver is behind, so the socket is not read for a while; any thread. */
        void paused();

        /** The line is dead; the last call, and any thread where the receiver itself failed. */
        void ended(String reason);
    }

    /** What came, and how many bytes it counts for; the last of a line counts for none. */
    private record Arrival(int bytes, Runnable told) {
        static final int OVERHEAD = 100; // so that empty messages have a bound as well
    }

    private static final System.Logger LOG = System.getLogger(WebSocketConnection.class.getName());
    private static final int MOST_WAITING = 1024 * 1024;

    /** Binance cuts off who sends more than five messages in a second, pongs included. */
    private static final long PACE_NANOS = 250_000_000;

    /** How much of a reason to close is shown. */
    private static final int SHOWN = 123;

    private static final long LEAVING_MILLIS = 1_000;

    private final URI address;
    private final SocketLoop network;
    private final InstantSource clock;
    private final Receiver receiver;
    private final WebSocketClientHandshaker handshaker;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong(); // bytes that the receiver has not taken
    private volatile Channel channel;
    private volatile long lastSign = System.nanoTime(); // of life: bytes came
    private volatile long probed = lastSign; // later than the last sign: not yet answered
    private volatile boolean left; // what still comes is dropped

    // Of the network's thread alone:
    private HttpResponse head;
    private final FrameReader frames = new FrameReader(this);
    private boolean ended;
    private byte[] pong; // waits for its turn; null = none
    private long lastSent = lastSign - PACE_NANOS;

    private WebSocketConnection(URI address, SocketLoop network, InstantSource clock, Receiver receiver) {
        this.address = address;
        this.clock = clock;
        this.network = network;
        this.receiver = receiver;
        handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                address,
                WebSocketVersion.V13,
                null,
                false,
                new DefaultHttpHeaders(),
                BinanceDecoder.MAX_FRAME,
                true,
                false,
                0,
                false,
                false); // no Origin: that is for pages
    }

    /**
     * Opens a line; blocks until the handshake is complete. The receiver may be called before the return.
     *
     * @param timeout for all of it
     * @param clock tells when something was received
     * @throws VenueErrors.UpgradeRefused where the venue answered with an HTTP status instead
     * @throws IOException where it cannot be reached
     */
    public static WebSocketConnection open(
            SocketLoop network, URI uri, Duration timeout, InstantSource clock, Receiver receiver)
            throws IOException, InterruptedException {
        WebSocketConnection line = new WebSocketConnection(uri, network, clock, receiver);
        ChannelFuture connecting = network.connect(uri, line);
        line.channel = connecting.channel();
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                line.opened.completeExceptionally(done.cause());
            }
        });
        boolean open = false;
        try {
            line.opened.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            open = true;
            return line;
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no handshake in time");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            if (!open) {
                line.abort();
            }
        }
    }

    /** How long not a byte has come; 0 while the receiver is behind, for then nobody reads. */
    public long idleNanos() {
        return isBehind() ? 0 : System.nanoTime() - lastSign;
    }

    /** Whether something waits for the receiver, or is being told to it. */
    public boolean isBehind() {
        return waiting.get() > 0;
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

    /** Says goodbye and lets go; nothing is told any more but the end. */
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
        handshaker.handshake(context.channel()); // over TLS it waits until that is secure
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            opened.completeExceptionally(tls.cause());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        lastSign = System.nanoTime();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        switch (message) {
            case HttpResponse answer -> answered(answer);
            case LastHttpContent end when !handshaker.isHandshakeComplete() -> upgrade();
            case ByteBuf bytes -> frames.take(bytes, VenueTime.micros(clock.instant()));
            default -> {} // the body of a refusal
        }
    }

    private void answered(HttpResponse answer) {
        if (answer.decoderResult().isFailure()) {
            opened.completeExceptionally(new IOException("it does not speak HTTP"));
        } else if (!answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            Map<String, List<String>> wait =
                    Map.of("Retry-After", answer.headers().getAll("Retry-After"));
            opened.completeExceptionally(new VenueErrors.UpgradeRefused(
                    answer.status().code(), HttpHeaders.of(wait, (name, value) -> true)));
        }
        head = answer;
    }

    private void upgrade() {
        if (opened.isDone()) {
            return; // refused: this is the end of the answer
        }
        try {
            handshaker.finishHandshake(
                    channel,
                    new DefaultFullHttpResponse(
                            head.protocolVersion(),
                            head.status(),
                            Unpooled.EMPTY_BUFFER,
                            head.headers(),
                            EmptyHttpHeaders.INSTANCE));
            channel.pipeline().remove(WebSocket13FrameDecoder.class); // the bytes come as they are
        } catch (WebSocketHandshakeException e) {
            opened.completeExceptionally(new IOException(e.getMessage(), e));
            return;
        }
        network.opened(channel);
        Thread.ofPlatform()
                .name("binance-line")
                .daemon()
                .uncaughtExceptionHandler(this::receiverFailed)
                .start(this::tell);
        opened.complete(null);
    }

    @Override
    public void messages(FrameBatch messages) {
        int bytes = 0;
        for (int i = 0; i < messages.count(); i++) {
            bytes += messages.to(i) - messages.from(i) + Arrival.OVERHEAD;
        }
        arrive(bytes, () -> {
            receiver.messages(messages);
            frames.giveBack(messages);
        });
    }

    @Override
    public void unusable(String reason, String beginning) {
        arrive(beginning.length() + Arrival.OVERHEAD, () -> receiver.unusable(reason, beginning));
    }

    private void arrive(int bytes, Runnable told) {
        if (left || ended) {
            return;
        }
        long now = waiting.addAndGet(bytes);
        arrivals.add(new Arrival(bytes, told));
        if (now > MOST_WAITING && channel.config().isAutoRead()) {
            channel.config().setAutoRead(false);
            receiver.paused();
            readOnWhereCaughtUp(); // it may have done so just before
        }
    }

    private void readOnWhereCaughtUp() {
        if (waiting.get() < MOST_WAITING / 2 && !channel.config().isAutoRead()) {
            try {
                channel.config().setAutoRead(true);
            } catch (RejectedExecutionException e) {
                left = true; // the network was closed meanwhile: there is nothing to read on
            }
        }
    }

    /** The line's own thread: tells the receiver what came, until the end of the line. */
    private void tell() {
        List<Arrival> some = new ArrayList<>();
        try {
            for (boolean more = true; more; some.clear()) {
                some.add(arrivals.take());
                arrivals.drainTo(some);
                for (Arrival arrival : some) {
                    arrival.told.run();
                    if (waiting.addAndGet(-arrival.bytes) == 0) {
                        lastSign = System.nanoTime(); // nothing may have been read meanwhile
                    }
                    readOnWhereCaughtUp();
                    more = arrival.bytes > 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; it would be the end of the line
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
            long wait = PACE_NANOS - (System.nanoTime() - lastSent);
            if (wait <= 0) {
                sendPong();
            } else {
                channel.eventLoop().schedule(this::sendPong, wait, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void sendPong() {
        if (pong != null) { // else the line has ended meanwhile
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
                .formatted(
                        address.getAuthority(), code, reason.isEmpty() ? "" : ": " + BinanceJson.clip(reason, SHOWN)));
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
            end(VenueErrors.unreachable(address, failure));
        } else {
            LOG.log(System.Logger.Level.ERROR, "a socket's handler failed", failure);
            end("Reading from %s failed; the log says how. Connecting again.".formatted(address.getAuthority()));
        }
        opened.completeExceptionally(failure);
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        IOException gone = new IOException("the other side hung up");
        opened.completeExceptionally(gone);
        end(VenueErrors.unreachable(address, gone));
        pong = null;
    }

    /** The first reason counts; it is told when all that came before it has been. */
    private void end(String reason) {
        if (!ended) {
            ended = true;
            arrivals.add(new Arrival(0, () -> receiver.ended(reason)));
        }
    }
}
