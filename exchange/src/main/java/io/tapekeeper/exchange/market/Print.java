package io.tapekeeper.exchange.market;

/** An entry of a tape; ids are consecutive within each kind. */
public sealed interface Print permits RawTrade, Aggregate {
    /** The two ways to list the same trades. */
    enum Kind {
        RAW,
        AGGREGATE
    }

    long id();

    /** Microseconds since the epoch. */
    long time();
}
