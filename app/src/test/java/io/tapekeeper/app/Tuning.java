package io.tapekeeper.app;

import io.tapekeeper.recorder.RecordingSettings;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.binance.Binance;
import io.tapekeeper.venue.limit.RateGovernor;
import java.net.URI;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * How patient a recording is.
 *
 * @param venue with the venue's sockets and answers
 * @param repair with gaps
 * @param governor counts what is asked of a venue
 */
record Tuning(ConnectionSettings venue, RepairSettings repair, Function<URI, RateGovernor> governor) {
    /** A venue at ports of this machine. */
    Venue open(int restPort, int streamPort) {
        URI rest = URI.create("http://127.0.0.1:" + restPort);
        return new Binance(rest, URI.create("ws://127.0.0.1:" + streamPort), venue, governor.apply(rest));
    }

    RecordingSettings settings() {
        return new RecordingSettings(repair, InstantSource.system(), System::nanoTime);
    }
}
