package io.tapekeeper.venue;

/**
 * What a feed has counted since its start.
 *
 * @param frames messages, or answers to polls, that arrived
 * @param trades trades, or polled prices, that were delivered; duplicates count
 * @param ignored messages that were understood to be of no concern
 * @param malformed messages that were not understood; they are skipped
 * @param reconnects how often the connection came back after it had been lost
 * @param stalls how often a socket was found to keep trades back
 * @param rotations how often a socket gave way to another one that worked already
 * @param pauses how often a socket was left unread because the listener was busy
 * @param lastMalformed why the last malformed message was skipped, and how it begins; empty where there was none
 */
public record FeedCounts(
        long frames,
        long trades,
        long ignored,
        long malformed,
        long reconnects,
        long stalls,
        long rotations,
        long pauses,
        String lastMalformed) {}
