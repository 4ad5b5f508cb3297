package io.tapekeeper.store;

/** What survives. A killed process loses nothing that was committed, with either. */
public enum Durability {
    /**
     * A power cut may lose the commits of the last five seconds, in a fast recording of the last 32 MiB, which the
     * repair at the next start fetches again.
     */
    NORMAL,
    /** Each commit is on the disk before the next begins: a power cut loses no commit. */
    FULL
}
