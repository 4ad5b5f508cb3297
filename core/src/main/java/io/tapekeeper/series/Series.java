package io.tapekeeper.series;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeId;

/**
 * One stream of derived rows: a tape, watched with one preset at one interval.
 *
 * @param preset label of the preset
 */
public record Series(TapeId tape, Instrument instrument, String preset, Interval interval) {
    public Series {
        if (!tape.venue().equals(instrument.venue()) || !tape.symbol().equals(instrument.symbol())) {
            throw new IllegalArgumentException("the tape of %s on %s is no tape of %s on %s"
                    .formatted(tape.symbol(), tape.venue(), instrument.symbol(), instrument.venue()));
        }
    }

    /**
     * Names the series in addresses: {@code binance.BTCUSDT.aggregate.classic.1s}; a simulated one ends in
     * {@code .simulated}.
     */
    public String id() {
        return String.join(".", tape.venue(), tape.symbol(), tape.kind().label(), preset, interval.toString())
                + (tape.simulated() ? ".simulated" : "");
    }
}
