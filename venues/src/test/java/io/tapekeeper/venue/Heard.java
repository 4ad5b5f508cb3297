package io.tapekeeper.venue;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that keeps what it hears, and insists on hearing one thing at a time. */
public final class Heard implements FeedListener {
    public final BlockingQueue<FeedEvent> events = new LinkedBlockingQueue<>();
    private final AtomicInteger inside = new AtomicInteger();

    @Override
    public void on(FeedEvent event) {
        if (inside.getAndIncrement() != 0) {
            throw new IllegalStateException("two events at a time");
        }
        events.add(event);
        inside.decrementAndGet();
    }

    public <T extends FeedEvent> T next(Class<T> kind) {
        return assertInstanceOf(kind, Eventually.next(events));
    }
}
