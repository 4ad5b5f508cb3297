package io.tapekeeper.exchange.play;

import io.tapekeeper.exchange.wire.TimeUnits;

/**
 * Somebody who takes events. Everything but {@link #combined}, {@link #units} and {@link #writable} is called by the
 * player thread alone.
 */
public interface Subscriber {
    /** Whether each event comes wrapped with the name of its stream. */
    boolean combined();

    TimeUnits units();

    /**
     * Takes one event; it goes out with the next {@link #flush}.
     *
     * @return whether it is the first since then
     */
    boolean append(byte[] bytes, int offset, int length);

    void flush();

    /** Whether it takes more: less is waiting for it than its bound. False once it is gone. */
    boolean writable();

    /** Whether it is still there. */
    boolean open();

    /** It has not read for so long that the bound of what waits for it is reached: let it go. */
    void dropAsSlow();
}
