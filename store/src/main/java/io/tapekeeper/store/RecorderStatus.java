package io.tapekeeper.store;

/** Who records into a store, or how whoever did so last left it. */
public sealed interface RecorderStatus {
    /**
     * It is being recorded now.
     *
     * @param process its id; empty where it has not written it down yet
     */
    record AtWork(String process) implements RecorderStatus {}

    /** Nobody records, and the last one closed it in good order, or there was none. */
    record Closed() implements RecorderStatus {}

    /**
     * Nobody records, and the last one was killed or lost its power.
     *
     * @param process its id
     */
    record Died(String process) implements RecorderStatus {}
}
