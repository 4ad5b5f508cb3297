package io.tapekeeper.exchange.faults;

import java.time.Duration;

/**
 * A point in the progress of a run, or a length of it.
 *
 * @param value nanoseconds of real time, or a count of what the unit names
 */
public record Progress(Unit unit, long value) {
    /** What measures progress. */
    public enum Unit {
        /** Real time since the first request or connection of a client. */
        TIME,
        /** Trades on their way to a socket, summed over the connections. */
        TRADES,
        /** REST requests under {@code /api}. */
        REQUESTS,
        /** Attempts to open a WebSocket. */
        CONNECTIONS
    }

    public Progress {
        if (value < 0) {
            throw new IllegalArgumentException("an amount cannot be negative: " + value);
        }
    }

    public static Progress of(Duration time) {
        return new Progress(Unit.TIME, time.toNanos());
    }

    public static Progress trades(long number) {
        return new Progress(Unit.TRADES, number);
    }

    public static Progress requests(long number) {
        return new Progress(Unit.REQUESTS, number);
    }

    public static Progress connections(long number) {
        return new Progress(Unit.CONNECTIONS, number);
    }
}
