package io.tapekeeper.app;

import io.tapekeeper.analyst.Preset;
import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.dashboard.LiveView;
import io.tapekeeper.dashboard.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.Series;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.HoldBudget;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.BinancePoll;
import io.tapekeeper.venue.binance.BinanceRest;
import io.tapekeeper.venue.binance.BinanceStream;
import io.tapekeeper.venue.binance.ConnectPermits;
import io.tapekeeper.venue.binance.Settings;
import io.tapekeeper.venue.binance.SimulatedVenue;
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
 * One run of the whole way of a trade: feed → tape thread → recorder and Analyst → live view →
 * page. Reading {@link #run} from top to bottom is reading the system. Owned by the main thread.
 */
final class Recording {
    private static final Logger LOG = System.getLogger(Recording.class.getName());

    /** A hole becomes a gap at once: so far nothing else could fill it. */
    private static final long HOLD_BACK_NANOS = 0;

    /** Trades that may be held back behind holes, all instruments together. */
    private static final int HOLD_BUDGET = 500_000;

    /** Rows kept in memory for the pages, all symbols together. */
    private static final int MOST_RING_ROWS = 60_000;

    /** A start that has to replay more than this says so. */
    private static final long LONG_REPLAY = 500_000;

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration COUNTED_EVERY = Duration.ofSeconds(1);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int NEWEST_TRIES = 10; // the venue's database may lag behind its stream
    private static final Duration NEWEST_PAUSE = Duration.ofMillis(500);

    private final RecordOptions options;
    private final Path db;
    private final URI restUrl;
    private final URI streamUrl;
    private final Stop stop;
    private final Optional<Runnable> endVenue;
    private final PrintStream out;
    private final StatusLine status;
    private long deadline;

    /**
     * @param endVenue ends a venue that is ours when the recording is about to end, so that
     *     everything the venue has played is on the tape
     */
    Recording(
            RecordOptions options,
            Path db,
            URI restUrl,
            URI streamUrl,
            Stop stop,
            Optional<Runnable> endVenue,
            PrintStream out) {
        this.endVenue = endVenue;
        this.options = options;
        this.db = db;
        this.restUrl = restUrl;
        this.streamUrl = streamUrl;
        this.stop = stop;
        this.out = out;
        status = new StatusLine(out);
    }

    /** Records until it is asked to stop. */
    void run() throws InterruptedException {
        Preset preset = options.watch.preset();
        options.check();
        deadline =
                options.forTime == null
                        ? Long.MAX_VALUE
                        : System.nanoTime() + options.forTime.toNanos();
        out.println("store: " + db.toAbsolutePath());
        try (Recorder recorder = Recorder.open(db, options.durability());
                History history = History.open(db);
                BinanceRest rest = new BinanceRest(restUrl, Settings.defaults());
                VenueClock clock = new VenueClock(rest, InstantSource.system())) {
            stop.whenRequested(rest::close); // whatever is asked of the venue now fails at once
            LiveView view = new LiveView(ringRows());
            try (Dashboard dashboard =
                    options.noDashboard ? null : options.page.start(view, history)) {
                Optional<Venue> venue = reach(rest, view);
                if (venue.isEmpty()) {
                    return; // asked to stop while the venue could not be reached
                }
                view.notice("");
                clock.start();
                record(venue.get(), preset, recorder, history, rest, clock, view);
            }
        } catch (CancellationException e) {
            LOG.log(Level.INFO, e.getMessage());
        } catch (StoreException e) {
            throw Failure.of(e);
        } finally {
            status.end();
        }
        stop.rethrow();
    }

    /** An hour of seconds a symbol; less where there are many, for the rings share a bound. */
    private int ringRows() {
        return Math.clamp(MOST_RING_ROWS / options.symbols.size(), 600, LiveView.RING_ROWS);
    }

    /** What the venue said of itself. */
    private record Venue(List<Instrument> instruments, Optional<SimulatedVenue> simulated) {
        boolean inventsItsTrades() {
            return simulated.map(venue -> venue.source().equals("synthetic")).orElse(false);
        }

        boolean playsAtLifeSpeed() {
            return simulated.map(venue -> venue.speed().equals("1")).orElse(true);
        }

        SeriesInfo describe(Series series, Preset preset) {
            boolean replay = simulated.isPresent() && !inventsItsTrades();
            return replay
                    ? SeriesInfo.replay(preset, "at speed " + simulated.get().speed())
                    : SeriesInfo.live(series, preset);
        }
    }

    /** Asks the venue what it lists until it answers; empty where we were asked to stop first. */
    private Optional<Venue> reach(BinanceRest rest, LiveView view) throws InterruptedException {
        Duration pause = Duration.ofMillis(500);
        String said = "";
        while (true) {
            try {
                Optional<SimulatedVenue> simulated =
                        RunCommand.isBinance(restUrl) ? Optional.empty() : rest.simulation();
                return Optional.of(new Venue(rest.instruments(options.symbols), simulated));
            } catch (VenueException e) {
                if (e.kind() == VenueException.Kind.UNKNOWN_SYMBOL) {
                    throw Failure.of(e);
                }
                if (!e.getMessage().equals(said)) {
                    said = e.getMessage();
                    status.say(said + " (retrying until it can be reached)");
                    view.notice(said);
                }
            }
            for (long left = pause.toMillis(); left > 0; left -= ASK_AGAIN.toMillis()) {
                if (stop.await(Duration.ofMillis(Math.min(left, ASK_AGAIN.toMillis())))
                        || isOver()) {
                    return Optional.empty();
                }
            }
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        }
    }

    private void record(
            Venue venue,
            Preset preset,
            Recorder recorder,
            History history,
            BinanceRest rest,
            VenueClock clock,
            LiveView view)
            throws InterruptedException {
        refusePollingAPlayer(venue);
        refuseMixing(venue, history);
        Map<String, Watch> watches = new LinkedHashMap<>();
        HoldBudget budget = new HoldBudget(HOLD_BUDGET);
        for (Instrument instrument : venue.instruments()) {
            TapeId tape =
                    new TapeId(
                            instrument.venue(),
                            instrument.symbol(),
                            options.kind(),
                            venue.inventsItsTrades());
            Series series = new Series(tape, instrument, preset.label(), options.interval());
            if (endVenue.isEmpty()) { // a venue of our own plays what the store lacks
                refuseAnotherTape(tape, history, rest);
            }
            view.addSeries(series, venue.describe(series, preset));
            Watch watch = new Watch(series, preset, recorder, view, HOLD_BACK_NANOS, budget);
            if (history.checkpoint(series).isEmpty() && history.tradeCount(tape) > LONG_REPLAY) {
                status.say(
                        "%s: computing the features of %,d stored trades first"
                                .formatted(tape.symbol(), history.tradeCount(tape)));
            }
            watch.resume(history, stop::isRequested);
            watches.put(instrument.symbol(), watch);
            recorder.session(tape, instrument, "started", clock.oursMicros(), "");
        }
        HealthTeller health =
                new HealthTeller(
                        watches.values(),
                        view,
                        clock,
                        venue.playsAtLifeSpeed(),
                        "connecting to the venue");
        try (TapeThread tape = new TapeThread(watches, health, stop);
                Feed feed = feed(venue.instruments(), rest, tape)) {
            tape.start();
            feed.start();
            watchOver(tape, recorder, history, rest, List.copyOf(watches.values()), health);
            if (endVenue.isPresent()) {
                endVenue.get().run();
                awaitLastTrades(health);
            }
        }
        for (Watch watch : watches.values()) {
            Series series = watch.series();
            recorder.session(series.tape(), series.instrument(), "stopped", clock.oursMicros(), "");
        }
    }

    /** The venue has just ended; what it sent before is still on its way. */
    private static void awaitLastTrades(HealthTeller health) throws InterruptedException {
        for (int left = 10; left > 0 && health.isConnected(); left--) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Boundaries are told by a clock; one that runs faster or slower has none to tell. */
    private void refusePollingAPlayer(Venue venue) {
        if (options.mode == RecordOptions.Mode.poll && !venue.playsAtLifeSpeed()) {
            throw Failure.usage(
                    "poll mode asks by the clock, but this exchange plays at speed %s: start it with --speed 1, or record its stream"
                            .formatted(venue.simulated().orElseThrow().speed()));
        }
    }

    /** Invented trades never stand in one file with real ones. */
    private void refuseMixing(Venue venue, History history) {
        boolean simulated = venue.inventsItsTrades();
        if (history.series().stream().anyMatch(one -> one.tape().simulated() != simulated)) {
            throw Failure.usage(
                    "%s holds %s trades, and this market is %s: name another file with --db"
                            .formatted(
                                    db,
                                    simulated ? "real" : "simulated",
                                    simulated ? "simulated" : "real"));
        }
    }

    private Feed feed(List<Instrument> instruments, BinanceRest rest, TapeThread tape) {
        return options.mode == RecordOptions.Mode.poll
                ? new BinancePoll(rest, instruments, options.every, tape, Settings.defaults())
                : new BinanceStream(
                        streamUrl,
                        instruments,
                        options.kind(),
                        tape,
                        Settings.defaults(),
                        ConnectPermits.inMemory(),
                        rest::newestId,
                        false);
    }

    /** A store that knows more than the venue was not recorded from it. */
    private void refuseAnotherTape(TapeId tape, History history, BinanceRest rest)
            throws InterruptedException {
        OptionalLong stored = history.lastTradeId(tape);
        if (tape.kind() == TapeKind.POLL || stored.isEmpty()) {
            return;
        }
        OptionalLong newest = OptionalLong.empty();
        for (int left = NEWEST_TRIES; left > 0; left--) {
            try {
                newest = rest.newestId(tape.symbol(), tape.kind());
            } catch (VenueException e) {
                LOG.log(Level.WARNING, "the venue''s newest trade is not known", e);
                return;
            }
            if (newest.isEmpty() || newest.getAsLong() >= stored.getAsLong()) {
                return;
            }
            if (stop.await(NEWEST_PAUSE)) {
                return;
            }
        }
        throw Failure.outside(
                "%s holds %s trades up to id %d, but the venue's newest is %d, so it was recorded from another venue: name another file with --db"
                        .formatted(db, tape.symbol(), stored.getAsLong(), newest.getAsLong()),
                null);
    }

    private boolean isOver() {
        return deadline != Long.MAX_VALUE && System.nanoTime() - deadline >= 0;
    }

    /** Shows how it goes until something asks to stop. */
    private void watchOver(
            TapeThread tape,
            Recorder recorder,
            History history,
            BinanceRest rest,
            List<Watch> watches,
            HealthTeller health)
            throws InterruptedException {
        long began = System.nanoTime();
        long askedAt = began;
        long countedAt = began - COUNTED_EVERY.toNanos();
        while (!stop.await(LOOK)) {
            if (System.nanoTime() - countedAt >= COUNTED_EVERY.toNanos()) {
                countedAt = System.nanoTime();
                health.stored(count(watches, history));
            }
            status.show(watches, health);
            recorder.failure().ifPresent(e -> stop.fail(Failure.of(e)));
            if (isOver()) {
                stop.request();
            }
            if (options.untilIdle != null
                    && tape.idleFor(options.untilIdle)
                    && System.nanoTime() - askedAt >= ASK_AGAIN.toNanos()) {
                askedAt = System.nanoTime();
                if (nothingNewer(watches, rest)) {
                    stop.request();
                }
            }
        }
    }

    private static Map<Watch, Long> count(List<Watch> watches, History history) {
        Map<Watch, Long> counts = new LinkedHashMap<>();
        for (Watch watch : watches) {
            if (watch.series().tape().kind() != TapeKind.POLL) { // which has no trades
                counts.put(watch, history.tradeCount(watch.series().tape()));
            }
        }
        return counts;
    }

    /** Whether no hole is open and the venue confirms that we have its newest trade. */
    private static boolean nothingNewer(List<Watch> watches, BinanceRest rest) {
        try {
            for (Watch watch : watches) {
                TapeId tape = watch.series().tape();
                if (tape.kind() == TapeKind.POLL) {
                    continue;
                }
                OptionalLong newest = rest.newestId(tape.symbol(), tape.kind());
                if (watch.now().hole()
                        || (newest.isPresent() && newest.getAsLong() > watch.now().lastId())) {
                    return false;
                }
            }
            return true;
        } catch (VenueException e) {
            LOG.log(Level.WARNING, "the venue could not confirm that nothing is newer", e);
            return false;
        }
    }
}
