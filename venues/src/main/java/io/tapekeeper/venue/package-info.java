/**
 * What a recorder knows of a venue, whichever it is: a {@link io.tapekeeper.venue.Venue}, its
 * {@link io.tapekeeper.venue.TradeHistory} and its feeds.
 *
 * <p>A {@link io.tapekeeper.venue.Feed} delivers {@link io.tapekeeper.venue.FeedEvent}s one at a time on threads of its
 * own; a listener that blocks holds the feed back, and little waits in between. A feed promises neither order nor
 * completeness: it may bring a trade twice or leave a gap over a reconnect, and the {@code Sequencer} of package
 * {@code tape} makes one tape of it.
 *
 * <p>What is the same for all venues has packages of its own: {@code net} (sockets), {@code limit} (budgets),
 * {@code stream} (feeds that stay open), {@code fetch} (ranges of ids). One package per venue knows that venue's
 * format. Depends on {@code market}, {@code tape} and {@code bar} of the core only.
 */
package io.tapekeeper.venue;
