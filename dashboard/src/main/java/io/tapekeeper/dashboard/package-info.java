/**
 * Shows a tape: an HTTP API, a live stream (server-sent events) and the web page.
 *
 * <p>The tape thread reports to the {@link io.tapekeeper.live.LiveView} what happens and never waits for a page: it
 * appends to a bounded ring per series, and each stream client reads the ring with a cursor of its own. A client that
 * falls so far behind that its events have left the ring, or whose connection takes no more, is cut and counted; the
 * page comes back by itself and names the last bar that it holds. Rows older than the ring come from the store, so a
 * page misses nothing and gets nothing twice, even over a restart.
 *
 * <p>A repair changes rows of any age. The stream then says from which bar on a page has to read again; a page that was
 * away meanwhile finds that the number of repairs has changed, and reads again all that it holds.
 *
 * <p>The server is the JDK's own, one virtual thread a request: no dependency, and up in tens of milliseconds. It
 * listens on 127.0.0.1 by default and refuses requests whose Host header names another machine, so that no web site can
 * read it through the user's browser.
 *
 * <p>Times in the API are seconds since the epoch where they are the start of a bar, and milliseconds where they are an
 * instant.
 */
package io.tapekeeper.dashboard;
