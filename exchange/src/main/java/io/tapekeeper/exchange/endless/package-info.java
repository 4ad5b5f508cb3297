/**
 * A synthetic market that continues where it stopped. The disk holds little more than the generator's state at the
 * start of each minute, from which every trade ever played can be generated again.
 *
 * <p>The starts of minutes cache a function of the seed: lost or damaged ones are generated again. Only how far the
 * market has been played cannot be, and that is one small file.
 */
package io.tapekeeper.exchange.endless;
