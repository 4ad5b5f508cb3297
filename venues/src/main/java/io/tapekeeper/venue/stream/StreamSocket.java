package io.tapekeeper.venue.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.TradeBatch;
import io.tapekeeper.venue.net.FrameBatch;
import io.tapekeeper.venue.net.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One socket of a session, from its handshake to its end. What it brings goes to the hub, on the connection's own
 * thread; all else belongs to the session's thread, unless a method says otherwise.
 */
final class StreamSocket implements WebSocketConnection.Receiver, FrameParser.Sink {
    /** How much of a message is shown where it cannot be read. */
    private static final int SHOWN = 200;

    /** Trades that are handed on together: few, for they stay in the nearest cache, and no ring is smaller. */
    private static final int MOST_AT_ONCE = 256;

    /**
     * Why a socket ended.
     *
     * @param pause to keep at least before the next attempt
     */
    record Ending(String reason, Duration pause) {
        Ending(String reason) {
            this(reason, Duration.ZERO);
        }
    }

    private final StreamContext shared;
    private final StallDetector stalls;
    private final Runnable wake;
    private final URI address;
    private final StreamPart part;
    private final FeedHub.Connection out;
    private final AtomicReference<Ending> ending = new AtomicReference<>();
    private volatile boolean announced; // by the venue: the end
    private volatile long firstTrade; // nanoTime; 0 = none came
    private volatile long lastTrade = System.nanoTime();

    // Of the connection's thread alone:
    private final FrameParser parser;
    private final TradeBatch trades = new TradeBatch(MOST_AT_ONCE);
    private long readAt; // nanoTime

    // Of the session's thread alone:
    private WebSocketConnection connection; // null = not open yet, or it could not be opened
    private long openedAt;
    private long silentSince; // though it should not be; 0 = it is as it should be
    boolean unwanted; // to be replaced
    boolean provenStable;

    /**
     * @param stalls learns which trades came
     * @param wake called, by any thread, when there is something to look at
     */
    StreamSocket(StreamPart part, StreamContext shared, StallDetector stalls, Runnable wake) {
        this.part = part;
        this.shared = shared;
        this.stalls = stalls;
        this.wake = wake;
        address = shared.plan().hosts().inUse();
        out = new FeedHub.Connection(part.number());
        parser = shared.plan().parser().apply(part);
    }

    /** Connects, when the budget allows it; blocks until the handshake is complete. */
    void open() throws IOException, InterruptedException {
        ConnectionSettings settings = shared.settings();
        connection = shared.budget()
                .attempt(
                        shared.closing(),
                        () -> WebSocketConnection.open(
                                shared.network(), part.at(address), settings.requestTimeout(), settings.clock(), this));
        openedAt = System.nanoTime();
    }

    URI address() {
        return address;
    }

    String host() {
        return address.getAuthority();
    }

    long openedAt() {
        return openedAt;
    }

    /** Null while it is open; any thread. */
    Ending ending() {
        return ending.get();
    }

    /** The first reason counts; any thread. */
    void end(Ending why) {
        if (ending.compareAndSet(null, why)) {
            shared.hub().lost(out, why.reason, why.reason);
            wake.run();
        }
    }

    /** Whether the venue has announced that it ends this socket. */
    boolean isAnnounced() {
        return announced;
    }

    String announcement() {
        return host() + " announced that it closes this connection. Connecting again.";
    }

    /** Ends it where the venue gives no sign of life. */
    void lookForLife() {
        ConnectionSettings.Sockets limits = shared.settings().sockets();
        long idle = connection.idleNanos();
        if (idle >= limits.readIdle().toNanos()) {
            end(new Ending(silence("has sent nothing for %s, not even a ping", limits.readIdle())));
        } else if (connection.unansweredNanos() >= limits.probeTimeout().toNanos()) {
            end(new Ending(silence("has not answered a ping for %s", limits.probeTimeout())));
        } else if (idle >= limits.probeTimeout().toNanos() / 2) {
            connection.probe();
        }
    }

