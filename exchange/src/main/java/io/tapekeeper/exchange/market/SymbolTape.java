package io.tapekeeper.exchange.market;

/**
 * The whole tape of one symbol, played or not, in blocks of a minute. Any thread may call any method, and gets the same
 * answer each time.
 */
public interface SymbolTape {
    Listing listing();

    /** The minute of the first trade, in minutes since the epoch. */
    long firstMinute();

    /** The last minute that has events, {@code Long.MAX_VALUE} if the tape never ends. */
    long lastMinute();

    /** The first minute from this one on that may have events; this one if there is none. */
    default long eventfulFrom(long minute) {
        return minute;
    }

    /** The last minute up to this one that may have events; this one if there is none. */
    default long eventfulUpTo(long minute) {
        return minute;
    }

    /** The events of a minute; empty outside the tape. */
    MinuteBlock block(long minute);

    /** All trades of a minute from {@link #firstMinute} on, as a kline. */
    Kline kline(long minute);

    /** The minute from which to look for an id: no print of an earlier minute has this id or a later one. */
    long minuteOf(Print.Kind kind, long id);
}
