package io.tapekeeper.store;

import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A gap as stored: open while a repair should still try to fill it. Entries stay when they are settled;
 * {@link History#missing} counts the trades that are still not there.
 *
 * @param opened when it was first reported, this machine's clock, epoch microseconds
 * @param closed when it was settled, the same clock; empty while it is open
 * @param repairedBy what filled it, for example {@code rest}, also where some or all of it had come late by a socket
 *     before it was asked for; {@link #BY_PARTS} where nothing came and each part of it has an entry that gives the
 *     cause; empty while it is open, and where it cannot be filled
 */
public record LedgerEntry(Gap gap, GapCause cause, long opened, OptionalLong closed, Optional<String> repairedBy) {
    /** Closed although nothing filled it: its parts have entries of their own. */
    public static final String BY_PARTS = "parts";

    public boolean isOpen() {
        return closed.isEmpty();
    }
}
