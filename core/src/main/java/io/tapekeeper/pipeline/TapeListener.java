package io.tapekeeper.pipeline;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.market.Trade;
import io.tapekeeper.market.TradeView;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.util.function.Supplier;

/**
 * Receives what a {@link Pipeline} computes, in the order of the tape, on the thread that owns the pipeline. For each
 * bar the row comes first, then the alerts that open or close with it, then a change of the signal. Every method does
 * nothing by default.
 */
public interface TapeListener {
    /** A bar closed. */
    default void row(FeatureRow row) {}

    /** A rule became true. */
    default void alertOpened(Alert alert) {}

    /** A rule that was true no longer is. */
    default void alertClosed(Alert alert) {}

    /** The signal changed; a tape begins neutral. */
    default void signalChanged(SignalChange change) {}

    /**
     * Ids are not on the tape. The pipeline's state is still the one before the gap. Where the cause is
     * {@link GapCause#BLANKED} nothing is missing.
     */
    default void gap(Gap gap, GapCause cause) {}

    /** The same id came again with other content; the first one stays. */
    default void conflict(Trade first, TradeView other) {}

    /**
     * The state of the pipeline is worth saving now: so many bars have closed since the last time, or the tape is about
     * to pass a gap, and the rows after it are computed again from this state once the missing trades have come. Not
     * called before the first bar has closed.
     *
     * @param state computes the state when it is asked, which it may be until this method returns
     */
    default void stateDue(Supplier<PipelineState> state) {}
}
