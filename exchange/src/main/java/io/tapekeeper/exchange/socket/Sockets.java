package io.tapekeeper.exchange.socket;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tapekeeper.exchange.play.Player;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** All open WebSocket connections and what they share. Thread-safe. */
public final class Sockets {
    private static final long FIVE_MINUTES = TimeUnit.MINUTES.toNanos(5);
    private static final int ADDRESSES = 1_024;

    /** What every connection is asked to do. */
    enum Event {
        SHUTDOWN
    }

    private final Player player;
    private final SocketRules rules;
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
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

    /** Counts an attempt to connect; returns whether it is within the limit of its address. */
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
                recent.removeFirst(); // bounded, and a client that keeps trying stays refused
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

    /** Counts a connection until it closes. */
    void opened(Channel connection) {
        open.add(connection);
    }

    void countSlowClose() {
        slowCloses.incrementAndGet();
    }

    public int connected() {
        return open.size();
    }

    /** Clients closed for not reading. */
    public long slowCloses() {
        return slowCloses.get();
    }

    /** Sends every client the notice that the exchange stops, and closes; returns when all are gone or time is up. */
    public void shutDown(Duration patience) {
        open.forEach(connection -> connection.pipeline().fireUserEventTriggered(Event.SHUTDOWN));
        // The result does not matter: the threads are stopped next, and with them what is left.
        var unused = open.newCloseFuture().awaitUninterruptibly(patience.toMillis());
    }
}
