package io.tapekeeper.exchange.socket;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.ChannelFuture;
import io.tapekeeper.exchange.play.Player;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** All open WebSocket connections, and what they share. Thread-safe. */
public final class Sockets {
    private static final long FIVE_MINUTES = MINUTES.toNanos(5);
    private static final int ADDRESSES = 1_024;

    private final Player player;
    private final SocketRules rules;
    private final Set<SocketConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Deque<Long>> attempts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Deque<Long>> eldest) {
            return size() > ADDRESSES;
        }
    };
    private final AtomicLong slowCloses = new AtomicLong();

    public Sockets(Player player, SocketRules rules) {
        this.player = player;
        this.rules = rules;
    }

    /** Takes note of an attempt to connect; whether it is within the limit of its address. */
    boolean admits(InetAddress client) {
        synchronized (attempts) {
            Deque<Long> recent = attempts.computeIfAbsent(client, address -> new ArrayDeque<>());
            long now = System.nanoTime();
            while (!recent.isEmpty() && now - recent.getFirst() >= FIVE_MINUTES) {
                recent.removeFirst();
            }
            boolean admitted = recent.size() < rules.attempts();
            recent.addLast(now);
            if (recent.size() > rules.attempts()) {
                recent.removeFirst(); // bounded, and who goes on is refused on
            }
            return admitted;
        }
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

    /** Tells every client that the exchange stops, and closes; returns when all are gone or the time is up. */
    public void shutDown(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<ChannelFuture> ends = open.stream().map(SocketConnection::shutDown).toList();
        for (ChannelFuture end : ends) {
            // The result does not matter: the threads are stopped next, and with them what is left.
            end.awaitUninterruptibly(Math.max(0, deadline - System.nanoTime()), NANOSECONDS);
        }
    }
}
