package io.tapekeeper.venue.binance;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.binance.BinanceDecoder.Decoded;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps one socket of a stream open for ever: connects, follows it until it ends, waits, connects
 * again. {@link #run} is a thread of its own; what the socket says arrives on the HTTP client's.
 */
final class StreamSession implements Runnable {
    /** The pace at which a silent line is probed: every 2 s of the 90 after which it is dead. */
    private static final int PROBES = 45;

    /** What the sessions of one feed share. */
    record Shared(
            HttpClient client,
            Outlet outlet,
            Gate gate,
            CountDownLatch closing,
            TapeKind kind,
            Settings settings) {}

    /** Lets one attempt to connect through at a time, and not too many in all. */
    static final class Gate {
        private final AttemptBudget budget = new AttemptBudget(300, Duration.ofMinutes(5));

        synchronized WebSocketLine open(URI uri, WebSocketLine.Receiver receiver, Shared shared)
                throws IOException, InterruptedException {
            long wait = budget.nanosToWait(System.nanoTime());
            if (shared.closing.await(wait, TimeUnit.NANOSECONDS)) {
                throw new InterruptedException("closed while waiting to connect");
            }
            budget.take(System.nanoTime());
            return WebSocketLine.open(
                    shared.client, uri, shared.settings.requestTimeout(), receiver);
        }
    }

    /**
     * Why a connection ended.
     *
     * @param pause to keep at least before the next attempt
     * @param atOnce the venue announced it: there is no failure to back off from
     */
    private record Ending(String reason, Duration pause, boolean atOnce) {
        Ending(String reason) {
            this(reason, Duration.ZERO, false);
        }
    }

    private final URI uri;
    private final Map<String, Instrument> instruments;
    private final Shared shared;
    private final Backoff backoff;
    private volatile WebSocketLine line;

    /**
     * @param instruments by their upper-case symbol
     */
    StreamSession(URI uri, Map<String, Instrument> instruments, Shared shared) {
        this.uri = uri;
        this.instruments = instruments;
        this.shared = shared;
        this.backoff =
                new Backoff(
                        shared.settings.firstRetry(),
                        shared.settings.longestRetry(),
                        new SplittableRandom());
    }

    /** The open socket, or null. */
    WebSocketLine line() {
        return line;
    }

    @Override
    public void run() {
        try {
            Duration wait = Duration.ZERO;
            while (!shared.closing.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                wait = connectAndFollow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only the feed's close() interrupts: the end
        }
    }

    /** Returns how long to wait before the next attempt. */
    private Duration connectAndFollow() throws InterruptedException {
        Connection connection = new Connection();
        Ending ending;
        try {
            line = shared.gate.open(uri, connection, shared);
            ending = connection.follow(line);
        } catch (Refusals.UpgradeRefused e) {
            Duration wait = Refusals.wait(e.status(), e.headers(), shared.settings.refusedPause());
            ending = new Ending(Refusals.refused(uri, e.status()), wait, false);
        } catch (IOException e) {
            ending = new Ending(Refusals.unreachable(uri, e));
        } finally {
            WebSocketLine open = line;
            line = null;
            if (open != null && !shared.outlet.closed()) {
                open.abort();
            }
        }
        if (connection.wasStable()) {
            backoff.reset();
        }
        shared.outlet.lost(connection.line, ending.reason, ending.reason);
        if (ending.atOnce && backoff.fresh()) {
            backoff.next(); // a second announcement without data in between is a failure
            return Duration.ZERO;
        }
        Duration wait = backoff.next();
        return ending.pause.compareTo(wait) > 0 ? ending.pause : wait;
    }

    /** One socket from its handshake to its end. */
    private final class Connection implements WebSocketLine.Receiver {
        private final Outlet.Line line = new Outlet.Line();
        private final CompletableFuture<Ending> ended = new CompletableFuture<>();
        private final BinanceDecoder decoder = new BinanceDecoder();
        private boolean proven; // of the receiving thread alone
        private volatile long firstTrade; // local monotonic time
        private volatile long lastTrade;

        Ending follow(WebSocketLine socket) throws InterruptedException {
            Duration limit = shared.settings.readIdle();
            long probe = limit.toNanos() / PROBES;
            while (true) {
                long idle = socket.idleNanos();
                if (idle >= limit.toNanos()) {
                    String length = limit.toString().substring(2).toLowerCase(Locale.ROOT);
                    return new Ending(
                            "%s has sent nothing for %s, not even a ping. Connecting again."
                                    .formatted(uri.getAuthority(), length));
                }
                if (idle >= probe) {
                    socket.probe();
                }
                try {
                    return ended.get(probe - idle % probe, TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    // not ended: look again how long it has been silent
                } catch (ExecutionException e) {
                    throw new IllegalStateException("an ending is a value, never a failure", e);
                }
            }
        }

        boolean wasStable() {
            return lastTrade - firstTrade >= shared.settings.stableAfter().toNanos();
        }

        @Override
        public void text(String message) {
            long received = VenueTime.micros(shared.settings.clock().instant());
            shared.outlet.frame();
            switch (decoder.decode(message, received)) {
                case Decoded.SymbolTrade trade -> trade(trade);
                case Decoded.Reply reply -> shared.outlet.ignored(); // we ask by URL only
                case Decoded.Ignored ignored -> shared.outlet.ignored();
                case Decoded.Malformed malformed ->
                        shared.outlet.malformed(malformed.reason(), message);
                case Decoded.ServerShutdown shutdown ->
                        ended.complete(
                                new Ending(
                                        uri.getAuthority()
                                                + " announced that it closes this connection."
                                                + " Connecting again.",
                                        Duration.ZERO,
                                        true));
                case Decoded.ErrorReply(long code, String text) ->
                        ended.complete(
                                new Ending(
                                        "%s refuses the subscription: %s (code %d). Check the symbols."
                                                .formatted(uri.getAuthority(), text, code),
                                        shared.settings.refusedPause(),
                                        false));
            }
        }

        private void trade(Decoded.SymbolTrade decoded) {
            Instrument instrument = instruments.get(decoded.symbol());
            if (instrument == null || decoded.kind() != shared.kind) {
                shared.outlet.ignored();
                return;
            }
            lastTrade = System.nanoTime();
            if (!proven) {
                proven = true;
                firstTrade = lastTrade;
                shared.outlet.proven(line);
            }
            shared.outlet.deliver(line, new FeedEvent.Traded(instrument, decoded.trade()));
        }

        @Override
        public void unusable(String reason, String beginning) {
            shared.outlet.frame();
            shared.outlet.malformed(reason, beginning);
        }

        @Override
        public void ended(String reason) {
            ended.complete(new Ending(reason));
        }
    }
}
