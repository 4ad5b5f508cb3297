/**
 * Features: numbers computed from closes one bar at a time, in constant time, never looking ahead.
 *
 * <p>{@link io.tapekeeper.feature.Feature} is the catalogue of them. A new feature is a
 * {@link io.tapekeeper.feature.CloseFeature}, a line there and a migration for its column; earlier rows get it in the
 * background.
 *
 * <p>NaN means "no value": the window is not full, or the number is not defined. Nothing infinite ever leaves. Reads no
 * clock: time comes inside the bars, so a replay gives the live numbers again, to the bit. Nothing here is thread-safe:
 * the tape thread owns every instance.
 */
package io.tapekeeper.feature;
