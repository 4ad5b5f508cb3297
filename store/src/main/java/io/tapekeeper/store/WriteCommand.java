package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** An entry for the {@link Recorder} other than a trade. Times: epoch µs. */
sealed interface WriteCommand {
    record Closed(Series series, FeatureRow row) implements WriteCommand {}

    record Alerted(Series series, Alert alert) implements WriteCommand {}

    record Signalled(Series series, SignalChange change) implements WriteCommand {}

    /** Alerts and signals from {@code from} to {@code to}, excluded, no longer hold. */
    record Withdrawn(Series series, long from, long to) implements WriteCommand {}

    record Missed(TapeId tape, Gap gap, GapCause cause, long time) implements WriteCommand {}

    record Settled(TapeId tape, IdRange ids, GapCause cause, Optional<String> repairedBy, long time)
            implements WriteCommand {}

    record Saved(Series series, Checkpoint checkpoint) implements WriteCommand {}

    /** Checkpoints with {@code fromTradeId} in them no longer hold. */
    record Rewound(Series series, long fromTradeId) implements WriteCommand {}

    record Happened(TapeId tape, Instrument instrument, String event, long time, String detail)
            implements WriteCommand {}

    /** The series begins with the state {@code before}: what led to it is to be forgotten. */
    @SuppressWarnings("ArrayRecordComponent") // handed over: nothing changes it afterwards
    record Begun(Series series, Checkpoint before, byte[] further) implements WriteCommand {}

    /** What is older than {@code before} may go, a little with each commit. */
    record Forgotten(TapeId tape, long before) implements WriteCommand {}

    /** Ends the batch at once; counted down when it is committed. */
    record Barrier(CountDownLatch committed) implements WriteCommand {}

    /** The last entry. */
    record Stop() implements WriteCommand {}
}
