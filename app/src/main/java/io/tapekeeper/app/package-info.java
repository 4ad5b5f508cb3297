/**
 * Command line, configuration, wiring: the one place that knows everyone.
 *
 * <p>{@link io.tapekeeper.recorder.Recording} builds the system in the order of a trade's way: feed, tape thread,
 * recorder, live view. Everything that looks at a clock, starts a thread or prints lives here or in the modules above,
 * never in the core.
 */
package io.tapekeeper.app;
