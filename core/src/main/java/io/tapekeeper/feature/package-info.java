/**
 * Features: numbers computed from closes one bar at a time, in constant time, never looking ahead.
 *
 * <p>NaN means "no value": the window is not full, or the number is not defined. Nothing infinite ever leaves. Reads no
 * clock: time comes inside the bars, so a replay gives the live numbers again, to the bit. Nothing here is thread-safe:
 * the tape thread owns every instance.
 */
package io.tapekeeper.feature;
