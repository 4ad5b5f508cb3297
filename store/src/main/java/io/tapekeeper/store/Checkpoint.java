package io.tapekeeper.store;

/**
 * The state of a series between two trades.
 *
 * @param lastTradeId the last trade in it, −1 before the first
 * @param lastBarStart start of the last bar that had closed, epoch microseconds
 * @param state what the owner of the series wrote; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
public record Checkpoint(long lastTradeId, long lastBarStart, byte[] state) {}
