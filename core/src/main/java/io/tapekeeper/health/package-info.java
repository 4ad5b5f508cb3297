/**
 * Health: how far a tape, and the process that records it, can be trusted at a moment. Records, and the arithmetic of
 * {@link io.tapekeeper.health.Freshness}; the measuring is done elsewhere. Reads no clock.
 */
package io.tapekeeper.health;
