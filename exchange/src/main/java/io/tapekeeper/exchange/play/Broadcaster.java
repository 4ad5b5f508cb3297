package io.tapekeeper.exchange.play;

import io.tapekeeper.exchange.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/** Gathers what a batch tells to whom; owned by the player thread. */
final class Broadcaster {
    private final JsonWriter out = new JsonWriter();
    private final List<Subscriber> touched = new ArrayList<>();
    private long told;
    private long trades;

    void tell(Stream stream, Stream.Event event) {
        told += stream.tell(out, event, touched::add);
    }

    /** Tells a trade or an aggregate. */
    void tellTrade(Stream stream, Stream.Event event) {
        int subscribers = stream.tell(out, event, touched::add);
        told += subscribers;
        trades += subscribers;
    }

    /** Those told something since {@link #clear}. */
    List<Subscriber> touched() {
        return touched;
    }

    void clear() {
        touched.clear();
    }

    /** Events told so far, counted once per subscriber. */
    long told() {
        return told;
    }

    /** Those among them that are trades or aggregates. */
    long trades() {
        return trades;
    }
}
