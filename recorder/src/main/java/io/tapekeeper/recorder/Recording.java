package io.tapekeeper.recorder;

import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.Metric;
import io.tapekeeper.recorder.audit.FileCheck;
import io.tapekeeper.recorder.health.ClockOffsetMonitor;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * One recording: opens the store, asks the venue what it lists, and keeps the tapes until something asks it to end. It
 * sets a damaged file aside and goes on in a new one. The way of a trade is wired in {@link RecordingSession}.
 *
 * <p>One thread runs it; {@link #metrics} may be called by any.
 */
public final class Recording {
    private static final Logger LOG = System.getLogger(Recording.class.getName());

    /** Rows kept in memory for the pages, all symbols together. */
    private static final int MOST_RING_ROWS = 60_000;

    /** A stop on a full disk is over within two seconds. */
    private static final Recorder.Patience PATIENCE =
            new Recorder.Patience(Duration.ofSeconds(1), Duration.ofMillis(500));

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final RecordingPlan plan;
    private final Supplier<Venue> opener;
    private final RecordingSettings settings;
    private final Shutdown shutdown;
    private final Surroundings around;
    private final Path db;
    private volatile Optional<RecordingMonitor> monitor = Optional.empty(); // empty before it records
    private long deadline = Long.MAX_VALUE; // local monotonic time

    /**
     * @param opener opens the venue; called again where the recording goes on in a new file
     * @param shutdown ends the recording when it is requested
     */
    public Recording(
            RecordingPlan plan,
            Supplier<Venue> opener,
            RecordingSettings settings,
            Shutdown shutdown,
            Surroundings around) {
        this.plan = plan;
        this.opener = opener;
        this.settings = settings;
        this.shutdown = shutdown;
        this.around = around;
        db = plan.db();
    }

    /**
     * Records until the plan or the shutdown ends it.
     *
     * @throws RecordingException where it cannot begin or go on
     */
    public void run() throws InterruptedException {
        plan.duration().ifPresent(time -> deadline = settings.nanos().getAsLong() + time.toNanos());
        try {
            finishSettingAside();
            while (!recordInto()) {
                setAside();
            }
        } finally {
            around.notices().end();
        }
        shutdown.rethrow();
    }

    /** What it has counted so far, also after its end; any thread. */
    public List<Metric> metrics() {
        return monitor.map(RecordingMonitor::metrics).orElse(List.of());
    }

    /** Returns false where the file turned out to be damaged. */
    private boolean recordInto() throws InterruptedException {
        try (Venue venue = opener.get();
                VenueLookup lookup = VenueLookup.begin(() -> VenueProfile.ask(venue, plan.symbols()));
                Recorder recorder = Recorder.open(db, plan.durability(), PATIENCE);
                StuckWriterShutdown stuck = new StuckWriterShutdown(recorder, shutdown);
                History history = History.open(db);
                ClockOffsetMonitor clock = new ClockOffsetMonitor(venue, settings.wall());
                FileCheck check = new FileCheck(db, recorder.uncleanBefore())) {
            shutdown.whenRequested(venue::close); // whatever is asked of the venue now fails at once
            LiveView view = new LiveView(ringRows(), settings.nanos());
            try (Page.Open page = around.page().open(view, history)) {
                Optional<VenueProfile> profile = reach(lookup, venue, view);
                if (profile.isEmpty()) {
                    return true; // asked to end while the venue could not be reached
                }
                view.notice("");
                clock.start();
                var parts = new RecordingSession.Resources(venue, recorder, history, view, clock, check);
                var order = new RecordingSession.Order(plan, settings, shutdown, around, deadline);
                new RecordingSession(order, profile.get(), parts).run(started -> monitor = Optional.of(started));
            }
            return check.damage().isEmpty();
        } catch (CancellationException e) {
            LOG.log(Level.INFO, e.getMessage());
            return true;
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.DAMAGED && !shutdown.isRequested()) {
                around.notices().say(e.getMessage());
                return false;
            }
            throw RecordingException.of(e);
        }
    }

    /** A damaged file is kept as it is, and the recording goes on in a new one. */
    private void setAside() {
        try {
            sayKept(StoreMaintenance.setAside(db));
        } catch (StoreException e) {
            throw RecordingException.of(e);
        }
    }

    /** The run before this one may have been killed in the middle of it. */
    private void finishSettingAside() {
        try {
            StoreMaintenance.finishSettingAside(db).ifPresent(this::sayKept);
        } catch (StoreException e) {
            throw RecordingException.of(e);
        }
    }

    private void sayKept(Path kept) {
        around.notices().say("the damaged file is kept as %s; recording into a new %s".formatted(kept, db));
    }

    /** An hour of seconds a symbol; less where there are many, for the rings share a bound. */
    private int ringRows() {
        return Math.clamp(MOST_RING_ROWS / plan.symbols().size(), 600, LiveView.RING_ROWS);
    }

    /** Asks the venue what it lists until it answers; empty where something asked to end first. */
    private Optional<VenueProfile> reach(VenueLookup lookup, Venue venue, LiveView view) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        String said = "";
        for (boolean asked = true; ; asked = false) {
            try {
                return Optional.of(asked ? lookup.await() : VenueProfile.ask(venue, plan.symbols()));
            } catch (VenueException e) {
                if (e.kind() == VenueException.Kind.UNKNOWN_SYMBOL) {
                    throw RecordingException.of(e);
                }
                if (!e.getMessage().equals(said)) {
                    said = e.getMessage();
                    around.notices().say(said + " (retrying until it can be reached)");
                    view.notice(said);
                }
            }
            for (long left = pause.toMillis(); left > 0; left -= LOOK.toMillis()) {
                if (shutdown.await(Duration.ofMillis(Math.min(left, LOOK.toMillis()))) || isOver()) {
                    return Optional.empty();
                }
            }
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        }
    }

    /** Whether the time that the plan gives is over. */
    private boolean isOver() {
        return deadline != Long.MAX_VALUE && settings.nanos().getAsLong() - deadline >= 0;
    }
}
