/**
 * What any feed says, whichever venue it comes from.
 *
 * <p>A {@link io.tapekeeper.venue.Feed} delivers {@link io.tapekeeper.venue.FeedEvent}s one at a time on threads of its
 * own; a listener that blocks holds the feed back, and little waits in between. A feed promises neither order nor
 * completeness: it may say a trade twice or leave a hole over a reconnect, and the {@code Sequencer} of package
 * {@code tape} makes one tape of it.
 *
 * <p>One package below per venue knows that venue's format. Depends on {@code market}, {@code tape} and {@code bar} of
 * the core only.
 */
package io.tapekeeper.venue;
