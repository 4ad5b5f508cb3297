package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Cause;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** One thing said to the {@link Recorder} that is no trade. Times: epoch µs. */
sealed interface Entry {
    record Closed(Series series, FeatureRow row) implements Entry {}

    record Alerted(Series series, Alert alert) implements Entry {}

    record Signalled(Series series, SignalChange change) implements Entry {}

    /** Alerts and signals from {@code from} to {@code to}, excluded, no longer hold. */
    record Withdrawn(Series series, long from, long to) implements Entry {}

    record Missed(TapeId tape, Gap gap, Cause cause, long time) implements Entry {}

    record Settled(TapeId tape, IdRange ids, Cause cause, Optional<String> repairedBy, long time) implements Entry {}

    record Saved(Series series, Checkpoint checkpoint) implements Entry {}

    /** Checkpoints with {@code fromTradeId} in them no longer hold. */
    record Rewound(Series series, long fromTradeId) implements Entry {}

    record Happened(TapeId tape, Instrument instrument, String event, long time, String detail) implements Entry {}

    /** What is older than {@code before} may go, a little with each commit. */
    record Forgotten(TapeId tape, long before) implements Entry {}

    /** Ends the batch at once; counted down when it is committed. */
    record Barrier(CountDownLatch committed) implements Entry {}

    /** The last entry. */
    record Stop() implements Entry {}

    /** Whether it concerns the queue alone. */
    default boolean ofTheQueue() {
        return this instanceof Barrier || this instanceof Stop;
    }
}
