package io.tapekeeper.exchange.play;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The streams that have events, by name, and the number of their subscriptions. Filled before the player starts; any
 * thread may subscribe.
 */
public final class Streams {
    private final Map<String, Stream> byName = new HashMap<>();
    private final AtomicInteger subscriptions = new AtomicInteger();

    Stream create(String name) {
        Stream stream = new Stream(name);
        byName.put(name, stream);
        return stream;
    }

    public Optional<Stream> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Subscribes to all streams before a waiting player sees the first of the subscriptions. */
    public void subscribe(Collection<Stream> wanted, Subscriber subscriber) {
        int added = 0;
        for (Stream stream : wanted) {
            added += stream.add(subscriber) ? 1 : 0;
        }
        subscriptions.addAndGet(added);
    }

    public void unsubscribe(Stream stream, Subscriber subscriber) {
        if (stream.remove(subscriber)) {
            subscriptions.decrementAndGet();
        }
    }

    boolean anyWanted() {
        return subscriptions.get() > 0;
    }
}
