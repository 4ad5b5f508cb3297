package io.tapekeeper.venue.binance;

import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FeedListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the lines of a feed meet its listener: one event at a time, none after the close, and a
 * cause of failure said once. Any thread may call; a listener that blocks blocks the caller.
 */
final class Outlet {
    /** One unbroken stretch of connection. Once lost it stays lost, whatever still arrives. */
    static final class Line {
        private boolean proven;
        private boolean lost;
    }

    private static final System.Logger LOG = System.getLogger(Outlet.class.getName());

    /** Causes are few; the bound is for a venue that makes up a new one each time. */
    private static final int MOST_SAID = 64;

    private final FeedListener listener;
    private final int lines;
    private final ReentrantLock lock = new ReentrantLock(); // guards the lines and what was said
    private final Set<String> said = new HashSet<>();
    private int working;
    private volatile boolean closed;

    private final LongAdder frames = new LongAdder();
    private final LongAdder trades = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder connects = new LongAdder();
    private volatile String lastMalformed = "";

    /**
     * @param lines how many lines must work for the feed to be connected
     */
    Outlet(FeedListener listener, int lines) {
        this.listener = listener;
        this.lines = lines;
    }

    /** Something usable came over the line. */
    void proven(Line line) {
        lock.lock();
        try {
            if (closed || line.lost || line.proven) {
                return;
            }
            line.proven = true;
            working++;
            connects.increment();
            if (working == lines) {
                said.clear();
                listener.on(new FeedEvent.Connected());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes on what came over the line, unless it is lost. */
    void deliver(Line line, FeedEvent event) {
        lock.lock();
        try {
            if (!line.lost) {
                say(event);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes on what comes from no line, such as a price that is carried. */
    void say(FeedEvent event) {
        lock.lock();
        try {
            if (!closed) {
                trades.increment();
                listener.on(event);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The line is lost, or could not be opened.
     *
     * @param cause what makes two failures the same
     */
    void lost(Line line, String cause, String reason) {
        lock.lock();
        try {
            if (closed || line.lost) {
                return;
            }
            line.lost = true;
            boolean connected = working == lines;
            if (line.proven) {
                working--;
            }
            boolean news = (said.size() < MOST_SAID && said.add(cause)) || connected;
            if (news) {
                LOG.log(System.Logger.Level.WARNING, reason);
                listener.on(new FeedEvent.Disconnected(reason));
            }
        } finally {
            lock.unlock();
        }
    }

    void frame() {
        frames.increment();
    }

    void ignored() {
        ignored.increment();
    }

    /**
     * @param beginning how the message begins
     */
    void malformed(String reason, String beginning) {
        malformed.increment();
        lastMalformed =
                beginning.isEmpty() ? reason : reason + " | " + BinanceJson.clip(beginning, 200);
        long count = malformed.sum();
        if (Long.bitCount(count) <= 1) { // 1, 2, 4, 8, …: a flood must not fill the log as well
            LOG.log(
                    System.Logger.Level.WARNING,
                    "malformed message {0}: {1}",
                    count,
                    lastMalformed);
        }
    }

    boolean closed() {
        return closed;
    }

    /** No event begins after the return; waits up to {@code patience} for one in progress. */
    void close(Duration patience) {
        closed = true;
        try {
            if (lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed all the same
        }
    }

    FeedCounts counts() {
        return new FeedCounts(
                frames.sum(),
                trades.sum(),
                ignored.sum(),
                malformed.sum(),
                Math.max(0, connects.sum() - lines),
                lastMalformed);
    }
}
