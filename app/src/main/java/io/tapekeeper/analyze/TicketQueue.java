package io.tapekeeper.analyze;

/** Lets the holders of the tickets 0, 1, 2, ... through one after the other. Thread-safe. */
final class TicketQueue {
    private long next;
    private boolean closed;

    /**
     * Waits until all earlier tickets have passed.
     *
     * @return false where nobody gets through any more
     */
    synchronized boolean await(long ticket) throws InterruptedException {
        while (next != ticket && !closed) {
            wait();
        }
        return !closed;
    }

    /** The holder of the ticket that was let through is done. */
    synchronized void pass() {
        next++;
        notifyAll();
    }

    /** Sends everybody away, now and later. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
