package io.tapekeeper.venue;

/** How a question for a part of a range went. */
public enum FetchStep {
    /** Some ids came; ask on. */
    ADVANCED,
    /** The venue does not have them now; ask again after a pause. */
    WAIT,
    /** Every id of the range has come or is known not to come. */
    DONE
}
