package io.tapekeeper.venue.binance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One open WebSocket: the JDK's, behind the few words that a session needs. The rest of the package
 * knows nothing of {@code java.net.http.WebSocket}, so a faster client can take its place here.
 *
 * <p>The next message is asked for only when the receiver has returned, so a slow receiver slows
 * the venue down over TCP. The JDK answers pings by itself.
 */
final class WebSocketLine implements WebSocket.Listener {
    /** Hears what comes over the line, one call at a time, on a thread of the HTTP client. */
    interface Receiver {
        void text(String message);

        /** A message that is no text, or too long to be one of ours. */
        void unusable(String reason, String beginning);

        /** The line is dead; may be said again. */
        void ended(String reason);
    }

    private static final System.Logger LOG = System.getLogger(WebSocketLine.class.getName());

    /**
     * After a stall all that was sent arrives at once, and Binance cuts off who sends more than
     * five messages in a second, pings and pongs included. Fewer would not do: with nobody there
     * the first ping brings a TCP reset, the second runs into it, and the JDK reports that for the
     * third.
     */
    private static final int MOST_UNANSWERED = 3;

    private final URI address;
    private final Receiver receiver;
    private final StringBuilder parts = new StringBuilder();
    private boolean skipping;
    private volatile WebSocket socket;
    private volatile long lastFrame = System.nanoTime();
    private volatile boolean receiving;
    private long pings; // of the session's thread alone
    private volatile long answered; // number of the newest ping that a pong has come for

    private WebSocketLine(URI address, Receiver receiver) {
        this.address = address;
        this.receiver = receiver;
    }

    /**
     * Opens a line; blocks until the handshake is complete. The receiver may be called before the
     * return.
     *
     * @throws Refusals.UpgradeRefused where the venue answered with an HTTP status instead
     * @throws IOException where it cannot be reached
     */
    static WebSocketLine open(HttpClient client, URI uri, Duration timeout, Receiver receiver)
            throws IOException, InterruptedException {
        WebSocketLine line = new WebSocketLine(uri, receiver);
        CompletableFuture<WebSocket> opening =
                client.newWebSocketBuilder().connectTimeout(timeout).buildAsync(uri, line);
        boolean opened = false;
        try {
            line.socket = opening.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            opened = true;
            return line;
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no handshake in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused
                    && refused.getResponse() != null) {
                throw new Refusals.UpgradeRefused(
                        refused.getResponse().statusCode(), refused.getResponse().headers());
            }
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            if (!opened) { // it may still open, with nobody there to use it
                var unused = opening.thenAccept(WebSocket::abort);
            }
        }
    }

    /** How long nothing has come, pings included; 0 while the receiver is at work on something. */
    long idleNanos() {
        return receiving ? 0 : System.nanoTime() - lastFrame;
    }

    /**
     * Sends a ping unless {@value #MOST_UNANSWERED} are unanswered. The pong, or the failure to
     * send, tells a quiet line from a dead one; without it the JDK (25 was seen to) sometimes
     * overlooks for ever that the other side hung up, where that comes right behind a message.
     * Called by the session's thread alone.
     */
    void probe() {
        if (pings - answered >= MOST_UNANSWERED) {
            return;
        }
        pings++;
        var unused =
                socket.sendPing(ByteBuffer.allocate(Long.BYTES).putLong(0, pings))
                        .whenComplete((sent, failure) -> {
                            if (failure != null) {
                                receiver.ended(Refusals.unreachable(address, failure));
                            }
                        });
    }

    /** Says goodbye; complete when it was sent. */
    CompletableFuture<?> sendClose() {
        return socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
    }

    void abort() {
        socket.abort();
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        lastFrame = System.nanoTime();
        webSocket.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
        receiving = true;
        if (last && parts.isEmpty() && !skipping) {
            receiver.text(part.toString());
        } else {
            join(part, last);
        }
        return next(webSocket);
    }

    /** Long messages come in parts. */
    private void join(CharSequence part, boolean last) {
        if (!skipping && parts.length() + part.length() > BinanceDecoder.MAX_FRAME) {
            skipping = true;
            receiver.unusable("longer than " + BinanceDecoder.MAX_FRAME, parts.substring(0, 200));
            parts.setLength(0);
            parts.trimToSize();
        }
        if (!skipping) {
            parts.append(part);
        }
        if (last) {
            if (!skipping) {
                receiver.text(parts.toString());
            }
            parts.setLength(0);
            skipping = false;
        }
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        receiving = true;
        if (last) {
            receiver.unusable("a binary message", "");
        }
        return next(webSocket);
    }

    @Override
    public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
        return next(webSocket);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
        if (message.remaining() == Long.BYTES) { // else none of ours: pongs may come unasked
            answered = message.getLong();
        }
        return next(webSocket);
    }

    private CompletionStage<?> next(WebSocket webSocket) {
        lastFrame = System.nanoTime();
        receiving = false;
        webSocket.request(1);
        return null; // the part may be reclaimed: it has been copied
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
        receiver.ended(
                "%s closed the connection (code %d%s). Connecting again."
                        .formatted(
                                address.getAuthority(),
                                code,
                                reason.isEmpty() ? "" : ": " + BinanceJson.clip(reason, 123)));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable failure) {
        if (failure instanceof IOException) {
            receiver.ended(Refusals.unreachable(address, failure));
        } else { // not the network's: the JDK passes on here what our own side threw
            LOG.log(System.Logger.Level.ERROR, "the listener of a feed failed", failure);
            receiver.ended(
                    "What listens to %s failed; the log says how. Connecting again."
                            .formatted(address.getAuthority()));
        }
    }
}
