package io.tapekeeper.recorder;

import io.tapekeeper.health.Health;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.Metric;
import io.tapekeeper.recorder.health.DiskForecast;
import io.tapekeeper.recorder.health.FeedState;
import io.tapekeeper.recorder.health.QualityAlerts;
import io.tapekeeper.recorder.health.SystemHealthMonitor;
import io.tapekeeper.recorder.health.TapeHealthMonitor;
import io.tapekeeper.recorder.health.VenueTimes;
import io.tapekeeper.recorder.repair.BackgroundRepair;
import io.tapekeeper.recorder.repair.LiveRepair;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Watches a recording: assembles the health of its tapes, looks about once a second at the store and the process, and
 * counts for the metrics. The thread that runs the recording owns it; {@link #metrics} may be called by any.
 */
final class RecordingMonitor implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RecordingMonitor.class.getName());

    /** The threads at work on the tapes, and what they know of the feed. */
    record Workers(TapeThread tape, Feed feed, FeedState state, LiveRepair live, BackgroundRepair background) {}

    /** What the recording uses of its surroundings. */
    record Resources(Venue venue, Recorder recorder, History history, LiveView view) {}

    private final Workers workers;
    private final Resources use;
    private final VenueTimes times;
    private final List<MonitoredTape> tapes;
    private final List<Metric> metrics;
    private final TapeHealthMonitor health;
    private final SystemHealthMonitor system;
    private final Set<MonitoredTape> quietTapes = new HashSet<>(); // by their last event in the store
    private final DiskForecast forecast = new DiskForecast();

    /** @param nanos local monotonic time */
    RecordingMonitor(
            List<TapePipeline> pipelines, Workers workers, Resources use, VenueTimes times, LongSupplier nanos) {
        this.workers = workers;
        this.use = use;
        this.times = times;
        long now = nanos.getAsLong();
        tapes = pipelines.stream()
                .map(one -> MonitoredTape.of(one, workers.live(), workers.background(), now))
                .toList();
        metrics = new RecordingMetrics(tapes, workers.tape(), workers.feed(), use.recorder(), use.venue()).table();
        health = new TapeHealthMonitor(
                tapes.stream().map(MonitoredTape::health).toList(), workers.state(), times, use.view(), nanos);
        system = new SystemHealthMonitor(use.view());
    }

    void start() {
        use.view().addMetrics(metrics);
        health.start(workers.tape()::broke);
    }

    /** Looks at everything. {@code now} is local monotonic time. */
    void look(long now) {
        for (MonitoredTape tape : tapes) {
            tape.health().byRest(tape.isByRest());
            noteQuiet(tape);
        }
        try {
            tapes.forEach(tape -> tape.readStore(use.history(), times.clock(), now));
            system.report(snapshot(now), now);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.DAMAGED) {
                throw e;
            }
            LOG.log(Level.WARNING, "the store cannot be read: {0}", e.getMessage());
        }
    }

    /** A halt of trading leaves no gap; the store keeps as events when it began and ended. */
    private void noteQuiet(MonitoredTape tape) {
        boolean quiet = tape.health().isQuiet();
        if (quiet == quietTapes.contains(tape) || use.recorder().trouble().isPresent()) {
            return; // or later: in trouble it might wait for room in a queue
        }
        Series series = tape.pipeline().series();
        String id =
                "the venue has nothing newer than id " + tape.pipeline().now().lastId();
        use.recorder()
                .session(
                        series.tape(),
                        series.instrument(),
                        quiet ? "quiet" : "resumed",
                        times.clock().oursMicros(),
                        quiet ? id : "");
        if (!quietTapes.remove(tape)) {
            quietTapes.add(tape);
        }
    }

    private QualityAlerts.Snapshot snapshot(long now) {
        Recorder.Stats stats = use.recorder().stats();
        RateState rate = use.venue().rate();
        SystemHealth measured = new SystemHealth(
                new SystemHealth.RateBudget(
                        rate.host(), rate.limit(), rate.used(), rate.repairUsed(), rate.bannedUntilMicros()),
                new SystemHealth.Writing(
                        stats.queued(),
                        stats.queueBound(),
                        use.recorder().trouble().orElse("")),
                forecast.disk(stats.fileBytes() + stats.logBytes(), stats.freeBytes(), now),
                List.of());
        List<QualityAlerts.Tape> judged = tapes.stream()
                .map(tape -> new QualityAlerts.Tape(
                        tape.pipeline().symbol(),
                        use.view().health(tape.pipeline().series()),
                        tape.pipeline().now().conflicts()))
                .toList();
        return new QualityAlerts.Snapshot(judged, measured, times.clock().oursMicros());
    }

    /** Whether no gap is under repair and the venue confirms that it has nothing newer. */
    boolean isComplete() {
        try {
            boolean complete = workers.background().isIdle();
            for (MonitoredTape tape : tapes) { // each one, for a tape that lacks something asks for it then
                complete &= tape.isComplete(use.venue());
            }
            return complete;
        } catch (VenueException e) {
            LOG.log(Level.WARNING, "the venue could not confirm that nothing is newer", e);
            return false;
        }
    }

    /** The health of the tapes as reported last; any thread. */
    Map<Series, Health> health() {
        return health.latest();
    }

    /** What it counts; any thread. */
    List<Metric> metrics() {
        return metrics;
    }

    @Override
    public void close() {
        health.close();
    }
}
