package io.tapekeeper.recorder.repair;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.series.Preset;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.fetch.RangeFetch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Fills the holes that the ledger has open, in the background, while the tape goes on: fetches what is missing into the
 * store, computes the rows behind it anew ({@link Rebuild}), hands the live tape the corrected state, and settles the
 * entries. A process that dies in between finds them still open and goes on where the store ends.
 *
 * <p>A thread of its own. It asks from the smaller part of the budget, so live never waits for it.
 */
public final class BackgroundRepair implements AutoCloseable {
    private static final Logger LOG = System.getLogger(BackgroundRepair.class.getName());

    /** How near a rebuild must have come before the tape thread waits for its last trades. */
    private static final long NEAR = 2_000;

    /** A tape faster than the way to the disk is never caught up with; it waits then. */
    private static final int ROUNDS = 20;

    /** A venue that lets us wait is left for the other tapes after so many questions. */
    private static final int PATIENCE = 10;

    private static final int SHOWN_ALERTS = 200;

    /**
     * How far the repair of one tape is.
     *
     * @param done ids that have come, or are known not to come
     * @param total ids that were missing when it began
     * @param secondsLeft NaN as long as nothing can be said
     */
    public record Progress(long done, long total, double secondsLeft) {}

    private final TradeHistory venue;
    private final TapeThread tape;
    private final Recorder recorder;
    private final History history;
    private final LiveView view;
    private final Preset preset;
    private final RepairSettings settings;
    private final List<TapePipeline> watches;
    private final Set<Gap> saidTooOld = ConcurrentHashMap.newKeySet();
    private final Set<Gap> notServed = ConcurrentHashMap.newKeySet();
    private final Map<TapePipeline, Map<Gap, Filling>> begun = new ConcurrentHashMap<>(); // asked by others
    private final Map<Gap, Long> restingSince = new ConcurrentHashMap<>(); // local monotonic time
    private final Map<Gap, Long> waitedSince = new ConcurrentHashMap<>(); // local monotonic time
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<TapePipeline, Progress> progress = new ConcurrentHashMap<>();
    private final Map<TapePipeline, Long> repaired = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean idle;
    private String said = ""; // why nothing was answered; of its thread alone

