package io.tapekeeper.recorder;

import io.tapekeeper.live.LiveView;
import io.tapekeeper.store.History;

/** Something that shows a recording while it goes on, such as a web page. */
@FunctionalInterface
public interface Page {
    /** Shows nothing. */
    Page NONE = (view, history) -> () -> {};

    /**
     * Opens it; the recording closes it at its end.
     *
     * @param view what happens now
     * @param history what is stored
     */
    Open open(LiveView view, History history);

    /** A page that is being shown. */
    interface Open extends AutoCloseable {
        @Override
        void close();
    }
}
