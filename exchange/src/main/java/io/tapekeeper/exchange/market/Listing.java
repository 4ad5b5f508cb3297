package io.tapekeeper.exchange.market;

/**
 * A symbol that the exchange lists.
 *
 * @param tickSize price step, in units of 1e-8
 * @param stepSize size step, in units of 1e-8
 */
public record Listing(String symbol, String base, String quote, long tickSize, long stepSize) {}
