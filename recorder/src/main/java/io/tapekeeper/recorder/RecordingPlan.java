package io.tapekeeper.recorder;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.series.Preset;
import io.tapekeeper.store.Durability;
import io.tapekeeper.tape.TapeKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is recorded, into which store, and for how long.
 *
 * @param db the store file; it is made where it is not there
 * @param symbols as the venue names them, at least one
 * @param kind what the entries of the tapes are; {@link TapeKind#POLL} asks for the price at every boundary
 * @param interval length of the bars; of a stream always a second
 * @param preset settings of features, rules and signal
 * @param durability what survives a power cut
 * @param redundant whether each stream has two sockets all the time
 * @param keep trades and rows older than this are deleted; empty keeps all
 * @param duration the recording ends after this long; empty where only its {@link Shutdown} ends it
 * @param untilIdle the recording ends when nothing came for this long and the venue has nothing newer; empty where it
 *     does not
 */
public record RecordingPlan(
        Path db,
        List<String> symbols,
        TapeKind kind,
        Interval interval,
        Preset preset,
        Durability durability,
        boolean redundant,
        Optional<Duration> keep,
        Optional<Duration> duration,
        Optional<Duration> untilIdle) {
    /** @throws IllegalArgumentException where no symbol is named */
    public RecordingPlan {
        symbols = List.copyOf(symbols);
        if (symbols.isEmpty()) {
            throw new IllegalArgumentException("a recording needs a symbol");
        }
    }

    /** The aggregate trades of these symbols, second by second, kept for ever. */
    public static RecordingPlan of(Path db, String... symbols) {
        return new RecordingPlan(
                db,
                List.of(symbols),
                TapeKind.AGGREGATE,
                Interval.SECOND,
                Preset.CLASSIC,
                Durability.NORMAL,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same, which ends after {@code time}. */
    public RecordingPlan lasting(Duration time) {
        return new RecordingPlan(
                db, symbols, kind, interval, preset, durability, redundant, keep, Optional.of(time), untilIdle);
    }
}
