package io.tapekeeper.recorder;

import io.tapekeeper.health.Health;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.Series;
import java.util.List;
import java.util.Map;

/** What the person beside a recording is shown. The thread that runs the recording calls it, and waits for it. */
public interface Notices {
    /** Shows nothing. */
    Notices NONE = sentence -> {};

    /** Shows one plain sentence: something happened that a person should know. */
    void say(String sentence);

    /**
     * Shows how the tapes stand; called about ten times a second.
     *
     * @param health as reported last; none of a tape before its first report
     */
    default void show(List<TapePipeline> tapes, Map<Series, Health> health) {}

    /** The recording has ended. */
    default void end() {}
}
