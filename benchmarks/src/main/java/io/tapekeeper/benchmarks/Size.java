package io.tapekeeper.benchmarks;

/** How long to measure. */
enum Size {
    /** Says nothing about speed, only that it runs. */
    TINY,
    /** All of it in three minutes. */
    SHORT,
    /** The sizes of docs/performance.md. */
    FULL;

    /** One of three, by size. */
    long pick(long tiny, long brief, long full) {
        return switch (this) {
            case TINY -> tiny;
            case SHORT -> brief;
            case FULL -> full;
        };
    }
}
