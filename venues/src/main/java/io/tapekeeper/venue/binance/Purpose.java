package io.tapekeeper.venue.binance;

/** What a question is for, which decides how much of the venue's limit it may use. */
public enum Purpose {
    /** What the recording needs now; goes first. */
    LIVE,
    /** What the past lacks; it can wait. */
    REPAIR
}
