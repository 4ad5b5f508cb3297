package io.tapekeeper.recorder.tape;

import io.tapekeeper.pipeline.Pipeline;
import io.tapekeeper.pipeline.PipelineState;
import io.tapekeeper.pipeline.TapeListener;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Checkpoint;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.HoldLimit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lets go of a tape's oldest trades, and keeps the state of the pipeline at the first trade that stays: features may
 * depend on every close since the tape began, so that what follows could not be computed again without it. The trades
 * that go pass through the pipeline once more for that.
 *
 * <p>One thread at a time; the live tape goes on beside it.
 */
public final class TapeTrim {
    /** Trades that go at once: some tenths of a second. */
    private static final long MOST_TRADES = 250_000;

    /** Ids that are looked at together for the last trade that goes. */
    private static final long IDS_AT_ONCE = 10_000;

    private final History history;
    private final Recorder recorder;
    private final Series series;
    private final Preset preset;

    public TapeTrim(History history, Recorder recorder, Series series, Preset preset) {
        this.history = history;
        this.recorder = recorder;
        this.series = series;
        this.preset = preset;
    }

    /**
     * Has what is older deleted, by whole bars, at most {@value #MOST_TRADES} trades of it. Nothing goes that the next
     * start would replay.
     *
     * @param beforeMicros epoch microseconds of the venue's clock
     * @return whether there may be more
     */
    public boolean forget(long beforeMicros) {
        Optional<Checkpoint> newest = history.checkpoint(series);
        Optional<Checkpoint> beginning = history.beginning(series);
        Pipeline pipeline = new Pipeline(series, preset, new TapeListener() {}, HoldLimit.none());
        boolean begun = beginning.filter(at -> pipeline.beginAt(state(at))).isPresent();
        OptionalLong first = begun ? OptionalLong.of(pipeline.lastId() + 1) : history.firstTradeId(series.tape());
        if (newest.isEmpty() || first.isEmpty()) {
            return false;
        }
        long most = Math.min(newest.get().lastTradeId(), first.getAsLong() + MOST_TRADES - 1);
        long last = lastBefore(series.interval().startOf(beforeMicros), first.getAsLong(), most);
        if (last < first.getAsLong()) {
            return false;
        }
        new TapeReplay(history, series.tape(), List.of()).playTo(last, pipeline, () -> 0, trade -> {});
        if (!pipeline.hasState()) {
            return false;
        }
        PipelineState state = pipeline.state();
        Checkpoint before = new Checkpoint(state.lastId(), state.lastBarStart(), state.bytes());
        recorder.forget(series, before, pipeline.furtherState());
        return last == most && most < newest.get().lastTradeId();
    }

    static PipelineState state(Checkpoint saved) {
        return new PipelineState(saved.lastTradeId(), saved.lastBarStart(), saved.state());
    }

    /** The last trade before a time, or one before {@code first} where there is none. */
    private long lastBefore(long time, long first, long most) {
        long[] last = {first - 1};
        boolean more = true;
        for (long from = first; more && from <= most; from += IDS_AT_ONCE) {
            long before = last[0];
            long to = Math.min(most + 1, from + IDS_AT_ONCE);
            history.trades(series.tape(), from, to, trade -> {
                if (trade.venueTime() < time) {
                    last[0] = trade.id();
                }
            });
            more = last[0] > before;
        }
        return last[0];
    }
}
