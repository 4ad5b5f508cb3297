package io.tapekeeper.recorder;

import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.limit.RateGovernors;
import java.net.URI;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * How patient a recording is.
 *
 * @param venue with the venue's sockets and answers
 * @param repair with holes
 * @param governor who counts what is asked of a venue
 */
public record RecordingSettings(ConnectionSettings venue, RepairSettings repair, Function<URI, RateGovernor> governor) {
    public static final RecordingSettings DEFAULTS =
            new RecordingSettings(ConnectionSettings.defaults(), RepairSettings.DEFAULTS, RateGovernors::of);

    /** A venue of our own bans nobody, and what it counts need not outlive it. */
    public static final RecordingSettings OWN_VENUE = new RecordingSettings(
            ConnectionSettings.defaults(),
            RepairSettings.DEFAULTS,
            url -> RateGovernor.inMemory(url.getAuthority(), InstantSource.system()));
}
