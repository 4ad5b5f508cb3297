/**
 * A synthetic market that goes on where it stopped, kept on disk as little more than the state of its generator at the
 * start of each minute: everything that was ever played can be made again from that.
 *
 * <p>The starts of minutes are a cache of a function of the seed: what is lost or damaged of them is made anew. What
 * cannot be made anew is how far the market has been played, and that is one small file.
 */
package io.tapekeeper.exchange.endless;
