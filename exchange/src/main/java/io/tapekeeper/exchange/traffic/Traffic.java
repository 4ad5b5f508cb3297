package io.tapekeeper.exchange.traffic;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of requests, answers and connections since the start. Thread-safe. */
public final class Traffic {
    private final Map<Integer, AtomicLong> answers = new ConcurrentHashMap<>();
    private final AtomicLong upgrades = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();

    void answered(int status) {
        answers.computeIfAbsent(status, any -> new AtomicLong()).incrementAndGet();
    }

    void upgradeAttempted() {
        upgrades.incrementAndGet();
    }

    void upgraded() {
        accepted.incrementAndGet();
    }

    /** Answers to requests under {@code /api}, by HTTP status. */
    public Map<Integer, Long> answers() {
        Map<Integer, Long> counts = new TreeMap<>();
        answers.forEach((status, count) -> counts.put(status, count.get()));
        return counts;
    }

    /** Attempts to open a WebSocket, refused ones included. */
    public long upgradeAttempts() {
        return upgrades.get();
    }

    /** WebSockets opened. */
    public long connectionsAccepted() {
        return accepted.get();
    }
}
