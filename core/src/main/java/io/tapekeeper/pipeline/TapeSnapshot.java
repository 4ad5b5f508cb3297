package io.tapekeeper.pipeline;

import io.tapekeeper.series.FeatureRow;

/**
 * What is known of a tape at one moment. Immutable; any thread may read it.
 *
 * @param price of the last trade, in units of 1e-8; 0 before the first
 * @param lastTradeTime venue time of the last trade, epoch microseconds; 0 before the first
 * @param lastId the last trade on the tape; −1 before the first
 * @param gapLast the last id of the gap after {@code lastId} that the tape waits for; −1 = it waits for none
 * @param closedUpTo end of the last bar that closed, epoch microseconds; {@link Long#MIN_VALUE} before the first
 * @param trades put on the tape, or prices polled, since this run began
 * @param duplicates trades that came again
 * @param conflicts of these, how many had other content than the first
 * @param warm bars in the z-score's window, up to the preset's: how far the warm-up is
 * @param row the last row; null before the first
 */
public record TapeSnapshot(
        long price,
        long lastTradeTime,
        long lastId,
        long gapLast,
        long closedUpTo,
        long trades,
        long duplicates,
        long conflicts,
        int warm,
        FeatureRow row) {
    /** Whether the tape waits for missing trades. */
    public boolean waits() {
        return gapLast >= 0;
    }
}
