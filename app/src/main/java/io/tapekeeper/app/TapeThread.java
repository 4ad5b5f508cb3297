package io.tapekeeper.app;

import io.tapekeeper.store.StoreException;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FeedListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The one thread that changes market state. Feeds put events into a bounded queue and wait where it
 * is full, which is the back-pressure that reaches the socket; nothing is dropped.
 */
final class TapeThread implements FeedListener, AutoCloseable {
    private static final Logger LOG = System.getLogger(TapeThread.class.getName());

    /** Events that may wait; a few hundred milliseconds of a very busy market. */
    private static final int QUEUE = 65_536;

    private record Aside(Runnable task, CompletableFuture<Void> done) {}

    private static final long NOT_BEGUN = Long.MIN_VALUE;
    private static final int BATCH = 4_096;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ArrayBlockingQueue<FeedEvent> queue = new ArrayBlockingQueue<>(QUEUE);

    /** Few: whoever asks for one waits for it. */
    private final Queue<Aside> asides = new ConcurrentLinkedQueue<>();

    private final LongAdder waits = new LongAdder();
    private final Map<String, Watch> watches;
    private final HealthTeller health;
    private final Stop stop;
    private final Thread thread;
    private volatile boolean closing;
    private volatile long lastTradeNanos;

    /**
     * @param watches by symbol; from {@link #start} on owned by this thread
     */
    TapeThread(Map<String, Watch> watches, HealthTeller health, Stop stop) {
        this.watches = watches;
        this.health = health;
        this.stop = stop;
        boolean begun = watches.values().stream().anyMatch(watch -> watch.now().lastId() >= 0);
        lastTradeNanos = begun ? System.nanoTime() : NOT_BEGUN; // stored trades have begun the tape
        thread =
                Thread.ofPlatform()
                        .name("tape")
                        .uncaughtExceptionHandler(this::broke)
                        .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void on(FeedEvent event) {
        if (queue.offer(event)) {
            return;
        }
        waits.increment();
        try {
            queue.put(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the feed is being closed
        }
    }

    /** A fault of our own: better to end in plain sight than to look alive. */
    void broke(Thread thread, Throwable fault) {
        LOG.log(Level.ERROR, "the thread " + thread.getName() + " broke", fault);
        stop.fail(
                Failure.outside(
                        "internal error: %s. Nothing stored is lost; the details are in %s, please report them"
                                .formatted(fault, LogFile.whereabouts()),
                        fault));
    }

    private void run() {
        try {
            List<FeedEvent> batch = new ArrayList<>(BATCH);
            long ticked = System.nanoTime();
            while (!(closing && queue.isEmpty())) {
                FeedEvent first = queue.poll(TICK_NANOS, TimeUnit.NANOSECONDS);
                long now = System.nanoTime();
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    for (FeedEvent event : batch) {
                        take(event, now);
                    }
                    batch.clear();
                }
                for (Aside aside = asides.poll(); aside != null; aside = asides.poll()) {
                    aside.task.run();
                    aside.done.complete(null);
                }
                if (now - ticked >= TICK_NANOS) {
                    ticked = now;
                    tick(now);
                }
            }
            tick(System.nanoTime());
            watches.values().forEach(Watch::checkpoint);
        } catch (StoreException e) {
            stop.fail(Failure.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cancelAsides();
        }
    }

    /**
     * Has something done by the tape thread, between two events.
     *
     * @return complete when it was done; cancelled where the thread ended before
     */
    CompletableFuture<Void> execute(Runnable task) {
        Aside aside = new Aside(task, new CompletableFuture<>());
        asides.add(aside);
        if (!thread.isAlive()) {
            cancelAsides();
        }
        return aside.done;
    }

    private void cancelAsides() {
        for (Aside aside = asides.poll(); aside != null; aside = asides.poll()) {
            aside.done.cancel(false);
        }
    }

    private void take(FeedEvent event, long now) {
        switch (event) {
            case FeedEvent.Traded traded -> {
                watches.get(traded.instrument().symbol()).traded(traded.trade(), now);
                lastTradeNanos = now;
            }
            case FeedEvent.Polled polled -> {
                watches.get(polled.instrument().symbol()).polled(polled);
                lastTradeNanos = now;
            }
            case FeedEvent.Connected connected -> health.connected();
            case FeedEvent.Disconnected disconnected -> health.disconnected(disconnected.reason());
        }
    }

    private void tick(long now) {
        for (Watch watch : watches.values()) {
            watch.advance(now);
            watch.publish();
        }
        health.tell(now);
    }

    /** Whether the tape has begun and nothing came for {@code silence}. */
    boolean idleFor(Duration silence) {
        return lastTradeNanos != NOT_BEGUN
                && queue.isEmpty()
                && System.nanoTime() - lastTradeNanos >= silence.toNanos();
    }

    /** Events that wait for the tape thread. */
    int queued() {
        return queue.size();
    }

    /** Times a feed had to wait because the queue was full. */
    long waits() {
        return waits.sum();
    }

    /** Takes what is queued, then ends; the feeds must be closed before. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
