package io.tapekeeper.recorder;

import io.tapekeeper.live.LiveView;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.recorder.audit.FileCheck;
import io.tapekeeper.recorder.health.ClockOffsetMonitor;
import io.tapekeeper.recorder.health.FeedState;
import io.tapekeeper.recorder.health.VenueTimes;
import io.tapekeeper.recorder.repair.BackgroundRepair;
import io.tapekeeper.recorder.repair.LiveRepair;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.recorder.tape.TapeTrim;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.Venue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The way of a trade through one open store: feed, tape thread, recorder and pipeline, live view. {@link #run} builds
 * it in that order. Owned by the thread that runs the {@link Recording}.
 */
final class RecordingSession {
    /** Trades that may be held back after gaps, all instruments together. */
    private static final int HOLD_LIMIT = 500_000;

    /** A start that has to replay more trades than this says so. */
    private static final long LONG_REPLAY = 500_000;

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration LOOKED_EVERY = Duration.ofSeconds(1);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration FORGOTTEN_EVERY = Duration.ofMinutes(10);

    /** What it uses and does not close. */
    record Resources(
            Venue venue,
            Recorder recorder,
            History history,
            LiveView view,
            ClockOffsetMonitor clock,
            FileCheck check) {}

    /**
     * What is asked of it.
     *
     * @param deadline when it ends by itself, local monotonic time; {@link Long#MAX_VALUE} = never
     */
    record Order(
            RecordingPlan plan, RecordingSettings settings, Shutdown shutdown, Surroundings around, long deadline) {}

    private final Order order;
    private final RecordingPlan plan;
    private final RecordingSettings settings;
    private final Shutdown shutdown;
    private final Surroundings around;
    private final VenueProfile profile;
    private final Resources use;
    private final Map<String, TapePipeline> tapes = new LinkedHashMap<>(); // by symbol

    RecordingSession(Order order, VenueProfile profile, Resources use) {
        this.order = order;
        plan = order.plan();
        settings = order.settings();
        shutdown = order.shutdown();
        around = order.around();
        this.profile = profile;
        this.use = use;
    }

    /**
     * Records until something asks to end, or until the file turns out to be damaged.
     *
     * @param started is given what watches over the recording, as soon as it does
     */
    void run(Consumer<RecordingMonitor> started) throws InterruptedException {
        if (plan.kind() == TapeKind.POLL) {
            profile.refusePolling();
        }
        profile.refuseMixing(plan.db(), use.history);
        HoldLimit limit = new HoldLimit(settings.repair().holdBack().toNanos(), HOLD_LIMIT);
        for (Instrument instrument : profile.instruments()) {
            tapes.put(instrument.symbol(), begin(instrument, limit));
        }
        List<TapePipeline> all = List.copyOf(tapes.values());
        FeedState state = new FeedState("connecting to the venue");
        VenueTimes times = new VenueTimes(use.clock, profile.playsAtLifeSpeed(), profile.tellsTheTime());
        var monitored = new RecordingMonitor.Resources(use.venue, use.recorder, use.history, use.view);
        try (History reading = History.open(plan.db());
                TapeThread tape = new TapeThread(tapes, state, this::failed, settings.nanos());
                BackgroundRepair background = backgroundRepair(tape, reading, all);
                LiveRepair live = new LiveRepair(use.venue, tape, all, state::isConnected, settings.repair());
                Feed feed = feed(tape, state, live);
                RecordingMonitor monitor = new RecordingMonitor(
                        all,
                        new RecordingMonitor.Workers(tape, feed, state, live, background),
                        monitored,
                        times,
                        settings.nanos())) {
            tape.start();
            feed.start();
            live.start();
            background.start();
            monitor.start();
            started.accept(monitor);
            watchOver(monitor, tape);
            if (around.endVenue().isPresent()) {
                around.endVenue().get().run();
                awaitLastTrades(state);
            }
        }
        noteEnd(all);
    }

    /** Takes up a tape where the store has left it. */
    private TapePipeline begin(Instrument instrument, HoldLimit limit) {
        TapeId tape = new TapeId(instrument.venue(), instrument.symbol(), plan.kind(), profile.inventsItsTrades());
        Series series = new Series(tape, instrument, plan.preset().label(), plan.interval());
        if (around.endVenue().isEmpty()) { // a venue of our own plays what the store lacks
            VenueProfile.refuseAnotherTape(plan.db(), tape, use.history, use.venue);
        }
        use.view.addSeries(series, profile.describe(series, plan.preset()));
        TapePipeline watched = new TapePipeline(series, plan.preset(), use.recorder, use.view, limit);
        if (use.history.checkpoint(series).isEmpty() && use.history.tradeCount(tape) > LONG_REPLAY) {
            around.notices()
                    .say("%s: computing the features of %,d stored trades first"
                            .formatted(tape.symbol(), use.history.tradeCount(tape)));
        }
        watched.resume(use.history, shutdown::isRequested, settings.nanos());
        use.recorder.session(tape, instrument, "started", use.clock.oursMicros(), "");
        return watched;
    }

    private BackgroundRepair backgroundRepair(TapeThread tape, History reading, List<TapePipeline> all) {
        return new BackgroundRepair(
                use.venue.history(),
                tape,
                use.recorder,
                reading,
                use.view,
                plan.preset(),
                all,
                settings.repair().within(plan.keep().orElse(null)));
    }

    private Feed feed(TapeThread tape, FeedState state, LiveRepair live) {
        if (plan.kind() == TapeKind.POLL) {
            return use.venue.poll(profile.instruments(), plan.interval(), tape);
        }
        return use.venue.stream(
                profile.instruments(),
                plan.kind(),
                plan.redundant(),
                (symbol, kind) -> {
                    OptionalLong newest = use.venue.history().newestId(symbol, kind);
                    if (live.hasAll(tapes.get(symbol), newest.orElse(-1))) {
                        state.quiet(symbol, settings.nanos().getAsLong());
                    } // else traded while no socket was open, or on its way
                    return newest;
                },
                tape);
    }

    /** A thread of the recording failed: it is better to end in plain sight than to look alive. */
    private void failed(Throwable fault) {
        shutdown.fail(
                fault instanceof StoreException trouble
                        ? RecordingException.of(trouble)
                        : new IllegalStateException("a thread of the recording broke", fault));
    }

    /** The venue has just ended; what it sent before is still on its way. */
    private static void awaitLastTrades(FeedState feed) throws InterruptedException {
        for (int left = 10; left > 0 && feed.isConnected(); left--) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Shows how it goes until something asks to end. */
    private void watchOver(RecordingMonitor monitor, TapeThread tape) throws InterruptedException {
        long began = settings.nanos().getAsLong();
        long askedAt = began;
        long lookedAt = began - LOOKED_EVERY.toNanos();
        long forgotAt = began - FORGOTTEN_EVERY.toNanos();
        while (!shutdown.await(LOOK)) {
            long now = settings.nanos().getAsLong();
            if (now - lookedAt >= LOOKED_EVERY.toNanos()) {
                lookedAt = now;
                monitor.look(now);
            }
            if (now - forgotAt >= FORGOTTEN_EVERY.toNanos()) {
                forgotAt = forget() ? now : now - FORGOTTEN_EVERY.toNanos() + LOOKED_EVERY.toNanos();
            }
            around.notices().show(List.copyOf(tapes.values()), monitor.health());
            if (isDamaged()) {
                return;
            }
            if (isOver()) {
                shutdown.request();
            }
            boolean idle = plan.untilIdle().map(tape::idleFor).orElse(false);
            if (idle && now - askedAt >= ASK_AGAIN.toNanos()) {
                askedAt = now;
                if (monitor.isComplete()) {
                    shutdown.request();
                }
            }
        }
    }

    private boolean isOver() {
        return order.deadline() != Long.MAX_VALUE && settings.nanos().getAsLong() - order.deadline() >= 0;
    }

    /** @throws StoreException where the writer has failed: a damaged file is set aside, anything else ends it */
    private boolean isDamaged() {
        Optional<StoreException> failure = use.recorder.failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
        use.check.damage().ifPresent(found -> around.notices().say("%s is damaged: %s".formatted(plan.db(), found)));
        return use.check.damage().isPresent();
    }

    /**
     * Has what is older than the plan keeps deleted, counted from the last bar that closed, for one trade's time may be
     * wrong. Returns false where there is more to delete, or the writer is in trouble: it might wait for room in a
     * queue.
     */
    private boolean forget() {
        if (plan.keep().isEmpty() || use.recorder.trouble().isPresent()) {
            return false;
        }
        boolean more = false;
        for (TapePipeline tape : tapes.values()) {
            long closed = tape.now().closedUpTo();
            if (closed != Long.MIN_VALUE) {
                long before = closed - plan.keep().get().toNanos() / 1_000;
                if (plan.kind() == TapeKind.POLL) {
                    use.recorder.forget(tape.series().tape(), before);
                } else {
                    more |= new TapeTrim(use.history, use.recorder, tape.series(), plan.preset()).forget(before);
                }
            }
        }
        return !more;
    }

    private void noteEnd(List<TapePipeline> all) {
        try {
            for (TapePipeline tape : all) {
                Series series = tape.series();
                use.recorder.session(series.tape(), series.instrument(), "stopped", use.clock.oursMicros(), "");
            }
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.CLOSED) {
                throw e;
            } // a stuck writer was closed already; it reports by itself what it could not write
        }
    }
}
