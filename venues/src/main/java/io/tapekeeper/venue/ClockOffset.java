package io.tapekeeper.venue;

/**
 * How far the venue's clock is from ours.
 *
 * @param micros to be added to our clock to get the venue's
 * @param roundTripMicros of the request that measured it; the offset may be wrong by half of this
 */
public record ClockOffset(long micros, long roundTripMicros) {}
