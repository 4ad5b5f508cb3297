/**
 * Command line, configuration, wiring: the one place that knows everyone.
 *
 * <p>{@link io.tapekeeper.app.Main} chooses a command; a command reads its options, builds what it needs from the
 * modules above and runs it. {@link io.tapekeeper.app.RunCommand} and {@link io.tapekeeper.app.DemoCommand} hand a
 * {@link io.tapekeeper.recorder.Recording} its venue, its page and its clocks.
 */
package io.tapekeeper.app;
