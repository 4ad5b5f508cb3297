package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.TradeBatch;
import io.tapekeeper.venue.net.Excerpt;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the connections of a feed meet its listener: one call at a time, none after the close, and a cause of failure
 * reported once. Any thread may call; a listener that blocks blocks the caller.
 */
public final class FeedHub {
    /** One unbroken stretch of connection. Once gone it stays so, whatever still arrives. */
    public static final class Connection {
        private enum State {
            OPENED,
            PROVEN,
            /** Known to keep something back; what it does bring is welcome. */
            DOUBTED,
            GONE
        }

        private final int part;
        private State state = State.OPENED;

        public Connection() {
            this(0);
        }

        /** @param part which part of the feed it carries */
        public Connection(int part) {
            this.part = part;
        }
    }

    private static final System.Logger LOG = System.getLogger(FeedHub.class.getName());

    /** Causes are few; the bound is for a venue that makes up a new one each time. */
    private static final int MOST_SAID = 64;

    private final FeedListener listener;
    private final int[] working; // proven connections of each part
    private final ReentrantLock lock = new ReentrantLock(); // guards the connections and what was said
    private final Set<String> said = new HashSet<>();
    private int workingParts;
    private volatile boolean closed;

    private final LongAdder frames = new LongAdder();
    private final LongAdder trades = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder connects = new LongAdder();
    private final LongAdder stalls = new LongAdder();
    private final LongAdder rotations = new LongAdder();
    private final LongAdder pauses = new LongAdder();
    private volatile String lastMalformed = "";

    /** @param parts of each of which a connection must work for the feed to be connected */
    public FeedHub(FeedListener listener, int parts) {
        this.listener = listener;
        this.working = new int[parts];
    }

    /** Something usable came over the connection. */
    public void proven(Connection connection) {
        lock.lock();
        try {
            if (closed || connection.state != Connection.State.OPENED) {
                return;
            }
            connection.state = Connection.State.PROVEN;
            boolean came = working[connection.part]++ == 0;
            if (came) {
                workingParts++;
                connects.increment();
            }
            if (workingParts == working.length) {
                said.clear();
                if (came) {
                    listener.on(new FeedEvent.Connected());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes on trades that came over the connection, unless that is gone. */
    void deliver(Connection connection, TradeBatch batch) {
        lock.lock();
        try {
            if (connection.state != Connection.State.GONE && !closed) {
                trades.add(batch.count());
                listener.traded(batch);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes on what comes from no connection, such as a price that is carried. */
    public void say(FeedEvent event) {
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
     * The connection is lost, or could not be opened. Where another one of its part works, only the log hears of it.
     *
     * @param cause what makes two failures the same
     */
    public void lost(Connection connection, String cause, String reason) {
        fails(connection, Connection.State.GONE, cause, reason);
    }

    /** The connection keeps trades back. */
    void stalled(Connection connection, String reason) {
        stalls.increment();
        fails(connection, Connection.State.DOUBTED, "stalled", reason);
    }

    private void fails(Connection connection, Connection.State then, String cause, String reason) {
        lock.lock();
        try {
            if (closed || connection.state == Connection.State.GONE) {
                return;
            }
            boolean connected = workingParts == working.length;
            leave(connection, then);
            boolean news = said.size() < MOST_SAID && said.add(cause);
            if (working[connection.part] > 0) {
                if (news) {
                    LOG.log(System.Logger.Level.WARNING, reason);
                }
            } else if (news || connected) {
                LOG.log(System.Logger.Level.WARNING, reason);
                listener.on(new FeedEvent.Disconnected(reason));
            }
        } finally {
            lock.unlock();
        }
    }

    private void leave(Connection connection, Connection.State then) {
        if (connection.state == Connection.State.PROVEN && --working[connection.part] == 0) {
            workingParts--;
        }
        connection.state = then;
    }

    /**
     * Lets go of a connection because another one of its part works.
     *
     * @param otherwise the reason to give where that one has just been lost
     */
    void retire(Connection connection, String otherwise) {
        lock.lock();
        try {
            rotations.increment();
            if (connection.state == Connection.State.PROVEN && working[connection.part] == 1) {
                lost(connection, otherwise, otherwise);
            } else {
                leave(connection, Connection.State.GONE);
            }
        } finally {
            lock.unlock();
        }
    }

    public void frames(int count) {
        frames.add(count);
    }

    void ignored() {
        ignored.increment();
    }

    void paused() {
        pauses.increment();
    }

    /** @param beginning how the message begins */
    public void malformed(String reason, String beginning) {
        malformed.increment();
        lastMalformed = beginning.isEmpty() ? reason : reason + " | " + Excerpt.of(beginning, 200);
        long count = malformed.sum();
        if (Long.bitCount(count) <= 1) { // 1, 2, 4, 8, …: a flood must not fill the log as well
            LOG.log(System.Logger.Level.WARNING, "malformed message {0}: {1}", count, lastMalformed);
        }
    }

    public boolean closed() {
        return closed;
    }

    /** No call begins after the return; waits up to {@code patience} for one in progress. */
    public void close(Duration patience) {
        closed = true;
        try {
            if (lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed all the same
        }
    }

    public FeedCounts counts() {
        return new FeedCounts(
                frames.sum(),
                trades.sum(),
                ignored.sum(),
                malformed.sum(),
                Math.max(0, connects.sum() - working.length),
                stalls.sum(),
                rotations.sum(),
                pauses.sum(),
                lastMalformed);
    }
}
