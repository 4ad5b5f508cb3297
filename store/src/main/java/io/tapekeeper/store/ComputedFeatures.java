package io.tapekeeper.store;

/**
 * How far the recorder has computed the features that earlier rows lack.
 *
 * @param lastBarStart the last bar in it, epoch microseconds
 * @param state of these features after that bar, as {@code FurtherFeatures} takes it
 */
@SuppressWarnings("ArrayRecordComponent") // handed over: nothing changes it afterwards
public record ComputedFeatures(long lastBarStart, byte[] state) {}
