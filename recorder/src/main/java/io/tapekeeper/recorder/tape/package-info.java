/** The one thread that changes market state, and the pipeline of each tape that it owns. */
package io.tapekeeper.recorder.tape;
