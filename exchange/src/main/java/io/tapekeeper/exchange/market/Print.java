package io.tapekeeper.exchange.market;

/** What a tape lists, by ids that are consecutive for each kind. */
public sealed interface Print permits RawTrade, Aggregate {
    /** The two lists there are of the same trades. */
    enum Kind {
        RAW,
        AGGREGATE
    }

    long id();

    /** Microseconds since the epoch. */
    long time();
}
