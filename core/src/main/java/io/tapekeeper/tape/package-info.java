/**
 * The tape of an instrument: its trades in the venue's id order, each id once, and what is known to be missing.
 *
 * <p>Depends on {@code market} only. Nothing here reads a clock or is thread-safe: the tape thread owns every instance
 * and passes monotonic time in.
 */
package io.tapekeeper.tape;
