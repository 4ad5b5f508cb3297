package io.tapekeeper.benchmarks;

import com.sun.management.ThreadMXBean;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.binance.BinanceStream;
import io.tapekeeper.venue.binance.Settings;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Socket → feed → tape thread → bars, features, alerts; nothing is stored. A process of its own,
 * wired as the product wires it but for Recorder and live view.
 */
final class SocketToTape {
    private static final int QUEUE = 65_536; // as the tape thread's
    private static final int BATCH = 4_096;

    private SocketToTape() {}

    /** Arguments: port, trades. */
    public static void main(String[] args) throws InterruptedException {
        URI url = URI.create("ws://127.0.0.1:" + args[0]);
        long trades = Long.parseLong(args[1]);
        ArrayBlockingQueue<FeedEvent> queue = new ArrayBlockingQueue<>(QUEUE);
        try (BinanceStream feed =
                new BinanceStream(
                        url,
                        List.of(Unstored.BTCUSDT),
                        TapeKind.AGGREGATE,
                        event -> {
                            try {
                                queue.put(event);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt(); // the feed is being closed
                            }
                        },
                        Settings.defaults())) {
            feed.start();
            take(queue, trades);
        }
        System.exit(0);
    }

    private static void take(ArrayBlockingQueue<FeedEvent> queue, long trades)
            throws InterruptedException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Unstored tape = new Unstored();
        List<FeedEvent> batch = new ArrayList<>();
        long began = 0;
        long halfAt = 0;
        long halfTrades = 0;
        long halfBytes = 0;
        while (tape.trades() < trades) {
            batch.add(queue.take());
            queue.drainTo(batch, BATCH - 1);
            long now = System.nanoTime();
            for (FeedEvent event : batch) {
                if (event instanceof FeedEvent.Traded traded) {
                    tape.offer(traded.trade(), now);
                }
            }
            batch.clear();
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
}
