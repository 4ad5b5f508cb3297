package io.tapekeeper.app;

import io.tapekeeper.venue.binance.RateGovernor;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;

/** Where the processes of this machine keep count of what they ask a venue. */
final class Governors {
    private Governors() {}

    /**
     * The governor of a venue, shared with every other process of this user; the caller closes it.
     * Its file lies in {@code $XDG_STATE_HOME/tapekeeper}, by default {@code
     * ~/.local/state/tapekeeper}.
     */
    static RateGovernor of(URI restUrl) {
        String home = System.getenv("XDG_STATE_HOME");
        Path state =
                home == null || home.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".local", "state")
                        : Path.of(home);
        return RateGovernor.open(
                state.resolve("tapekeeper"), venue(restUrl), InstantSource.system());
    }

    /** Whose limit it is: Binance counts what an address asks all of its hosts together. */
    static String venue(URI restUrl) {
        return String.valueOf(restUrl.getHost()).matches("(?i)(.+\\.)?binance\\.(com|vision)")
                ? "binance.com"
                : restUrl.getAuthority();
    }
}
