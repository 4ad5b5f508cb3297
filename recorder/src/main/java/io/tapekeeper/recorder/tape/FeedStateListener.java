package io.tapekeeper.recorder.tape;

/** Learns how the feed stands. The tape thread calls it, in the order of the feed's events; no method may wait. */
public interface FeedStateListener {
    /** The feed delivers from now on. {@code nanos} is local monotonic time. */
    void connected(long nanos);

    /** The feed delivers nothing from now on. */
    void disconnected(String reason);

    /** The snapshots of all tapes are up to date; called about 20 times a second while the tape thread works. */
    void published(long nanos);
}
