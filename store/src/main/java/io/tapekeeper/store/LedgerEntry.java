package io.tapekeeper.store;

import io.tapekeeper.tape.Gap;

/**
 * A hole as the ledger has it. Entries stay when their trades come later; {@link History#missing}
 * says what is still not there.
 *
 * @param cause why, for example {@code missed}
 * @param openedMicros when it was first said, this machine's clock, epoch microseconds
 */
public record LedgerEntry(Gap gap, String cause, long openedMicros) {}
