package io.tapekeeper.exchange.wire;

/** The unit of the times that a client receives; internally, all times are microseconds. */
public enum TimeUnits {
    MILLIS(1_000),
    MICROS(1);

    private final long micros;

    TimeUnits(long micros) {
        this.micros = micros;
    }

    public long of(long timeMicros) {
        return Math.floorDiv(timeMicros, micros);
    }
}
