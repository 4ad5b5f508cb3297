package io.tapekeeper.recorder.repair;

import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.venue.TradeHistory;
import java.util.function.LongSupplier;

/**
 * What a repair works with.
 *
 * @param history of its own, for a rebuild reads for long
 * @param nanos local monotonic time
 */
public record RepairTools(
        TradeHistory venue, Recorder recorder, History history, RepairSettings settings, LongSupplier nanos) {}
