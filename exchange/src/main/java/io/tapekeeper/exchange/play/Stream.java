package io.tapekeeper.exchange.play;

import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.TimeUnits;
import java.util.Arrays;
import java.util.function.Consumer;

/** A stream that has events, and its subscribers. Any thread may subscribe; the player thread sends. */
public final class Stream {
    private static final Subscriber[] NONE = {};
    private static final TimeUnits[] ALL_UNITS = TimeUnits.values();

    private final String name;
    private final String prefix;
    private volatile Subscriber[] subscribers = NONE;

    Stream(String name) {
        this.name = name;
        prefix = "{\"stream\":\"" + name + "\",\"data\":";
    }

    public String name() {
        return name;
    }

    synchronized boolean add(Subscriber subscriber) {
        if (Arrays.asList(subscribers).contains(subscriber)) {
            return false;
        }
        Subscriber[] more = Arrays.copyOf(subscribers, subscribers.length + 1);
        more[subscribers.length] = subscriber;
        subscribers = more;
        return true;
    }

    synchronized boolean remove(Subscriber subscriber) {
        int before = subscribers.length;
        subscribers = Arrays.stream(subscribers)
                .filter(other -> !other.equals(subscriber))
                .toArray(Subscriber[]::new);
        return subscribers.length < before;
    }

    boolean isWanted() {
        return subscribers.length > 0;
    }

    /**
     * Sends an event to all subscribers, written once per time unit in use. For the player thread.
     *
     * @param event writes the payload
     * @param touched receives each subscriber that has something to flush from now on
     * @return the number of subscribers
     */
    int send(JsonWriter out, Consumer<JsonWriter> event, Consumer<Subscriber> touched) {
        Subscriber[] all = subscribers;
        for (TimeUnits units : ALL_UNITS) {
            boolean written = false;
            for (Subscriber subscriber : all) {
                if (subscriber.units() != units) {
                    continue;
                }
                if (!written) {
                    out.reset(units);
                    event.accept(out.raw(prefix));
                    out.raw('}');
                    written = true;
                }
                boolean first = subscriber.combined()
                        ? subscriber.append(out.buffer(), 0, out.length())
                        : subscriber.append(out.buffer(), prefix.length(), out.length() - prefix.length() - 1);
                if (first) {
                    touched.accept(subscriber);
                }
            }
        }
        return all.length;
    }
}
