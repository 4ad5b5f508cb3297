package io.tapekeeper.pipeline;

/**
 * The state of a {@link Pipeline} between two trades, as a checkpoint keeps it.
 *
 * @param lastId the last trade in it; −1 before the first, and on a polled tape
 * @param lastBarStart start of the last bar that had closed, epoch microseconds; {@link Long#MIN_VALUE} before the
 *     first
 * @param bytes what {@link Pipeline#restore} reads; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // as the store keeps it; compared by nothing
public record PipelineState(long lastId, long lastBarStart, byte[] bytes) {}
