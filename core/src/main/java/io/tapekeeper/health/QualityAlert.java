package io.tapekeeper.health;

import io.tapekeeper.alert.Severity;
import java.util.Locale;

/**
 * Something is wrong with the data, or soon will be. Shown beside the alerts of the market, and never muted by them.
 *
 * @param symbol whose data; empty where it concerns all symbols
 * @param since when it opened by this machine's clock, epoch microseconds
 * @param reason one plain sentence, with a remedy where there is one
 */
public record QualityAlert(Kind kind, String symbol, long since, Severity severity, String reason) {
    /** What can be wrong. */
    public enum Kind {
        /** No trades arrive, though some should. */
        STALE,
        /** Trades are missing. */
        OPEN_GAP,
        /** This machine's clock differs from the venue's. */
        CLOCK,
        /** The disk will soon be full. */
        DISK,
        /** The venue's request limit is nearly used up, or the venue has banned this address. */
        RATE_BUDGET,
        /** Nothing can be written, or trades arrive faster than they are written. */
        WRITER_BEHIND,
        /** The venue sent the same trade twice, with different content. */
        VENUE_INTEGRITY;

        /** As the API prints it: {@code open-gap}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
