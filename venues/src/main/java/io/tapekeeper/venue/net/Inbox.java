package io.tapekeeper.venue.net;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What has come over a connection and its receiver has not taken yet, counted in bytes, and the thread on which the
 * receiver takes it. The network's thread adds; any thread may ask.
 */
final class Inbox {
    /** More than this should not wait; what one read brings may come on top. */
    private static final int MOST_WAITING = 1024 * 1024;

    /** What an arrival counts for besides its bytes, so that empty messages have a bound as well. */
    static final int OVERHEAD = 100;

    /** @param bytes it counts for; 0 = the last one */
    private record Arrival(int bytes, Runnable delivery) {}

    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong(); // bytes
    private final Runnable taken;

    /** @param taken called after each delivery, on the receiver's thread */
    Inbox(Runnable taken) {
        this.taken = taken;
    }

    /** Returns whether more waits now than should. */
    boolean add(int bytes, Runnable delivery) {
        long now = waiting.addAndGet(bytes);
        arrivals.add(new Arrival(bytes, delivery));
        return now > MOST_WAITING;
    }

    /** The last delivery: it follows all that came before, and ends the thread. */
    void end(Runnable delivery) {
        arrivals.add(new Arrival(0, delivery));
    }

    /** Whether nothing waits for the receiver, nor is being delivered to it. */
    boolean isEmpty() {
        return waiting.get() == 0;
    }

    boolean hasRoom() {
        return waiting.get() < MOST_WAITING / 2;
    }

    /** Begins to deliver; a delivery that throws ends the thread. */
    void start(Thread.UncaughtExceptionHandler failed) {
        Thread.ofPlatform()
                .name("venue-receiver")
                .daemon()
                .uncaughtExceptionHandler(failed)
                .start(this::deliver);
    }

    private void deliver() {
        List<Arrival> some = new ArrayList<>();
        try {
            for (boolean more = true; more; some.clear()) {
                some.add(arrivals.take());
                arrivals.drainTo(some);
                for (Arrival arrival : some) {
                    arrival.delivery.run();
                    waiting.addAndGet(-arrival.bytes);
                    taken.run();
                    more = arrival.bytes > 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // no one interrupts it; it would be the end of the connection
        }
    }
}
