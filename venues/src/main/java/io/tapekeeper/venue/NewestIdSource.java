package io.tapekeeper.venue;

import io.tapekeeper.tape.TapeKind;
import java.util.OptionalLong;

/** Knows what a venue has printed by another way than the sockets, such as its REST API. */
@FunctionalInterface
public interface NewestIdSource {
    /** Knows of no trade, so that no silence is ever suspicious. */
    NewestIdSource NONE = (symbol, kind) -> OptionalLong.empty();

    /**
     * The newest id on the symbol's tape; empty where it never traded. May block; called by one thread at a time per
     * socket.
     *
     * @throws VenueException where it cannot be known now
     */
    OptionalLong newestId(String symbol, TapeKind kind);
}
