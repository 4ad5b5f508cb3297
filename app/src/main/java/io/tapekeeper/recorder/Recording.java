package io.tapekeeper.recorder;

import io.tapekeeper.app.CommandFailure;
import io.tapekeeper.app.RecordOptions;
import io.tapekeeper.app.terminal.StatusLine;
import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.Metric;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.recorder.audit.FileCheck;
import io.tapekeeper.recorder.health.ClockOffsetMonitor;
import io.tapekeeper.recorder.health.FeedState;
import io.tapekeeper.recorder.health.VenueTimes;
import io.tapekeeper.recorder.repair.BackgroundRepair;
import io.tapekeeper.recorder.repair.LiveRepair;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.BinancePoll;
import io.tapekeeper.venue.binance.BinanceRest;
import io.tapekeeper.venue.binance.BinanceStream;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * One run of the whole way of a trade: feed → tape thread → recorder and Analyst → live view → page. Reading
 * {@link #run} from top to bottom is reading the system. Owned by the main thread.
 */
public final class Recording {
    private static final Logger LOG = System.getLogger(Recording.class.getName());

    /** Trades that may be held back behind holes, all instruments together. */
    private static final int HOLD_BUDGET = 500_000;

    /** Rows kept in memory for the pages, all symbols together. */
    private static final int MOST_RING_ROWS = 60_000;

    /** A start that has to replay more than this says so. */
    private static final long LONG_REPLAY = 500_000;

    /** A stop on a full disk is over within two seconds. */
    private static final Recorder.Patience PATIENCE =
            new Recorder.Patience(Duration.ofSeconds(1), Duration.ofMillis(500));

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration LOOKED_EVERY = Duration.ofSeconds(1);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration FORGOTTEN_EVERY = Duration.ofMinutes(10);

    private final RecordOptions options;
    private final Path db;
    private final URI restUrl;
    private final URI streamUrl;
    private final Shutdown stop;
    private final Optional<Runnable> endVenue;
    private final RecordingSettings tuning;
    private final PrintStream out;
    private final StatusLine status;
    private volatile Optional<RecordingMonitor> oversight = Optional.empty(); // empty before it records
    private long deadline;

    /**
     * @param endVenue ends a venue that is ours when the recording is about to end, so that everything the venue has
     *     played is on the tape
     * @param tuning how patient to be
     */
    public Recording(
            RecordOptions options,
            Path db,
            URI restUrl,
            URI streamUrl,
            Shutdown stop,
            Optional<Runnable> endVenue,
            RecordingSettings tuning,
            PrintStream out) {
        this.endVenue = endVenue;
        this.tuning = tuning;
        this.options = options;
        this.db = db;
        this.restUrl = restUrl;
        this.streamUrl = streamUrl;
        this.stop = stop;
        this.out = out;
        status = new StatusLine(out);
    }

    /** Records until it is asked to stop. */
    public void run() throws InterruptedException {
        Preset preset = options.watch.preset();
        options.check();
        deadline = options.forTime == null ? Long.MAX_VALUE : System.nanoTime() + options.forTime.toNanos();
        out.println("store: " + db.toAbsolutePath());
        try {
            finishSettingAside();
            while (!recordInto(preset)) {
                setAside();
            }
        } finally {
            status.end();
        }
        stop.rethrow();
    }

    /** What it has counted so far, also when it has ended; any thread. */
    public List<Metric> metrics() {
        return oversight.map(RecordingMonitor::metrics).orElse(List.of());
    }

    /** Returns false where the file turned out to be damaged. */
    private boolean recordInto(Preset preset) throws InterruptedException {
        try (RateGovernor governor = tuning.governor().apply(restUrl);
                BinanceRest rest = new BinanceRest(restUrl, tuning.venue(), governor);
                VenueLookup first = VenueLookup.ask(() -> ask(rest));
                Recorder recorder = Recorder.open(db, options.durability(), PATIENCE);
                StuckWriterShutdown trouble = new StuckWriterShutdown(recorder, stop);
                History history = History.open(db);
                ClockOffsetMonitor clock = new ClockOffsetMonitor(rest, InstantSource.system());
                FileCheck check = new FileCheck(db, recorder.uncleanBefore())) {
            stop.whenRequested(rest::close); // whatever is asked of the venue now fails at once
            LiveView view = new LiveView(ringRows());
            try (Dashboard dashboard = options.noDashboard ? null : options.page.start(view, history)) {
                Optional<VenueProfile> venue = reach(first, rest, view);
                if (venue.isEmpty()) {
                    return true; // asked to stop while the venue could not be reached
                }
                view.notice("");
                clock.start();
                record(venue.get(), preset, recorder, history, rest, governor, clock, view, check);
            }
            return check.damage().isEmpty();
        } catch (CancellationException e) {
            LOG.log(Level.INFO, e.getMessage());
            return true;
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.DAMAGED && !stop.isRequested()) {
                status.say(e.getMessage());
                return false;
            }
            throw CommandFailure.of(e);
        }
    }

    /** A damaged file is kept as it is, and the recording goes on in a new one. */
    private void setAside() {
        try {
            sayKept(StoreMaintenance.setAside(db));
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
    }

    /** The run before this one may have been killed in the middle of it. */
    private void finishSettingAside() {
        try {
            StoreMaintenance.finishSettingAside(db).ifPresent(this::sayKept);
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
    }

    private void sayKept(Path kept) {
        status.say("the damaged file is kept as %s; recording into a new %s".formatted(kept, db));
    }

    /** An hour of seconds a symbol; less where there are many, for the rings share a bound. */
    private int ringRows() {
        return Math.clamp(MOST_RING_ROWS / options.symbols.size(), 600, LiveView.RING_ROWS);
    }

    /** Asks the venue what it lists until it answers; empty where we were asked to stop first. */
    private Optional<VenueProfile> reach(VenueLookup first, BinanceRest rest, LiveView view)
            throws InterruptedException {
        Duration pause = Duration.ofMillis(500);
        String said = "";
        for (boolean asked = true; ; asked = false) {
            try {
                return Optional.of(asked ? first.await() : ask(rest));
            } catch (VenueException e) {
                if (e.kind() == VenueException.Kind.UNKNOWN_SYMBOL) {
                    throw CommandFailure.of(e);
                }
                if (!e.getMessage().equals(said)) {
                    said = e.getMessage();
                    status.say(said + " (retrying until it can be reached)");
                    view.notice(said);
                }
            }
            for (long left = pause.toMillis(); left > 0; left -= ASK_AGAIN.toMillis()) {
                if (stop.await(Duration.ofMillis(Math.min(left, ASK_AGAIN.toMillis()))) || isOver()) {
                    return Optional.empty();
                }
            }
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        }
    }

    private VenueProfile ask(BinanceRest rest) {
        return VenueProfile.ask(restUrl, rest, options.symbols);
    }

    private void record(
            VenueProfile venue,
            Preset preset,
            Recorder recorder,
            History history,
            BinanceRest rest,
            RateGovernor governor,
            ClockOffsetMonitor clock,
            LiveView view,
            FileCheck check)
            throws InterruptedException {
        if (options.mode == RecordOptions.Mode.poll) {
            venue.refusePolling();
        }
        venue.refuseMixing(db, history);
        Map<String, TapePipeline> watches = new LinkedHashMap<>();
        HoldLimit budget = new HoldLimit(HOLD_BUDGET);
        for (Instrument instrument : venue.instruments()) {
            TapeId tape = new TapeId(instrument.venue(), instrument.symbol(), options.kind(), venue.inventsItsTrades());
            Series series = new Series(tape, instrument, preset.label(), options.interval());
            if (endVenue.isEmpty()) { // a venue of our own plays what the store lacks
                VenueProfile.refuseAnotherTape(db, tape, history, rest);
            }
            view.addSeries(series, venue.describe(series, preset));
            TapePipeline watch = new TapePipeline(
                    series, preset, recorder, view, tuning.repair().holdBack().toNanos(), budget);
            if (history.checkpoint(series).isEmpty() && history.tradeCount(tape) > LONG_REPLAY) {
                status.say("%s: computing the features of %,d stored trades first"
                        .formatted(tape.symbol(), history.tradeCount(tape)));
            }
            watch.resume(history, stop::isRequested);
            watches.put(instrument.symbol(), watch);
            recorder.session(tape, instrument, "started", clock.oursMicros(), "");
        }
        FeedState state = new FeedState("connecting to the venue");
        VenueTimes times = new VenueTimes(clock, venue.playsAtLifeSpeed(), venue.tellsTheTime());
        var use = new RecordingMonitor.Resources(rest, governor, recorder, history, view);
        List<TapePipeline> all = List.copyOf(watches.values());
        try (History reading = History.open(db);
                TapeThread tape = new TapeThread(watches, state, stop);
                BackgroundRepair repair = new BackgroundRepair(
                        rest,
                        tape,
                        recorder,
                        reading,
                        view,
                        preset,
                        all,
                        tuning.repair().within(options.keep));
                LiveRepair filler = new LiveRepair(rest, governor, tape, all, state::isConnected, tuning.repair());
                Feed feed = feed(venue.instruments(), rest, governor, tape, watches, state, filler);
                RecordingMonitor monitor = new RecordingMonitor(
                        all,
                        new RecordingMonitor.Workers(tape, feed, state, filler, repair),
                        use,
                        times,
                        System::nanoTime)) {
            tape.start();
            feed.start();
            filler.start();
            repair.start();
            monitor.start();
            oversight = Optional.of(monitor);
            watchOver(monitor, all, tape, recorder, check);
            if (endVenue.isPresent()) {
                endVenue.get().run();
                awaitLastTrades(state);
            }
        }
        try {
            for (TapePipeline watch : watches.values()) {
                Series series = watch.series();
                long now = clock.oursMicros();
                recorder.session(series.tape(), series.instrument(), "stopped", now, "");
            }
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.CLOSED) {
                throw e;
            } // in trouble; whether it has lost anything it tells itself
        }
    }

    /** The venue has just ended; what it sent before is still on its way. */
    private static void awaitLastTrades(FeedState feed) throws InterruptedException {
        for (int left = 10; left > 0 && feed.isConnected(); left--) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private Feed feed(
            List<Instrument> instruments,
            BinanceRest rest,
            RateGovernor governor,
            TapeThread tape,
            Map<String, TapePipeline> watches,
            FeedState state,
            LiveRepair filler) {
        return options.mode == RecordOptions.Mode.poll
                ? new BinancePoll(rest, instruments, options.every, tape, tuning.venue())
                : new BinanceStream(
                        streamUrl,
                        instruments,
                        options.kind(),
                        tape,
                        tuning.venue(),
                        governor.connectPermits(),
                        (symbol, kind) -> {
                            OptionalLong newest = rest.newestId(symbol, kind);
                            TapePipeline watch = watches.get(symbol);
                            if (filler.hasAll(watch, newest.orElse(-1))) {
                                state.quiet(symbol, System.nanoTime());
                            } // else printed while no socket was open, or on its way
                            return newest;
                        },
                        options.redundant);
    }

    private boolean isOver() {
        return deadline != Long.MAX_VALUE && System.nanoTime() - deadline >= 0;
    }

    /** Shows how it goes until something asks to stop. */
    private void watchOver(
            RecordingMonitor monitor, List<TapePipeline> watches, TapeThread tape, Recorder recorder, FileCheck check)
            throws InterruptedException {
        long began = System.nanoTime();
        long askedAt = began;
        long lookedAt = began - LOOKED_EVERY.toNanos();
        long forgotAt = began - FORGOTTEN_EVERY.toNanos();
        while (!stop.await(LOOK)) {
            long now = System.nanoTime();
            if (now - lookedAt >= LOOKED_EVERY.toNanos()) {
                lookedAt = now;
                monitor.look(now);
            }
            if (options.keep != null
                    && now - forgotAt >= FORGOTTEN_EVERY.toNanos()
                    && recorder.trouble().isEmpty()) { // else it might wait for room in a queue
                forgotAt = now;
                watches.forEach(watch -> forget(watch, recorder));
            }
            status.show(watches, monitor.health());
            Optional<StoreException> failure = recorder.failure();
            if (failure.isPresent()) { // a damaged file is kept, anything else ends it
                throw failure.get();
            }
            if (check.damage().isPresent()) {
                status.say("%s is damaged: %s".formatted(db, check.damage().get()));
                return;
            }
            if (isOver()) {
                stop.request();
            }
            if (options.untilIdle != null && tape.idleFor(options.untilIdle) && now - askedAt >= ASK_AGAIN.toNanos()) {
                askedAt = now;
                if (monitor.isComplete()) {
                    stop.request();
                }
            }
        }
    }

    /** Trades beyond the retention go: by closed bars, for one trade's time may be a wrong one. */
    private void forget(TapePipeline watch, Recorder recorder) {
        long closed = watch.now().closedUpTo();
        if (closed != Long.MIN_VALUE) {
            recorder.forget(watch.series().tape(), closed - options.keep.toNanos() / 1_000);
        }
    }
}
