/**
 * Bars: what an interval of the tape looked like, in exact integers, and whether it is complete.
 *
 * <p>Depends on {@code market} only. A bar closes when the tape shows a trade at or after its end, never by a clock.
 * Nothing here is thread-safe: the tape thread owns every instance.
 */
package io.tapekeeper.bar;
