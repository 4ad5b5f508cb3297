package io.tapekeeper.recorder;

import java.util.Optional;

/**
 * What stands around a recording.
 *
 * @param notices what the person beside it is shown
 * @param page shows it while it goes on
 * @param endVenue ends a venue of our own just before the recording ends, so that all it has played is on the tape;
 *     empty where the venue is not ours to end
 */
public record Surroundings(Notices notices, Page page, Optional<Runnable> endVenue) {
    public static final Surroundings NONE = new Surroundings(Notices.NONE, Page.NONE, Optional.empty());
}
