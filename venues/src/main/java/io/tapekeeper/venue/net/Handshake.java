package io.tapekeeper.venue.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How one WebSocket is opened over HTTP. Owned by the network's thread, except for {@link #await} and {@link #fail}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what cannot be written ends the connection
final class Handshake {
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final WebSocketClientHandshaker handshaker;
    private HttpResponse head; // null = no answer yet

    Handshake(URI address, int longestMessage) {
        handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                address,
                WebSocketVersion.V13,
                null,
                false,
                new DefaultHttpHeaders(),
                longestMessage,
                true,
                false,
                0,
                false,
                false); // no Origin: that is for pages
    }

    /** Asks for the upgrade; over TLS as soon as that is secure. */
    void begin(Channel channel) {
        handshaker.handshake(channel);
    }

    boolean isComplete() {
        return handshaker.isHandshakeComplete();
    }

    /** The head of the server's answer came. */
    void answered(HttpResponse answer) {
        head = answer;
        if (answer.decoderResult().isFailure()) {
            fail(new IOException("it does not speak HTTP"));
        } else if (!answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            Map<String, List<String>> wait =
                    Map.of("Retry-After", answer.headers().getAll("Retry-After"));
            fail(new UpgradeRefused(answer.status().code(), HttpHeaders.of(wait, (name, value) -> true)));
        }
    }

    /**
     * The server's answer is complete. Returns whether the channel carries frames from now on, as raw bytes;
     * {@link #succeed} then reports it to the thread that waits.
     */
    boolean finish(Channel channel) {
        if (opened.isDone()) {
            return false; // refused: this is the end of the answer
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
            channel.pipeline().remove(WebSocket13FrameDecoder.class);
            return true;
        } catch (WebSocketHandshakeException e) {
            fail(new IOException(e.getMessage(), e));
            return false;
        }
    }

    void succeed() {
        opened.complete(null);
    }

    /** The first outcome counts. */
    void fail(Throwable failure) {
        opened.completeExceptionally(failure);
    }

    /**
     * Waits for the outcome.
     *
     * @throws UpgradeRefused where the server answered with an HTTP status instead
     * @throws IOException where it cannot be reached, or not in time
     */
    void await(Duration timeout) throws IOException, InterruptedException {
        try {
            opened.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no handshake in time");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }
}
