package io.tapekeeper.venue;

import java.time.Duration;

/** Learns which ids of a range exist without bringing their trades. One thread at a time. */
public interface IdProbe {
    /**
     * Asks one question, as a repair; the sink may hear of some ids only with the last one.
     *
     * @throws VenueException where it was not answered; nothing is lost, ask again
     */
    FetchStep step();

    /** The first id of which nothing is known yet. */
    long next();

    /** How long to pause before the next question after a {@link FetchStep#WAIT}. */
    Duration pause(Duration shortest);
}
