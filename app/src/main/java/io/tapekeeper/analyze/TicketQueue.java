package io.tapekeeper.analyze;

/** Lets the holders of the tickets 0, 1, 2, ... through one after the other. Thread-safe. */
final class TicketQueue {
    private long next;
    private boolean closed;

    /**
     * Waits until all earlier tickets have passed.
     *
     * @return false once the queue is closed
     */
    synchronized boolean await(long ticket) throws InterruptedException {
        while (next != ticket && !closed) {
            wait();
        }
        return !closed;
    }

    /** Lets the next ticket through: the holder of the last one is done. */
    synchronized void pass() {
        next++;
        notifyAll();
    }

    /** Turns all holders away, now and later. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