    private String silence(String what, Duration time) {
        String length = time.toString().substring(2).toLowerCase(Locale.ROOT);
        return host() + " " + what.formatted(length) + ". Connecting again.";
    }

    /** Whether trades have come for so long that failures are forgotten. */
    boolean isStable() {
        return firstTrade != 0
                && lastTrade - firstTrade
                        >= shared.settings().sockets().stableAfter().toNanos();
    }

    /** Whether it has brought trades for as long as an old socket is kept beside it. */
    boolean isProven(long now) {
        return firstTrade != 0 && now - firstTrade >= overlap();
    }

    /** Whether trades that came over it may still wait to be taken. */
    boolean isBehind() {
        return connection.isBehind();
    }

    /** What comes over the old socket must come over this one as well: ends it where it does not. */
    void distrustWhereOnlyTheOldOneSpeaks(StreamSocket old, long now) {
        boolean silent = firstTrade == 0 && !connection.isBehind();
        if (!silent || old.lastTrade - openedAt <= 0) {
            return;
        }
        if (silentSince == 0) {
            silentSince = now;
        } else if (now - silentSince >= overlap()) {
            end(new Ending("%s sends nothing over a new connection, though it does over the old one. Connecting again."
                    .formatted(host())));
        }
    }

    private long overlap() {
        return shared.settings().sockets().overlap().toNanos();
    }

    /** Lets go of it because another one works. */
    void retire() {
        shared.hub().retire(out, "The connection to " + host() + " was replaced.");
        connection.leave();
    }

    /** It keeps trades back; what it does bring is still welcome. */
    void doubt(String reason) {
        shared.hub().stalled(out, reason);
    }

    /** Lets go of it because it keeps back what the old one keeps back too. */
    void dismiss(String reason) {
        shared.hub().lost(out, "stalled", reason);
        connection.leave();
    }

    void abort() {
        if (connection != null) {
            connection.abort();
        }
    }

    @Override
    public void messages(FrameBatch messages) {
        shared.hub().frames(messages.count());
        readAt = System.nanoTime();
        parser.parse(messages, trades, this);
        full();
    }

    @Override
    public void full() {
        int count = trades.count();
        if (count == 0) {
            return;
        }
        lastTrade = readAt;
        if (firstTrade == 0) {
            shared.hub().proven(out);
            firstTrade = System.nanoTime(); // after that, so that no other socket is let go of too early
        }
        shared.hub().deliver(out, trades);
        int place = trades.place(0);
        long newest = trades.trade(0).id();
        for (int i = 1; i < count; i++) {
            if (trades.place(i) != place) {
                stalls.symbol(place).heard(newest);
                place = trades.place(i);
                newest = trades.trade(i).id();
            } else {
                newest = Math.max(newest, trades.trade(i).id());
            }
        }
        stalls.symbol(place).heard(newest);
        trades.clear();
    }

    @Override
    public void ignored() {
        shared.hub().ignored();
    }

    @Override
    public void malformed(String reason, byte[] message) {
        int length = Math.min(message.length, 4 * SHOWN); // a character has at most 4 bytes
        shared.hub().malformed(reason, new String(message, 0, length, UTF_8));
    }

    @Override
    public void closing() {
        announced = true;
        wake.run();
    }

    @Override
    public void refused(String what) {
        full(); // what came before it is sound
        end(new Ending(
                "%s refuses the subscription: %s. Check the symbols.".formatted(host(), what),
                shared.settings().refusedPause()));
    }

    @Override
    public void unusable(String reason, String beginning) {
        shared.hub().frames(1);
        shared.hub().malformed(reason, beginning);
    }

    @Override
    public void paused() {
        shared.hub().paused();
    }

    @Override
    public void ended(String reason) {
        end(new Ending(reason));
    }
}