    /** @param history of its own: a rebuild reads for long */
    public BackgroundRepair(
            TradeHistory venue,
            TapeThread tape,
            Recorder recorder,
            History history,
            LiveView view,
            Preset preset,
            Collection<TapePipeline> watches,
            RepairSettings settings) {
        this.venue = venue;
        this.tape = tape;
        this.recorder = recorder;
        this.history = history;
        this.view = view;
        this.preset = preset;
        this.watches = watches.stream()
                .filter(watch -> watch.series().tape().kind() != TapeKind.POLL)
                .toList();
        this.settings = settings;
        thread = Thread.ofPlatform()
                .name("ledger-repair")
                .daemon()
                .uncaughtExceptionHandler(tape::broke)
                .unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Whether no hole is open that it could still fill; any thread. */
    public boolean isIdle() {
        return idle;
    }

    /** How far the repair of a tape is, where one is going on; any thread. */
    public Optional<Progress> progress(TapePipeline watch) {
        return Optional.ofNullable(progress.get(watch));
    }

    /** Trades that came late to a tape since the start; any thread. */
    public long repaired(TapePipeline watch) {
        return repaired.getOrDefault(watch, 0L);
    }

    private void run() {
        long pause = 0;
        try {
            while (!closing.await(Math.max(pause, settings.followEvery().toNanos()), TimeUnit.NANOSECONDS)) {
                boolean answered = true;
                boolean all = true;
                for (TapePipeline watch : watches) {
                    try {
                        all &= repair(watch);
                    } catch (VenueException e) {
                        if (!e.getMessage().equals(said)) {
                            said = e.getMessage();
                            LOG.log(Level.WARNING, "{0}: no answer: {1}", watch.symbol(), said);
                        }
                        answered = false;
                    } catch (StoreException e) { // reading may work again, as writing may
                        if (isClosing() || recorder.failure().isPresent()) {
                            throw e;
                        }
                        LOG.log(Level.WARNING, "the repair waits: {0}", e.getMessage());
                        answered = false;
                    }
                }
                idle = all && answered;
                said = answered ? "" : said;
                pause = answered
                        ? 0
                        : Math.clamp(
                                pause * 2,
                                settings.firstRetry().toNanos(),
                                settings.longestRetry().toNanos());
            }
        } catch (StoreException | CancellationException e) {
            LOG.log(Level.INFO, "the repair ended: {0}", e.getMessage()); // the tape thread says it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only close() interrupts
        }
    }

    /** Returns whether nothing is left to do for this tape. */
    private boolean repair(TapePipeline watch) throws InterruptedException {
        List<LedgerEntry> open = toFill(watch);
        Map<Gap, Filling> fillings = begun.computeIfAbsent(watch, any -> new ConcurrentHashMap<>());
        fillings.keySet().retainAll(open.stream().map(LedgerEntry::gap).toList());
        if (open.isEmpty()) {
            progress.remove(watch);
            return true;
        }
        idle = false;
        List<Filling> settled = new ArrayList<>();
        Meter meter = new Meter(watch, open);
        boolean all = true;
        VenueException unanswered = null;
        try {
            for (LedgerEntry entry : open) {
                if (isResting(entry.gap())) { // one before it told so
                    continue;
                }
                Filling filling = fillings.computeIfAbsent(entry.gap(), gap -> new Filling(watch, entry));
                filling.entry = entry; // its cause may be another one now
                try {
                    if (filling.fill(meter)) {
                        fillings.remove(entry.gap());
                        settled.add(filling);
                    } else {
                        all = false;
                    }
                } catch (VenueException e) { // the next one may be answered all the same
                    all = false;
                    if (e.kind() == VenueException.Kind.NOT_SERVED) {
                        restAllThatIsNotServed();
                    } else {
                        if (says(e.kind())) {
                            filling.doubt();
                        }
                        unanswered = e;
                    }
                }
            }
        } finally { // what came is settled even where the venue failed us half-way
            settle(watch, settled);
        }
        if (!settled.isEmpty()) {
            recorder.flush(); // or the next look would find them open and ask for them again
        }
        if (unanswered != null) {
            throw unanswered;
        }
        if (all) {
            progress.remove(watch);
        }
        return false; // look again: the tape may have met another one meanwhile
    }

    /** Whether it came from a venue that leaves something open; an outage says nothing of ids. */
    private static boolean says(VenueException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE, REFUSED -> false;
            case BAD_ANSWER, NOT_SERVED, UNKNOWN_SYMBOL -> true;
        };
    }

    /** The answer for one holds for all: a hole may have left many of them. */
    private void restAllThatIsNotServed() {
        long now = tape.now();
        notServed.forEach(gap -> restingSince.put(gap, now));
    }

    /** Whether the ledger of a tape has a hole open that can still be filled from here. */
    public boolean hasWork(TapePipeline watch) {
        return !toFill(watch).isEmpty();
    }

    /** What is in reach, and what needs no venue any more because all of it has come. */
    private List<LedgerEntry> toFill(TapePipeline watch) {
        if (watch.now().lastId() < 0) {
            return List.of(); // the tape has not begun
        }
        return history.openGaps(watch.series().tape()).stream()
                .filter(entry -> !isResting(entry.gap()))
                .filter(entry -> isInReach(watch, entry.gap())
                        || history.missing(watch.series().tape(), entry.gap()) == 0)
                .toList();
    }

