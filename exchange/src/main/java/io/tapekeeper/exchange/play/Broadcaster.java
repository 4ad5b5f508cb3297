package io.tapekeeper.exchange.play;

import io.tapekeeper.exchange.wire.JsonWriter;
import io.tapekeeper.exchange.wire.TimeUnits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hands events to the subscribers of their streams and gathers the subscribers that a batch has reached; owned by the
 * player thread.
 */
final class Broadcaster {
    private final JsonWriter out = new JsonWriter(TimeUnits.MILLIS);
    private final List<Subscriber> touched = new ArrayList<>();
    private long sent;
    private long trades;

    /** @param event writes the payload */
    void send(Stream stream, Consumer<JsonWriter> event) {
        sent += stream.send(out, event, touched::add);
    }

    /** Sends a trade or an aggregate. */
    void sendTrade(Stream stream, Consumer<JsonWriter> event) {
        int subscribers = stream.send(out, event, touched::add);
        sent += subscribers;
        trades += subscribers;
    }

    /** Subscribers with something to flush since {@link #clear}. */
    List<Subscriber> touched() {
        return touched;
    }

    void clear() {
        touched.clear();
    }

    /** Events sent so far, counted once per subscriber. */
    long sent() {
        return sent;
    }

    /** Trades and aggregates among them. */
    long trades() {
        return trades;
    }
}
