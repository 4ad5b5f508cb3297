package io.tapekeeper.venue.stream;

import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.TradeBatch;
import io.tapekeeper.venue.binance.BinanceDecoder;
import io.tapekeeper.venue.binance.BinanceDecoder.Decoded;
import io.tapekeeper.venue.binance.BinanceStream;
import io.tapekeeper.venue.binance.TradeScanner;
import io.tapekeeper.venue.limit.Backoff;
import io.tapekeeper.venue.limit.ConnectBudget;
import io.tapekeeper.venue.limit.VenueErrors;
import io.tapekeeper.venue.net.FrameBatch;
import io.tapekeeper.venue.net.SocketLoop;
import io.tapekeeper.venue.net.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps one socket of a stream open for ever, on a thread of its own ({@link #run}).
 *
 * <p>A socket that ends is opened again. One that gets old, announces its end or keeps trades back is replaced with an
 * overlap: a successor is opened beside it, and only when the successor has had a first trade, and some time for what
 * is still on its way, the old one is let go of. Where the market is too quiet for that, both stay open until the old
 * one ends.
 */
public final class StreamSession implements Runnable {
    private static final System.Logger LOG = System.getLogger(StreamSession.class.getName());

    /** How exact the supervision is; what a socket itself says wakes it at once. */
    private static final long LOOK_NANOS = 100_000_000;

    /** The sockets of many clients must not rotate together. */
    private static final double ROTATION_JITTER = 0.1;

    /** How much of a message is shown where it cannot be read. */
    private static final int SHOWN = 200;

    /** Trades that are handed on together: few, for they stay in the nearest cache, and no ring is smaller. */
    private static final int MOST_AT_ONCE = 256;

    /** What the sessions of one feed share. */
    public record Shared(
            StreamHosts hosts,
            SocketLoop network,
            FeedHub outlet,
            Gate gate,
            CountDownLatch closing,
            TapeKind kind,
            ConnectionSettings settings,
            NewestIdSource witness) {}

    /** Lets one attempt to connect through at a time, and not too many in all. */
    public static final class Gate {
        private final ConnectBudget permits;

        public Gate(ConnectBudget permits) {
            this.permits = permits;
        }

        synchronized WebSocketConnection open(URI uri, WebSocketConnection.Receiver receiver, Shared shared)
                throws IOException, InterruptedException {
            long wait;
            do {
                wait = permits.nanosToWait();
                if (shared.closing.await(wait, TimeUnit.NANOSECONDS)) {
                    throw new InterruptedException("closed while waiting to connect");
                }
            } while (wait > 0);
            permits.take();
            try {
                return WebSocketConnection.open(
                        shared.network, uri, shared.settings.requestTimeout(), shared.settings.clock(), receiver);
            } catch (VenueErrors.UpgradeRefused e) {
                if (e.status() == 429 || e.status() == 418) {
                    permits.refused(e.status(), pause(e, shared));
                }
                throw e;
            }
        }

        /** How long no session can connect. */
        synchronized Duration toWait() {
            return Duration.ofNanos(permits.nanosToWait());
        }
    }

    /**
     * Why a connection ended.
     *
     * @param pause to keep at least before the next attempt
     */
    private record Ending(String reason, Duration pause) {
        Ending(String reason) {
            this(reason, Duration.ZERO);
        }
    }

    private final BinanceStream.Part part;
    private final boolean spare;
    private final Shared shared;
    private final ConnectionSettings.Sockets limits;
    private final StallDetector stalls;
    private final Backoff backoff;
    private final SplittableRandom random = new SplittableRandom();
    private volatile Thread thread;

    // Of the session's thread alone:
    private Connection current; // the one that is relied on; null = none is open
    private Connection successor; // open beside it; null = none is
    private long attemptAfter;
    private int opened;

    /** @param spare the part has another session: the two do not rotate at the same time */
    public StreamSession(BinanceStream.Part part, boolean spare, Shared shared) {
        this.part = part;
        this.spare = spare;
        this.shared = shared;
        limits = shared.settings.sockets();
        stalls = new StallDetector(
                List.copyOf(part.instruments().values()),
                shared.kind,
                limits,
                shared.witness,
                Thread::startVirtualThread,
                this::wake);
        backoff = new Backoff(shared.settings.firstRetry(), shared.settings.longestRetry(), random.split());
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        attemptAfter = System.nanoTime();
        try {
            while (shared.closing.getCount() > 0) {
                look(System.nanoTime());
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only the feed's close() interrupts: the end
        }
    }

    private void look(long now) throws InterruptedException {
        if (successor != null) {
            successor.lookForLife();
            distrustASilentSuccessor(now);
            if (successor.announced) {
                successor.end(new Ending(successor.announcement()));
            }
            if (successor.ending() != null) {
                ended(successor, now);
                successor = null;
            }
        }
        if (current != null) {
            current.lookForLife();
            if (current.ending() != null) {
                ended(current, now);
                succeed();
                stalls.restart(now);
            }
        }
        if (successor != null && successor.provedItselfBefore(now) && !current.line.isBehind()) {
            LOG.log(System.Logger.Level.INFO, "{0}: a new connection took over", successor.host());
            shared.outlet.retire(current.out, "The connection to " + current.host() + " was replaced.");
            current.line.leave();
            succeed();
        }
        if (current != null) {
            watchOver(now);
        }
        boolean wanted = current == null || (current.unwanted && successor == null);
        if (wanted && now - attemptAfter >= 0) {
            connect();
        }
    }

    private void succeed() {
        current = successor;
        successor = null;
    }

    private void watchOver(long now) {
        if (!current.provenStable && current.isStable()) {
            current.provenStable = true;
            backoff.reset();
        }
        if (!current.unwanted) {
            if (current.announced) {
                LOG.log(System.Logger.Level.INFO, current.announcement());
                replaceAfterAFault(now);
            } else if (now - current.rotateAt >= 0) {
                current.unwanted = true;
            }
        }
        if (!current.line.isBehind()) {
            stalls.look(now).ifPresent(what -> keepsBack(what, now));
        }
    }

    /** At once for the first time, later after a back-off: it might happen to each socket. */
    private void replaceAfterAFault(long now) {
        current.unwanted = true;
        boolean first = backoff.fresh();
        Duration wait = backoff.next();
        if (!first) {
            keepAway(now, wait);
        }
    }

    /** A pause that the venue has asked for is never cut short by another fault. */
    private void keepAway(long now, Duration wait) {
        attemptAfter = Math.max(attemptAfter - now, wait.toNanos()) + now; // nanoTime may overflow
    }

    private void keepsBack(String what, long now) {
        String reason = "%s keeps trades back: %s. Connecting again.".formatted(current.host(), what);
        shared.outlet.stalled(current.out, reason);
        if (successor != null) { // which brought them no more than the old one did
            shared.outlet.lost(successor.out, "stalled", reason);
            successor.line.leave();
            successor = null;
            current.unwanted = false;
        }
        if (!current.unwanted) {
            replaceAfterAFault(now);
        }
    }

    /** What comes over the old one must come over the new one as well. */
    private void distrustASilentSuccessor(long now) {
        boolean silent = successor.firstTrade == 0 && !successor.line.isBehind();
        if (!silent || current.lastTrade - successor.openedAt <= 0) {
            return;
        }
        if (successor.silentSince == 0) {
            successor.silentSince = now;
        } else if (now - successor.silentSince >= limits.overlap().toNanos()) {
            successor.end(new Ending(
                    "%s sends nothing over a new connection, though it does over the old one. Connecting again."
                            .formatted(successor.host())));
        }
    }

    private void ended(Connection connection, long now) {
        if (connection.line != null) {
            connection.line.abort();
        }
        // Where its replacement has been decided on already, that stands.
        Duration wait = connection.unwanted ? Duration.ZERO : backoff.next();
        Duration pause = connection.ending().pause;
        keepAway(now, wait.compareTo(pause) > 0 ? wait : pause);
    }

    private void connect() throws InterruptedException {
        Duration wait = shared.gate.toWait();
        if (wait.isPositive()) { // not in the gate: what is open must be watched over meanwhile
            keepAway(System.nanoTime(), wait);
            return;
        }
        Connection connection = new Connection();
        Ending failure;
        try {
            if (current != null) {
                connection.open();
                successor = connection;
            } else {
                stalls.restart(System.nanoTime());
                connection.open();
                stalls.expect(connection.openedAt);
                current = connection;
            }
            return;
        } catch (VenueErrors.UpgradeRefused e) {
            if (e.status() == 451 && shared.hosts.moveFrom(connection.address)) {
                return; // the next look connects there
            }
            failure = new Ending(
                    e.status() == 451 ? shared.hosts.refusal() : VenueErrors.refused(connection.address, e.status()),
                    pause(e, shared));
        } catch (IOException e) {
            failure = new Ending(VenueErrors.unreachable(connection.address, e));
        }
        connection.end(failure);
        ended(connection, System.nanoTime());
    }

    private static Duration pause(VenueErrors.UpgradeRefused refusal, Shared shared) {
        return VenueErrors.wait(refusal.status(), refusal.headers(), shared.settings.refusedPause());
    }

    /** One socket from its handshake to its end. */
    private final class Connection implements WebSocketConnection.Receiver {
        private final URI address = shared.hosts.inUse();
        private final FeedHub.Line out = new FeedHub.Line(part.number());
        private final BinanceDecoder decoder = new BinanceDecoder();

        // Of the line's thread alone:
        private final TradeScanner<StallDetector.Pulse> scanner = stalls.scanner();
        private final TradeBatch batch = new TradeBatch(MOST_AT_ONCE);

        private final AtomicReference<Ending> ending = new AtomicReference<>();
        private volatile boolean announced; // by the venue: the end
        private volatile long firstTrade; // nanoTime; 0 = none came
        private volatile long lastTrade = System.nanoTime();

        // Of the session's thread alone:
        private WebSocketConnection line;
        private long openedAt;
        private long rotateAt;
        private boolean unwanted; // to be replaced
        private boolean provenStable;
        private long silentSince; // though it should not be; 0 = it is as it should be

        void open() throws IOException, InterruptedException {
            line = shared.gate.open(part.at(address), this, shared);
            openedAt = System.nanoTime();
            double age = 1 - ROTATION_JITTER * random.nextDouble();
            if (spare && opened == 0) {
                age /= 2;
            }
            opened++;
            rotateAt = openedAt + (long) (age * limits.rotateAfter().toNanos());
        }

        /** Null while it is open; any thread. */
        Ending ending() {
            return ending.get();
        }

        /** The first reason counts; any thread. */
        void end(Ending why) {
            if (ending.compareAndSet(null, why)) {
                shared.outlet.lost(out, why.reason, why.reason);
                wake();
            }
        }

        String host() {
            return address.getAuthority();
        }

        String announcement() {
            return host() + " announced that it closes this connection. Connecting again.";
        }

        void lookForLife() {
            long idle = line.idleNanos();
            if (idle >= limits.readIdle().toNanos()) {
                end(new Ending(silence("has sent nothing for %s, not even a ping", limits.readIdle())));
            } else if (line.unansweredNanos() >= limits.probeTimeout().toNanos()) {
                end(new Ending(silence("has not answered a ping for %s", limits.probeTimeout())));
            } else if (idle >= limits.probeTimeout().toNanos() / 2) {
                line.probe();
            }
        }

        private String silence(String what, Duration time) {
            String length = time.toString().substring(2).toLowerCase(Locale.ROOT);
            return host() + " " + what.formatted(length) + ". Connecting again.";
        }

        boolean isStable() {
            return lastTrade - firstTrade >= limits.stableAfter().toNanos() && firstTrade != 0;
        }

        boolean provedItselfBefore(long now) {
            return firstTrade != 0 && now - firstTrade >= limits.overlap().toNanos();
        }

        @Override
        public void messages(FrameBatch messages) {
            shared.outlet.frames(messages.count());
            long now = System.nanoTime();
            StallDetector.Pulse pulse = null; // of the trade before
            long newest = -1; // id of its trades in a row
            for (int i = 0; i < messages.count(); i++) {
                TradeSlot slot = batch.next();
                StallDetector.Pulse next =
                        scanner.scan(messages.bytes(), messages.from(i), messages.to(i), messages.received(), slot);
                if (pulse != null && pulse != next) {
                    pulse.heard(newest);
                    newest = -1;
                }
                pulse = next;
                if (next != null) {
                    newest = Math.max(newest, slot.id());
                    traded(next, now);
                } else {
                    unusual(messages.copyOf(i), messages.received(), now);
                }
            }
            deliver();
            if (pulse != null) {
                pulse.heard(newest);
            }
        }

        /** Whatever is not written as nearly all trades are. */
        private void unusual(byte[] message, long received, long now) {
            switch (decoder.decode(message, received)) {
                case Decoded.SymbolTrade trade -> {
                    StallDetector.Pulse pulse = stalls.pulse(trade.symbol());
                    if (pulse == null || trade.kind() != shared.kind) {
                        shared.outlet.ignored();
                    } else {
                        pulse.heard(trade.trade().id());
                        batch.next().set(trade.trade());
                        traded(pulse, now);
                    }
                }
                case Decoded.Reply reply -> shared.outlet.ignored(); // we ask by URL only
                case Decoded.Ignored ignored -> shared.outlet.ignored();
                case Decoded.Malformed malformed -> shared.outlet.malformed(malformed.reason(), beginning(message));
                case Decoded.ServerShutdown shutdown -> {
                    announced = true;
                    wake();
                }
                case Decoded.ErrorReply(long code, String text) -> {
                    deliver(); // what came before it is sound
                    end(new Ending(
                            "%s refuses the subscription: %s (code %d). Check the symbols."
                                    .formatted(host(), text, code),
                            shared.settings.refusedPause()));
                }
            }
        }

        private static String beginning(byte[] message) {
            int length = Math.min(message.length, 4 * SHOWN); // a character has at most 4 bytes
            return new String(message, 0, length, StandardCharsets.UTF_8);
        }

        /** The batch has one more trade. */
        private void traded(StallDetector.Pulse pulse, long now) {
            if (lastTrade != now) {
                lastTrade = now;
            }
            if (firstTrade == 0) {
                shared.outlet.proven(out);
                firstTrade = System.nanoTime(); // behind it: so nobody lets go of another too early
            }
            batch.add(pulse.instrument);
            if (batch.isFull()) {
                deliver();
            }
        }

        private void deliver() {
            if (batch.count() > 0) {
                shared.outlet.deliver(out, batch);
                batch.clear();
            }
        }

        @Override
        public void unusable(String reason, String beginning) {
            shared.outlet.frames(1);
            shared.outlet.malformed(reason, beginning);
        }

        @Override
        public void paused() {
            shared.outlet.paused();
        }

        @Override
        public void ended(String reason) {
            end(new Ending(reason));
        }
    }
}
