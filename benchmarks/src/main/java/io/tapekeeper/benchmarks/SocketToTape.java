package io.tapekeeper.benchmarks;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.LiteTimeoutBlockingWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.sun.management.ThreadMXBean;
import io.tapekeeper.market.TradeSlot;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.TradeBatch;
import io.tapekeeper.venue.binance.BinanceStream;
import io.tapekeeper.venue.limit.ConnectBudget;
import io.tapekeeper.venue.stream.StreamFeed;
import io.tapekeeper.venue.stream.StreamPlan;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Socket → feed → ring → tape thread → bars, features, alerts; nothing is stored. A process of its own, wired as the
 * product wires it but for Recorder and live view.
 */
final class SocketToTape implements FeedListener {
    private static final int QUEUE = 65_536; // this and what follows as the product's tape thread
    private static final int BATCH = 4_096;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long FULL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final RingBuffer<TradeSlot> ring = RingBuffer.createMultiProducer(
            TradeSlot::new, QUEUE, new LiteTimeoutBlockingWaitStrategy(TICK_NANOS, TimeUnit.NANOSECONDS));
    private final SequenceBarrier published = ring.newBarrier();
    private final Sequence taken = new Sequence();

    private SocketToTape() {
        ring.addGatingSequences(taken);
    }

    /** Arguments: port, trades. */
    public static void main(String[] args) throws InterruptedException {
        URI url = URI.create("ws://127.0.0.1:" + args[0]);
        long trades = Long.parseLong(args[1]);
        SocketToTape tape = new SocketToTape();
        StreamPlan plan =
                BinanceStream.plan(BinanceStream.hosts(url), List.of(Unstored.BTCUSDT), TapeKind.AGGREGATE, false);
        try (Feed feed = new StreamFeed(
                plan, ConnectionSettings.defaults(), ConnectBudget.inMemory(), NewestIdSource.NONE, tape)) {
            feed.start();
            tape.take(trades);
        }
        System.exit(0);
    }

    @Override
    public void on(FeedEvent event) {} // connected; whoever loses the sender reads no further

    @Override
    public void traded(TradeBatch batch) { // no more than its ring has places
        while (!ring.hasAvailableCapacity(batch.count())) { // the feed's thread alone takes places
            LockSupport.parkNanos(FULL_NANOS);
        }
        long last = ring.next(batch.count());
        long first = last - batch.count() + 1;
        for (int i = 0; i < batch.count(); i++) {
            ring.get(first + i).set(batch.trade(i));
        }
        ring.publish(first, last);
    }

    private void take(long trades) throws InterruptedException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Unstored tape = new Unstored();
        long next = taken.get() + 1;
        long began = 0;
        long halfAt = 0;
        long halfTrades = 0;
        long halfBytes = 0;
        while (tape.trades() < trades) {
            long upTo = Math.min(await(next), next + BATCH - 1);
            long now = System.nanoTime();
            for (long at = next; at <= upTo; at++) {
                tape.offer(ring.get(at), now);
            }
            taken.set(upTo);
            next = upTo + 1;
            began = began == 0 && tape.trades() > 0 ? now : began;
            if (halfAt == 0 && tape.trades() >= trades / 2) { // by now everything is compiled
                halfAt = now;
                halfTrades = tape.trades();
                halfBytes = threads.getTotalThreadAllocatedBytes();
            }
        }
        long end = System.nanoTime();
        long bytes = threads.getTotalThreadAllocatedBytes() - halfBytes;
        System.out.println("trades-per-second " + tape.trades() / ((end - began) / 1e9));
        long half = tape.trades() - halfTrades;
        if (half > 0) {
            System.out.println("trades-per-second-warm " + half / ((end - halfAt) / 1e9));
            System.out.println("bytes-per-trade " + (double) bytes / half);
        }
        tape.report();
    }

    private long await(long next) throws InterruptedException {
        while (true) {
            try {
                return published.waitFor(next);
            } catch (TimeoutException e) {
                // the sender, or the machine, is slow: there is nothing to do meanwhile
            } catch (AlertException e) {
                throw new IllegalStateException("nobody alerts the tape thread", e);
            }
        }
    }
}