    /** By where it ended, however long it is; one that was begun is brought to its end. */
    private boolean isInReach(TapePipeline watch, Gap gap) {
        long age = watch.now().lastTradeTime() - gap.after();
        boolean inReach = age <= settings.reach().toNanos() / 1_000
                || begun.getOrDefault(watch, Map.of()).containsKey(gap);
        if (!inReach && saidTooOld.add(gap)) {
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} trades from id {2} on are missing since more than {3} h ago; stop the recorder and let ./tapekeeper backfill fetch them",
                    watch.symbol(),
                    Long.toString(gap.missing()),
                    Long.toString(gap.firstId()),
                    settings.reach().toHours());
        }
        return inReach;
    }

    /**
     * Whether it is known that asking now is no use: the venue has what can be no trade there, or the host does not
     * serve raw trades by id. Either may pass, so it is asked again later.
     */
    private boolean isResting(Gap gap) {
        Long since = restingSince.get(gap);
        return since != null && tape.now() - since < settings.doubtAfter().toNanos();
    }

    /**
     * One entry being filled. It outlives a round that the venue does not let it end, so that what was found out in it,
     * and for how long the venue has denied an id, is not forgotten.
     */
    private final class Filling implements RangeSink {
        private final TapePipeline watch;
        private LedgerEntry entry;
        private final List<LedgerEntry> missing = new ArrayList<>();
        private final Deque<RangeFetch> left = new ArrayDeque<>();

        Filling(TapePipeline watch, LedgerEntry entry) {
            this.watch = watch;
            this.entry = entry;
            Gap gap = entry.gap();
            history.missingRanges(watch.series().tape(), gap.firstId(), gap.lastId(), range -> left.add(fetch(range)));
        }

        private RangeFetch fetch(IdRange range) {
            TapeId id = watch.series().tape();
            RangeFetch fetch = new RangeFetch(venue, id, range, new AbsenceProof(settings.believe()), this);
            Gap gap = entry.gap();
            return notServed.contains(gap) // what the aggregates say of it is known
                    ? fetch
                    : fetch.orNamedSince(gap.before());
        }

        /** Returns whether every id has come or is known not to come. */
        boolean fill(Meter meter) throws InterruptedException {
            meter.add(missing.stream().mapToLong(part -> part.gap().missing()).sum());
            for (; !left.isEmpty(); left.removeFirst()) {
                if (!fill(left.getFirst(), meter)) {
                    return false;
                }
            }
            waitedSince.remove(entry.gap());
            return true;
        }

        private boolean fill(RangeFetch fetch, Meter meter) throws InterruptedException {
            int waits = 0;
            while (true) {
                long before = fetch.next();
                FetchStep step = fetch.step(Priority.REPAIR);
                meter.add(fetch.next() - before);
                switch (step) {
                    case DONE -> {
                        if (fetch.isOnlyNamed()) {
                            sayNotServed();
                        }
                        return true;
                    }
                    case ADVANCED -> {
                        waits = 0;
                        waitedSince.remove(entry.gap());
                    }
                    case WAIT -> {
                        if (++waits > PATIENCE) {
                            doubt();
                            return false;
                        }
                        sleep(fetch.pause(settings.askAgain()));
                    }
                }
                sleep(Duration.ZERO);
            }
        }

        private void sayNotServed() {
            long named = missing.stream()
                    .filter(part -> part.cause() == GapCause.UNRESOLVED)
                    .mapToLong(part -> part.gap().missing())
                    .sum();
            LOG.log(
                    Level.WARNING,
                    "{0}: {1} does not serve raw trades by id; its aggregates name {2} of the" + " missing {3}",
                    watch.symbol(),
                    venue.host(),
                    Long.toString(named),
                    Long.toString(entry.gap().missing()));
        }

        /** Where the venue has left it open for too long, the ledger says so. */
        private void doubt() {
            long now = tape.now();
            long since = waitedSince.computeIfAbsent(entry.gap(), gap -> now);
            if (now - since >= settings.doubtAfter().toNanos() && entry.cause() != GapCause.UNRESOLVED) {
                recorder.gap(watch.series().tape(), entry.gap(), GapCause.UNRESOLVED);
            }
        }

        @Override
        public void trade(Trade trade) {
            recorder.trade(watch.series().tape(), trade);
        }

        @Override
        public void missing(long firstId, long lastId, GapCause cause) {
            Gap part =
                    new Gap(firstId, lastId, entry.gap().before(), entry.gap().after());
            missing.add(settled(part, cause));
            if (cause == GapCause.UNRESOLVED && left.getFirst().isOnlyNamed()) {
                notServed.add(part); // another host may give them
            }
        }

        /**
         * Trades that are there now and were missing when the tape passed: also those that an attempt before had
         * stored, or a socket when the hole had just been given up.
         */
        long came() {
            return entry.gap().missing()
                    - missing.stream().mapToLong(part -> part.gap().missing()).sum();
        }

        /** Whether the rows behind it come out otherwise now. */
        boolean changesRows() {
            return came() > 0 || missing.stream().anyMatch(part -> part.cause() == GapCause.BLANKED);
        }

        /** What the ledger says of it from now on. */
        void enter() {
            TapeId id = watch.series().tape();
            Gap gap = entry.gap();
            boolean whole = missing.size() == 1 && missing.getFirst().gap().equals(gap);
            if (whole) {
                recorder.gapSettled(
                        id, gap.firstId(), gap.lastId(), missing.getFirst().cause(), Optional.empty());
            } else {
                missing.forEach(part -> recorder.gap(id, part.gap(), part.cause()));
                Optional<String> by = Optional.of(came() > 0 ? "rest" : LedgerEntry.BY_PARTS);
                recorder.gapSettled(id, gap.firstId(), gap.lastId(), GapCause.MISSED, by);
            }
            missing.stream()
                    .filter(part -> part.cause() == GapCause.UNRESOLVED)
                    .forEach(part -> restingSince.put(part.gap(), tape.now()));
            repaired.merge(watch, came(), Long::sum);
        }
    }

    private void settle(TapePipeline watch, List<Filling> settled) throws InterruptedException {
        List<Filling> changing = settled.stream().filter(Filling::changesRows).toList();
        settled.stream().filter(filling -> !filling.changesRows()).forEach(Filling::enter);
        if (changing.isEmpty() || isClosing()) {
            return; // what came is stored; the next start computes
        }
        long fromId = changing.stream()
                .mapToLong(filling -> filling.entry.gap().firstId())
                .min()
                .orElseThrow();
        List<LedgerEntry> known =
                changing.stream().flatMap(filling -> filling.missing.stream()).toList();
        Rebuild rebuild = new Rebuild(watch.series(), preset, recorder, history, known, fromId, Rebuild.AT_THE_END);
        long target = 0;
        for (int round = 0; round < ROUNDS && watch.now().lastId() - target > NEAR; round++) {
            target = watch.now().lastId();
            rebuild.upTo(target, this::isClosing);
        }
        AtomicReference<StoreException> unread = new AtomicReference<>();
        await(tape.execute(() -> {
            try {
                rebuild.upTo(watch.lastId(), () -> false);
                rebuild.handTo(watch, fromId);
                changing.forEach(Filling::enter);
            } catch (StoreException e) {
                unread.set(mayPass(e));
                return;
            }
            show(watch, rebuild);
        }));
        if (unread.get() != null) { // the entries are still open: it is computed anew
            throw unread.get();
        }
        LOG.log(
                Level.INFO,
                "{0}: {1} trades came late; the rows from id {2} on were computed anew",
                watch.symbol(),
                changing.stream().mapToLong(Filling::came).sum(),
                Long.toString(fromId));
    }

    /**
     * What could not be read now may be read later, and ends no tape.
     *
     * @throws StoreException where nothing that is read can be trusted, or nothing is written
     */
    private StoreException mayPass(StoreException e) {
        if (e.kind() == StoreException.Kind.DAMAGED || recorder.failure().isPresent()) {
            throw e;
        }
        return e;
    }

    /** Pages read anew: what they are told of must be there. */
    private void show(TapePipeline watch, Rebuild rebuild) {
        recorder.flush();
        List<Alert> alerts;
        try {
            alerts = history.alerts(watch.series(), SHOWN_ALERTS).stream()
                    .filter(alert -> alert.opened() > rebuild.firstMicros())
                    .toList();
        } catch (StoreException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}: open pages are not told of a repair until they are loaded again: {1}",
                    watch.symbol(),
                    mayPass(e).getMessage());
            return;
        }
        view.corrected(watch.series(), rebuild.firstMicros(), rebuild.newestRows(), alerts, rebuild.lastSignal());
    }

    /** How fast ids come. */
    private final class Meter {
        private final TapePipeline watch;
        private final long total;
        private final long began = tape.now();
        private long done;

        Meter(TapePipeline watch, List<LedgerEntry> open) {
            this.watch = watch;
            total = open.stream()
                    .mapToLong(entry -> history.missing(watch.series().tape(), entry.gap()))
                    .sum();
        }

        void add(long ids) {
            done += ids;
            double perId = (double) (tape.now() - began) / done;
            double left = done == 0 ? Double.NaN : perId * (total - done) / 1e9;
            progress.put(watch, new Progress(done, total, left));
        }
    }

    /** An entry that the ledger has not heard of yet. */
    public static LedgerEntry settled(Gap gap, GapCause cause) {
        return new LedgerEntry(gap, cause, 0, OptionalLong.of(0), Optional.empty());
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void sleep(Duration pause) throws InterruptedException {
        if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new CancellationException("closed");
        }
    }

    private void await(Future<?> done) throws InterruptedException {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a task of the tape thread fails with the thread", e);
        }
    }

    /** Ends soon; must be closed before the tape thread and the recorder. */
    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
