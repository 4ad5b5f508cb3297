package io.tapekeeper.recorder.health;

import io.tapekeeper.recorder.tape.FeedStateListener;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * State of the feed: whether it delivers, when the tape thread last published what it made of it, and which silences
 * the venue has confirmed. All times are local monotonic time. Thread-safe.
 */
public final class FeedState implements FeedStateListener {
    /**
     * Whether the feed delivers.
     *
     * @param reason why not; empty while it does
     * @param since when it connected last; without meaning while it does not deliver
     */
    record Connection(boolean connected, String reason, long since) {}

    private final Map<String, Long> quietAt = new ConcurrentHashMap<>(); // by symbol
    private volatile Connection connection;
    private volatile long publishedAt;

    /** @param reason why nothing comes yet */
    public FeedState(String reason) {
        connection = new Connection(false, reason, 0);
    }

    @Override
    public void connected(long nanos) {
        connection = new Connection(true, "", nanos);
    }

    @Override
    public void disconnected(String reason) {
        connection = new Connection(false, reason, 0);
    }

    @Override
    public void published(long nanos) {
        publishedAt = nanos;
    }

    /** The venue has nothing newer of a symbol than what is on the tape. */
    public void quiet(String symbol, long nanos) {
        quietAt.put(symbol, nanos);
    }

    /** Whether the feed delivers. */
    public boolean isConnected() {
        return connection.connected();
    }

    Connection connection() {
        return connection;
    }

    /** When the tape thread last published its snapshots; 0 before the first time. */
    long publishedAt() {
        return publishedAt;
    }

    /** When the venue last confirmed that it has nothing newer; empty where it never has. */
    OptionalLong quietAt(String symbol) {
        Long at = quietAt.get(symbol);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }
}
