package io.tapekeeper.recorder;

import io.tapekeeper.recorder.repair.RepairSettings;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * How patient a recording is, and what time it is.
 *
 * @param repair patience with gaps
 * @param wall this machine's clock
 * @param nanos local monotonic time
 */
public record RecordingSettings(RepairSettings repair, InstantSource wall, LongSupplier nanos) {
    /** The usual patience, on these clocks. */
    public static RecordingSettings on(InstantSource wall, LongSupplier nanos) {
        return new RecordingSettings(RepairSettings.DEFAULTS, wall, nanos);
    }
}
