/** Measures how far each tape and the process can be trusted, and raises alerts about the data. */
package io.tapekeeper.recorder.health;
