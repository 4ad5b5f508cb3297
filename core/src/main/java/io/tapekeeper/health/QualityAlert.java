package io.tapekeeper.health;

import io.tapekeeper.alert.Severity;
import java.util.Locale;

/**
 * Something is wrong with the data, or soon will be. Told beside the alerts of the market and never muted by them.
 *
 * @param symbol whose data; empty where it concerns all
 * @param since when it opened, this machine's clock, epoch microseconds
 * @param reason one plain sentence, with a remedy where there is one
 */
public record QualityAlert(Kind kind, String symbol, long since, Severity severity, String reason) {
    /** What can be wrong. */
    public enum Kind {
        /** Nothing comes, though something should. */
        STALE,
        /** Trades are missing. */
        OPEN_GAP,
        /** This machine's clock is off the venue's. */
        CLOCK,
        /** The disk is full soon. */
        DISK,
        /** The venue's limit of requests is nearly used up, or the venue has banned this address. */
        RATE_BUDGET,
        /** What comes is not written, or more slowly than it comes. */
        WRITER_BEHIND,
        /** The venue said the same trade twice, with different content. */
        VENUE_INTEGRITY;

        /** As the API prints it: {@code open-gap}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
