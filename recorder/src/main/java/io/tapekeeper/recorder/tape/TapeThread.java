package io.tapekeeper.recorder.tape;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.LiteTimeoutBlockingWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.TradeBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The one thread that changes market state. Feeds put events into a ring and wait where it is full, which is the
 * back-pressure that reaches the socket; nothing is dropped.
 *
 * <p>The ring's places are made once and used again, so a trade costs no object on its way. That gives up what a queue
 * of events would have: an event must not be kept, only what it says. It brings that two objects a trade, and the
 * collections that they cause, are not there. Trade by trade it would be slower than a queue that is drained in batches
 * (40 to 70 ns against 33), so a feed claims places for a batch and publishes it once.
 */
public final class TapeThread implements FeedListener, AutoCloseable {
    private static final Logger LOG = System.getLogger(TapeThread.class.getName());

    /** Events that may wait; a few hundred milliseconds of a very busy market. */
    private static final int QUEUE = 65_536;

    /** Room for one event on its way; used again. */
    private static final class Place {
        private final TradeSlot trade = new TradeSlot();
        private Instrument instrument; // of the trade; null = it is another event
        private FeedEvent event; // null = it is a trade

        void take(Instrument itsInstrument, TradeView itsTrade) {
            instrument = itsInstrument;
            event = null;
            trade.set(itsTrade);
        }
    }

    private record Aside(Runnable task, CompletableFuture<Void> done) {}

    private static final long NOT_BEGUN = Long.MIN_VALUE;
    private static final int BATCH = 4_096;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long a feed waits before it looks again whether the ring has room. */
    private static final long FULL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final RingBuffer<Place> ring = RingBuffer.createMultiProducer(
            Place::new, QUEUE, new LiteTimeoutBlockingWaitStrategy(TICK_NANOS, TimeUnit.NANOSECONDS));
    private final SequenceBarrier published = ring.newBarrier();
    private final Sequence taken = new Sequence();

    /** Few: the caller waits for its task, or asks for one after trades that fill the ring. */
    private final Queue<Aside> asides = new ConcurrentLinkedQueue<>();

    private final LongAdder waits = new LongAdder();
    private final Map<String, TapePipeline> watches;
    private final FeedStateListener listener;
    private final Consumer<Throwable> failed;
    private final LongSupplier nanos;
    private final Thread thread;
    private volatile boolean closing;
    private volatile long lastTradeNanos;
    private long lastTrade; // the same, of the tape thread alone

