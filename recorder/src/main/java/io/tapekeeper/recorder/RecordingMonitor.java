package io.tapekeeper.recorder;

import static java.util.stream.Collectors.toSet;

import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.MetricsSource;
import io.tapekeeper.recorder.health.ClockOffsetMonitor;
import io.tapekeeper.recorder.health.LatencyMeter;
import io.tapekeeper.recorder.health.SystemHealthMonitor;
import io.tapekeeper.recorder.health.TapeHealthMonitor;
import io.tapekeeper.recorder.repair.BackgroundRepair;
import io.tapekeeper.recorder.repair.LiveRepair;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Looks about once a second at all parts of a recording and tells the live view, the metrics and whoever asks how they
 * stand. The main thread owns it; {@link #metrics} may be called by any.
 */
final class RecordingMonitor implements MetricsSource {
    private static final Logger LOG = System.getLogger(RecordingMonitor.class.getName());

    /** What is looked at. */
    record Parts(
            List<TapePipeline> watches,
            TapeThread tape,
            Feed feed,
            LiveRepair filler,
            BackgroundRepair repair,
            Recorder recorder,
            History history,
            Venue venue,
            TapeHealthMonitor health,
            ClockOffsetMonitor clock) {}

    private final Parts parts;
    private final SystemHealthMonitor system;
    private final Set<TapePipeline> quietTapes = new HashSet<>();
    private final Map<TapePipeline, LatencyMeter> latencies = new HashMap<>();

    RecordingMonitor(Parts parts, LiveView view) {
        this.parts = parts;
        system = new SystemHealthMonitor(
                view, parts.watches.stream().map(TapePipeline::series).toList());
        view.addMetrics(this);
    }

    /** Takes a look. {@code now} is local monotonic time. */
    void look(long now) {
        parts.health.byRest(followed());
        parts.watches.forEach(watch -> noteQuiet(watch, now));
        try {
            lookAtStore(now);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.DAMAGED) {
                throw e;
            }
            LOG.log(Level.WARNING, "the store could not be looked at: {0}", e.getMessage());
        }
    }

    /** Tapes that go on from REST, for want of a socket. */
    private Set<TapePipeline> followed() {
        return parts.watches.stream().filter(parts.filler::isFollowing).collect(toSet());
    }

    /** A halt of trading leaves no hole; when it began and ended is kept as an event. */
    private void noteQuiet(TapePipeline watch, long now) {
        boolean quiet = parts.health.isQuiet(watch, now);
        if (quiet == quietTapes.contains(watch) || parts.recorder.trouble().isPresent()) {
            return; // or later: in trouble it might wait for room in a queue
        }
        if (quiet) {
            quietTapes.add(watch);
        } else {
            quietTapes.remove(watch);
        }
        Series series = watch.series();
        parts.recorder.session(
                series.tape(),
                series.instrument(),
                quiet ? "quiet" : "resumed",
                parts.clock.oursMicros(),
                quiet ? "the venue has nothing newer than id " + watch.now().lastId() : "");
    }

    private void lookAtStore(long now) {
        Map<TapePipeline, Long> stored = new LinkedHashMap<>();
        Map<TapePipeline, Completeness> completeness = new LinkedHashMap<>();
        Map<Series, Long> conflicts = new LinkedHashMap<>();
        Map<TapePipeline, Latency> latency = new LinkedHashMap<>();
        for (TapePipeline watch : parts.watches) {
            if (watch.series().tape().kind() != TapeKind.POLL) { // which has no trades
                stored.put(watch, parts.history.tradeCount(watch.series().tape()));
                completeness.put(watch, completeness(watch));
                conflicts.put(watch.series(), watch.now().conflicts());
                latency.put(watch, latency(watch, now));
            }
        }
        parts.health.stored(stored);
        parts.health.completeness(completeness);
        parts.health.latencies(latency);
        Recorder.Stats stats = parts.recorder.stats();
        RateState rate = parts.venue.rate();
        system.tell(
                new SystemHealthMonitor.Measured(
                        new SystemHealth.RateBudget(
                                rate.host(), rate.limit(), rate.used(), rate.repairUsed(), rate.bannedUntilMicros()),
                        new SystemHealth.Writing(
                                stats.queued(),
                                stats.queueBound(),
                                parts.recorder.trouble().orElse("")),
                        stats.fileBytes() + stats.logBytes(),
                        stats.freeBytes(),
                        conflicts),
                now,
                parts.clock.oursMicros());
    }

    /** Taken from what is stored, a few trades a look, so that the tape thread has no part in it. */
    private Latency latency(TapePipeline watch, long now) {
        if (!parts.clock.isMeasured()) {
            return Latency.UNKNOWN;
        }
        LatencyMeter meter = latencies.computeIfAbsent(watch, any -> new LatencyMeter());
        meter.add(
                parts.history.newestTrades(watch.series().tape(), meter.lastId(), LatencyMeter.SAMPLE),
                parts.clock.offsetMillis(),
                now);
        return meter.latency(now);
    }

    /** What the ledger has open, and what the tape waits for now. */
    private Completeness completeness(TapePipeline watch) {
        TapePipeline.Now at = watch.now();
        List<LedgerEntry> open = parts.history.openGaps(watch.series().tape());
        int holes = open.size() + (at.hole() ? 1 : 0);
        if (holes == 0) {
            return Completeness.WHOLE;
        }
        long missing = at.hole() ? at.holeLast() - at.lastId() : 0;
        for (LedgerEntry entry : open) {
            missing += parts.history.missing(watch.series().tape(), entry.gap());
        }
        Optional<BackgroundRepair.Progress> progress = parts.repair.progress(watch);
        return new Completeness(
                holes,
                missing,
                at.hole(),
                progress.map(one -> new Completeness.Repair(
                                one.done(),
                                one.total(),
                                Double.isNaN(one.secondsLeft()) ? -1 : Math.round(one.secondsLeft())))
                        .orElse(null));
    }

    /** Whether no hole is under repair and the venue confirms that it has nothing newer. */
    boolean isComplete() {
        try {
            boolean complete = parts.repair.isIdle();
            for (TapePipeline watch : parts.watches) {
                TapeId tape = watch.series().tape();
                OptionalLong newest = parts.venue.history().newestId(tape.symbol(), tape.kind());
                complete &= parts.filler.hasAll(watch, newest.orElse(-1));
                complete &= !watch.now().hole() && !parts.repair.hasWork(watch);
            }
            return complete;
        } catch (VenueException e) {
            LOG.log(Level.WARNING, "the venue could not confirm that nothing is newer", e);
            return false;
        }
    }

    @Override
    public List<Metric> metrics() {
        List<Metric> all = new ArrayList<>();
        for (TapePipeline watch : parts.watches) {
            TapePipeline.Now at = watch.now();
            String symbol = watch.symbol();
            all.add(Metric.of("trades_total", "Trades put on the tape.", symbol, at.trades()));
            all.add(Metric.of("duplicates_total", "Trades that came again.", symbol, at.duplicates()));
            all.add(Metric.of("conflicts_total", "Trades that came again with other content.", symbol, at.conflicts()));
            all.add(Metric.of(
                    "repaired_trades_total",
                    "Trades that came into a hole, by REST or late.",
                    symbol,
                    parts.filler.repaired(watch) + parts.repair.repaired(watch)));
            all.add(Metric.of(
                    "followed_trades_total",
                    "Trades that REST brought behind a connect or for want of a socket.",
                    symbol,
                    parts.filler.followed(watch)));
        }
        FeedCounts feed = parts.feed.counts();
        all.add(Metric.of("feed_frames_total", "Messages that arrived.", feed.frames()));
        all.add(Metric.of("feed_malformed_total", "Messages that were not understood.", feed.malformed()));
        all.add(Metric.of("feed_reconnects_total", "How often a connection came back.", feed.reconnects()));
        all.add(Metric.of(
                "feed_stalls_total", "Sockets replaced because the venue had more than they brought.", feed.stalls()));
        all.add(Metric.of(
                "feed_rotations_total", "Sockets replaced with an overlap, for whatever reason.", feed.rotations()));
        all.add(Metric.of(
                "feed_by_rest",
                "1 while a tape goes on from REST, for want of a socket.",
                followed().isEmpty() ? 0L : 1L));
        all.add(Metric.of("tape_queue", "Events that wait for the tape thread.", (long) parts.tape.queued()));
        all.add(Metric.of("tape_waits_total", "How often a feed had to wait for the tape thread.", parts.tape.waits()));
        Recorder.Stats stats = parts.recorder.stats();
        all.add(Metric.of("commits_total", "Transactions of the store.", stats.commits()));
        all.add(Metric.of(
                "commit_seconds", "How long the end of the last transaction took.", stats.lastCommitNanos() / 1e9));
        RateState rate = parts.venue.rate();
        all.add(Metric.of(
                "rate_refusals_total", "Answers that asked for fewer requests (HTTP 429).", rate.refusals429()));
        return all;
    }
}
