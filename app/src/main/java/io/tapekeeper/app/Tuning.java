package io.tapekeeper.app;

import io.tapekeeper.venue.binance.RateGovernor;
import io.tapekeeper.venue.binance.Settings;
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
record Tuning(Settings venue, RepairSettings repair, Function<URI, RateGovernor> governor) {
    static final Tuning DEFAULTS = new Tuning(Settings.defaults(), RepairSettings.DEFAULTS, Governors::of);

    /** A venue of our own bans nobody, and what it counts need not outlive it. */
    static final Tuning OWN_VENUE = new Tuning(
            Settings.defaults(),
            RepairSettings.DEFAULTS,
            url -> RateGovernor.inMemory(url.getAuthority(), InstantSource.system()));
}
