/**
 * Health: measures how far each tape and the process can be trusted, and raises alerts about the data.
 *
 * <p>Assembles what it reports from snapshots that the tape thread and the recording publish. Reads no clock: wall
 * clock and monotonic time are passed in.
 */
package io.tapekeeper.recorder.health;
