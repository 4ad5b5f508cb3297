package io.tapekeeper.app.terminal;

import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * The time, as the commands hand it to all that needs it.
 *
 * @param wall this machine's clock
 * @param nanos local monotonic time
 */
public record Clocks(Clock wall, LongSupplier nanos) {
    /** This machine's; the one place where the commands read a clock. */
    public static final Clocks SYSTEM = new Clocks(Clock.systemUTC(), System::nanoTime);
}
