package io.tapekeeper.venue.limit;

import java.net.URI;
import java.time.InstantSource;

/** Where the processes of this machine keep count of what they ask a venue. */
public final class RateGovernors {
    private RateGovernors() {}

    /** The governor of a venue, shared with every other process of this machine; the caller closes it. */
    public static RateGovernor of(URI restUrl) {
        return RateGovernor.open(StateFolder.find(System.getenv()), venue(restUrl), InstantSource.system());
    }

    /** Whose limit it is: Binance counts what an address asks all of its hosts together. */
    static String venue(URI restUrl) {
        return String.valueOf(restUrl.getHost()).matches("(?i)(.+\\.)?binance\\.(com|vision)")
                ? "binance.com"
                : restUrl.getAuthority();
    }
}
