package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.limit.ConnectBudget;
import io.tapekeeper.venue.net.SocketLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Trades as a venue's WebSockets print them.
 *
 * <p>A socket that ends is opened again for ever: after a random time that doubles from 0.5 s to 30 s at each failure,
 * and not before a pause where the venue refused us. Where it does not serve this location, its next host is asked at
 * once. What was printed in between is missing.
 *
 * <p>A socket is replaced before the venue would end it, where the venue announces its end, and where it keeps trades
 * back: where a symbol has been silent for longer than is usual and the {@link NewestIdSource} knows newer trades. Then
 * the old one stays until the new one has had its first trade, so nothing is missing, and for a while trades come
 * twice.
 *
 * <p>Trades of one socket come in the order in which they arrived; a message that cannot be read is counted and
 * skipped.
 */
public final class StreamFeed implements Feed {
    private static final Duration LAST_EVENT = Duration.ofMillis(400);
    private static final Duration LAST_ATTEMPT = Duration.ofMillis(200);

    private final StreamContext shared;
    private final List<Thread> threads = new ArrayList<>(); // guarded by this

    /**
     * @param budget for all attempts to connect
     * @param newest knows whether a silent symbol has traded
     */
    public StreamFeed(
            StreamPlan plan,
            ConnectionSettings settings,
            ConnectBudget budget,
            NewestIdSource newest,
            FeedListener listener) {
        SocketLoop network = new SocketLoop(plan.hosts().anySecure() ? SocketLoop.publicTrust() : null, plan.limits());
        FeedHub hub = new FeedHub(listener, plan.parts().size());
        shared = new StreamContext(plan, settings, budget, newest, network, hub, new CountDownLatch(1));
    }

    @Override
    public synchronized void start() {
        if (!threads.isEmpty() || shared.hub().closed()) {
            throw new IllegalStateException("a feed starts once");
        }
        for (StreamPart part : shared.plan().parts()) {
            start(new StreamSession(part, false, shared));
            if (shared.plan().redundant()) {
                start(new StreamSession(part, true, shared));
            }
        }
    }

    private void start(StreamSession session) {
        threads.add(Thread.ofPlatform()
                .name("venue-stream-" + threads.size())
                .daemon()
                .start(session));
    }

    @Override
    public synchronized void close() {
        shared.hub().close(LAST_EVENT);
        shared.closing().countDown();
        threads.forEach(Thread::interrupt);
        awaitSessions(); // none should begin to connect while the network ends
        shared.network().close();
    }

    private void awaitSessions() {
        long end = System.nanoTime() + LAST_ATTEMPT.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // in a hurry: they end all the same
        }
    }

    @Override
    public FeedCounts counts() {
        return shared.hub().counts();
    }
}
