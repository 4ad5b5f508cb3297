/** Fills gaps: while the tape waits, afterwards in the background, and when asked for a stretch of history. */
package io.tapekeeper.recorder.repair;
