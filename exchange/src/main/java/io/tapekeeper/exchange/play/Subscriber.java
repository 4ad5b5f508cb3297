package io.tapekeeper.exchange.play;

import io.tapekeeper.exchange.wire.TimeUnits;

/**
 * A receiver of events. Only the player thread calls its methods, except {@link #combined}, {@link #units} and
 * {@link #writable}.
 */
public interface Subscriber {
    /** Whether each event is wrapped with the name of its stream. */
    boolean combined();

    TimeUnits units();

    /**
     * Takes one event; it goes out with the next {@link #flush}.
     *
     * @return whether it is the first since the last flush
     */
    boolean append(byte[] bytes, int offset, int length);

    void flush();

    /** Whether it has room for more: less is waiting for it than its limit. False once it has gone. */
    boolean writable();

    /** Whether it is still connected. */
    boolean open();

    /** Closes it, for it has not read for so long that its limit is reached. */
    void dropAsSlow();
}
