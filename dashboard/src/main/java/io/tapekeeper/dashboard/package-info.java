/**
 * Shows a tape: an HTTP API, a live stream (server-sent events) and the web page.
 *
 * <p>The tape thread tells the {@link io.tapekeeper.live.LiveView} what happens and is never made to wait: it appends
 * to a bounded ring per series, and each stream client reads the ring with a cursor of its own. A client that falls
 * behind the ring, or whose connection takes no more, is cut and counted; the page comes back by itself and names the
 * last bar it holds. Rows behind the ring come from the store, so a page misses nothing and gets nothing twice, even
 * over a restart.
 *
 * <p>A repair changes rows of any age. Pages are then told from which bar on to read anew; one that was away meanwhile
 * finds that the number of repairs has changed, and reads all it holds.
 *
 * <p>The server is the JDK's own, one virtual thread a request: no dependency, and up in tens of milliseconds. It
 * listens on 127.0.0.1 unless told otherwise and refuses requests whose Host header names another machine, so that a
 * web site cannot read it through the user's browser.
 *
 * <p>Times in the API are seconds since the epoch where they are the start of a bar, and milliseconds where they are an
 * instant.
 */
package io.tapekeeper.dashboard;
