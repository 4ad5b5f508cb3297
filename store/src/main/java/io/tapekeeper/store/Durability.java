package io.tapekeeper.store;

/** What survives a power cut. A killed process loses nothing that was committed, with either. */
public enum Durability {
    /**
     * A power cut may lose the commits of the last five seconds, or of the last 32 MiB in a fast recording; the repair
     * at the next start fetches them again.
     */
    NORMAL,
    /** Each commit is on the disk before the next begins: a power cut loses no commit. */
    FULL
}
