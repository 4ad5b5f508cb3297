package io.tapekeeper.recorder;

import io.tapekeeper.recorder.health.TapeHealthMonitor;
import io.tapekeeper.recorder.tape.TapePipeline;
import java.util.List;

/** What the person beside a recording is shown. The thread that runs the recording calls it, and waits for it. */
public interface Notices {
    /** Shows nothing. */
    Notices NONE = sentence -> {};

    /** Shows one plain sentence: something happened that a person should know. */
    void say(String sentence);

    /** Shows how the tapes stand; called about ten times a second. */
    default void show(List<TapePipeline> tapes, TapeHealthMonitor health) {}

    /** The recording has ended. */
    default void end() {}
}
