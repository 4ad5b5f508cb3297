package io.tapekeeper.store;

/** Which process records into a store, or how the last recorder left it. */
public sealed interface RecorderStatus {
    /**
     * It is being recorded now.
     *
     * @param process its id; empty where it has not written it down yet
     */
    record AtWork(String process) implements RecorderStatus {}

    /** No process records, and the last recorder closed it in good order, or there was none. */
    record Closed() implements RecorderStatus {}

    /**
     * No process records, and the last recorder was killed or lost its power.
     *
     * @param process its id
     */
    record Died(String process) implements RecorderStatus {}
}
