package io.tapekeeper.recorder.health;

import io.tapekeeper.health.Latency;

/**
 * What the venue's times mean here. Thread-safe.
 *
 * @param clock measures the venue's clock
 * @param atLifeSpeed false where a recording is played faster or slower than it was: ages mean nothing then
 * @param ofTheWorld false where a market is played: its clock says nothing about this machine's
 */
public record VenueTimes(ClockOffsetMonitor clock, boolean atLifeSpeed, boolean ofTheWorld) {
    boolean agesMeaningful() {
        return atLifeSpeed && clock.isMeasured();
    }

    /** Age of something that happened at {@code venueTime}, epoch microseconds; 0 where that is 0, unknown. */
    long ageMillis(long venueTime) {
        return venueTime == 0 ? 0 : Math.max(0, (clock.nowMicros() - venueTime) / 1_000);
    }

    /** The venue's clock minus ours; NaN where it was not measured or says nothing. */
    double offsetMillis() {
        return ofTheWorld ? clock.offsetMillis() : Double.NaN;
    }

    Latency latency(Latency measured) {
        return atLifeSpeed ? measured : Latency.UNKNOWN;
    }
}
