/** Holds what is stored against the tape it was computed from, and against the venue's own bars. */
package io.tapekeeper.recorder.audit;
