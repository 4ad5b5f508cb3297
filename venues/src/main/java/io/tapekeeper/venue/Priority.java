package io.tapekeeper.venue;

/** What a question is for, which decides how much of the venue's limit it may use. */
public enum Priority {
    /** What the recording needs now; goes first. */
    LIVE,
    /** What the past lacks; it can wait. */
    REPAIR
}