    /**
     * @param watches by symbol; from {@link #start} on owned by this thread
     * @param listener learns how the feed stands
     * @param failed is given what ended this thread, or another that names {@link #broke} as its handler
     * @param nanos local monotonic time
     */
    public TapeThread(
            Map<String, TapePipeline> watches,
            FeedStateListener listener,
            Consumer<Throwable> failed,
            LongSupplier nanos) {
        this.watches = watches;
        this.listener = listener;
        this.failed = failed;
        this.nanos = nanos;
        boolean begun = watches.values().stream().anyMatch(watch -> watch.now().lastId() >= 0);
        lastTrade = begun ? nanos.getAsLong() : NOT_BEGUN; // stored trades have begun the tape
        lastTradeNanos = lastTrade;
        ring.addGatingSequences(taken);
        thread = Thread.ofPlatform()
                .name("tape")
                .uncaughtExceptionHandler(this::broke)
                .unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void on(FeedEvent event) {
        long sequence = claim(1);
        if (sequence >= 0) {
            Place place = ring.get(sequence);
            if (event instanceof FeedEvent.Traded(Instrument instrument, Trade trade)) {
                place.take(instrument, trade);
            } else {
                place.instrument = null;
                place.event = event;
            }
            ring.publish(sequence);
        }
    }

    @Override
    public void traded(TradeBatch batch) {
        int count = batch.count();
        long last = claim(count);
        if (last >= 0) {
            long first = last - count + 1;
            for (int i = 0; i < count; i++) {
                ring.get(first + i).take(batch.instrument(i), batch.trade(i));
            }
            ring.publish(first, last);
        }
    }

    /** So many places of the ring, when there are; the last, or −1 where the feed is being closed. */
    private long claim(int places) {
        long sequence = claimNow(places);
        if (sequence < 0) {
            waits.increment();
        }
        while (sequence < 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(FULL_NANOS);
            sequence = claimNow(places);
        }
        return sequence;
    }

    private long claimNow(int places) {
        try {
            return ring.tryNext(places);
        } catch (InsufficientCapacityException e) { // one and the same, without a trace: cheap
            return -1;
        }
    }

    /** A fault of our own: better to end in plain sight than to look alive. */
    public void broke(Thread thread, Throwable fault) {
        LOG.log(Level.ERROR, "the thread " + thread.getName() + " broke", fault);
        failed.accept(fault);
    }

    private void run() {
        try {
            long ticked = nanos.getAsLong();
            long next = taken.get() + 1;
            while (!(closing && queued() == 0)) {
                long upTo = Math.min(awaitEvent(next), next + BATCH - 1);
                long now = nanos.getAsLong();
                for (long at = next; at <= upTo; at++) {
                    take(ring.get(at), now);
                }
                if (upTo >= next) {
                    taken.set(upTo);
                    next = upTo + 1;
                    lastTradeNanos = lastTrade;
                }
                runAsides();
                if (now - ticked >= TICK_NANOS) {
                    ticked = now;
                    tick(now);
                }
            }
            tick(nanos.getAsLong());
            watches.values().forEach(TapePipeline::checkpoint);
        } catch (StoreException e) {
            endedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cancelAsides();
        }
    }

    private void runAsides() {
        for (Aside aside = asides.poll(); aside != null; aside = asides.poll()) {
            aside.task.run();
            aside.done.complete(null);
        }
    }

    private void endedBy(StoreException e) {
        switch (e.kind()) {
            case CLOSED -> // close() could not wait any longer
                LOG.log(
                        Level.WARNING,
                        "stopped with {0} events not taken; the next start asks the venue for them",
                        queued());
            case DAMAGED -> // the recording sees it too, and goes on in a new file
                LOG.log(Level.WARNING, e.getMessage());
            default -> failed.accept(e);
        }
    }

    /** Local monotonic time, as this thread reads it; any thread. */
    public long now() {
        return nanos.getAsLong();
    }

    /**
     * Has something done by the tape thread, between two events.
     *
     * @return complete when it was done; cancelled where the thread ended before
     */
    public CompletableFuture<Void> execute(Runnable task) {
        Aside aside = new Aside(task, new CompletableFuture<>());
        asides.add(aside);
        if (!thread.isAlive()) {
            cancelAsides();
        }
        return aside.done;
    }

    /** Waits for an event, but no longer than a tick; returns the last one that is there. */
    private long awaitEvent(long next) throws InterruptedException {
        try {
            return published.waitFor(next);
        } catch (TimeoutException e) {
            return next - 1;
        } catch (AlertException e) {
            throw new IllegalStateException("the tape thread has no alerts", e);
        }
    }

    private void cancelAsides() {
        for (Aside aside = asides.poll(); aside != null; aside = asides.poll()) {
            aside.done.cancel(false);
        }
    }

    private void take(Place place, long now) {
        if (place.event == null) {
            watches.get(place.instrument.symbol()).traded(place.trade, now);
            lastTrade = now;
            return;
        }
        switch (place.event) {
            case FeedEvent.Traded traded -> throw new IllegalStateException("a trade has its own place: " + traded);
            case FeedEvent.Polled polled -> {
                watches.get(polled.instrument().symbol()).polled(polled);
                lastTrade = now;
            }
            case FeedEvent.Connected connected -> listener.connected(now);
            case FeedEvent.Disconnected disconnected -> listener.disconnected(disconnected.reason());
        }
        place.event = null; // the ring would keep it for a while
    }

    private void tick(long now) {
        for (TapePipeline watch : watches.values()) {
            watch.advance(now);
            watch.publish();
        }
        listener.published(now);
    }

    /** Whether the tape has begun and nothing came for {@code silence}. */
    public boolean idleFor(Duration silence) {
        return lastTradeNanos != NOT_BEGUN && queued() == 0 && nanos.getAsLong() - lastTradeNanos >= silence.toNanos();
    }

    /** Events that wait for the tape thread. */
    public int queued() {
        return QUEUE - (int) ring.remainingCapacity();
    }

    /** Times a feed had to wait because the queue was full. */
    public long waits() {
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
