package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.VenueException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a {@link PollFeed} asks a venue. Every method blocks, and throws a {@link VenueException} without an answer. */
public interface PollSource {
    /**
     * The last price of each symbol, in units of 1e-8; a symbol that has never traded is absent.
     *
     * @throws VenueException UNKNOWN_SYMBOL where the venue does not list one of them now
     */
    Map<String, Long> prices(List<String> symbols, Duration timeout);

    /** Measures the venue's clock well. */
    ClockOffset clockOffset();

    /** Measures the venue's clock by one question. */
    ClockOffset clockSample(Duration timeout);
}
