package io.tapekeeper.venue;

/**
 * The venue is a local exchange, and its market must never look real.
 *
 * @param source where its market comes from: {@code synthetic} or {@code capture}
 * @param speed how fast it plays: {@code 1}, another factor, or {@code max}
 */
public record SimulatedVenue(String source, String speed) {}
