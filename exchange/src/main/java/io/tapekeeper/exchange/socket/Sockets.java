package io.tapekeeper.exchange.socket;

import io.tapekeeper.exchange.play.Player;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** All open WebSocket connections, and what they share. Thread-safe. */
public final class Sockets {
    private final Player player;
    private final SocketRules rules;
    private final Set<SocketConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong slowCloses = new AtomicLong();

    public Sockets(Player player, SocketRules rules) {
        this.player = player;
        this.rules = rules;
    }

    Player player() {
        return player;
    }

    SocketRules rules() {
        return rules;
    }

    void opened(SocketConnection connection) {
        open.add(connection);
    }

    void closed(SocketConnection connection) {
        open.remove(connection);
    }

    void countSlowClose() {
        slowCloses.incrementAndGet();
    }

    public int connected() {
        return open.size();
    }

    /** Clients closed because they did not read. */
    public long slowCloses() {
        return slowCloses.get();
    }

    /** Tells every client that the exchange stops, and closes. */
    public void shutDown() {
        open.forEach(SocketConnection::shutDown);
    }
}
