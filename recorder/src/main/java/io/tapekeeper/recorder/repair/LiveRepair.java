package io.tapekeeper.recorder.repair;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.pipeline.TapeSnapshot;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeThread;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.AbsenceProof;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FetchStep;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RangeSink;
import io.tapekeeper.venue.TradeHistory;
import io.tapekeeper.venue.TradePage;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.fetch.RangeFetch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * REST as one more source of the tape: fills the gaps that the tape waits for, asks once after every connect whether
 * something newer is there than the socket shows, and where no socket can be had follows the tape by id until there is
 * one.
 *
 * <p>What it gets goes the way of every other trade. A gap that cannot be filled within the hold-back time is given up
 * at once, so that the tape goes on, and is left to {@link BackgroundRepair}. A thread of its own; one question at a
 * time.
 */
public final class LiveRepair implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LiveRepair.class.getName());

    /** Of an answer, before the first one has been timed. */
    private static final long USUAL_ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Questions that a gap may cost and still be small. */
    private static final int SMALL = 10;

    /** Of the venue's limit, what following all tapes by REST may take. */
    private static final double FOLLOWING_SHARE = 0.3;

    /** A tape is followed where an answer is no older than so many times the usual pause. */
    private static final int PAUSES = 3;

    /** What is being asked for one tape. Of the filler's thread alone. */
    private static final class Asking {
        private RangeFetch fetch;
        private long notBefore; // local monotonic time
        private long deadline;
        private long pause; // the last one between failures; 0 = the last answer came
        private boolean atTail = true; // asked for what is newer than all that came
        private long followedAt;

        /** Id; the tape shows later, or never, what came up to it. */
        private volatile long askedUpTo = -1;

        private String said = ""; // of the failures since the last answer
    }

    private final Venue venue;
    private final TradeHistory history;
    private final TapeThread tape;
    private final List<TapePipeline> watches;
    private final RepairSettings settings;
    private final Map<TapePipeline, Asking> askings = new HashMap<>();
    private final Map<TapePipeline, Long> repaired = new ConcurrentHashMap<>();
    private final Map<TapePipeline, Long> followed = new ConcurrentHashMap<>();

    /** Local monotonic time of the last answer without a socket; none where it failed since. */
    private final Map<TapePipeline, Long> answeredAt = new ConcurrentHashMap<>();

    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private long answerNanos = USUAL_ANSWER_NANOS;
    private final BooleanSupplier sockets;
    private boolean connected;
    private long disconnectedSince; // local monotonic time
    private final Set<TapePipeline> newer = ConcurrentHashMap.newKeySet();
    private boolean following; // or trying to

    /**
     * @param watches tapes that have no ids are left alone
     * @param sockets whether they deliver
     */
    public LiveRepair(
            Venue venue,
            TapeThread tape,
            Collection<TapePipeline> watches,
            BooleanSupplier sockets,
            RepairSettings settings) {
        this.sockets = sockets;
        this.venue = venue;
        this.history = venue.history();
        this.tape = tape;
        disconnectedSince = tape.now();
        this.watches = watches.stream()
                .filter(watch -> watch.series().tape().kind() != TapeKind.POLL)
                .toList();
        this.settings = settings;
        this.watches.forEach(watch -> askings.put(watch, new Asking()));
        thread = Thread.ofPlatform()
                .name("live-repair")
                .daemon()
                .uncaughtExceptionHandler(tape::broke)
                .unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /**
     * Whether a tape has all up to an id that the venue names as its newest, any thread; where not, it is asked for. A
     * blanked one is on no tape, and no reason to ask again.
     */
    public boolean hasAll(TapePipeline watch, long newest) {
        boolean all = newest <= Math.max(watch.now().lastId(), askings.get(watch).askedUpTo);
        if (!all) {
            newer.add(watch);
        }
        return all;
    }

    /** Whether a tape goes on from REST, for want of a socket: not where REST does not answer either. Any thread. */
    public boolean isFollowing(TapePipeline watch) {
        Long answered = answeredAt.get(watch);
        return answered != null && tape.now() - answered <= PAUSES * followEveryNanos(watch);
    }

    /** Trades that came into gaps while a tape waited, since the start; any thread. */
    public long repaired(TapePipeline watch) {
        return repaired.getOrDefault(watch, 0L);
    }

    /** Trades that came where no gap was known yet, since the start; any thread. */
    public long followed(TapePipeline watch) {
        return followed.getOrDefault(watch, 0L);
    }

    private void run() {
        try {
            while (!closing.await(settings.look().toNanos(), TimeUnit.NANOSECONDS)) {
                followSockets();
                for (TapePipeline watch : watches) {
                    look(watch, askings.get(watch));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only close() interrupts
        }
    }

    private void followSockets() {
        boolean now = sockets.getAsBoolean();
        if (connected && !now) {
            disconnectedSince = tape.now();
        }
        boolean begins = now && !connected;
        askings.forEach((watch, asking) -> {
            if (newer.remove(watch) || begins) {
                asking.atTail = false;
            }
        });
        connected = now;
        long silence = tape.now() - disconnectedSince;
        following = !connected && silence >= settings.followAfter().toNanos();
        if (!following) {
            answeredAt.clear();
        }
    }

    private void look(TapePipeline watch, Asking asking) throws InterruptedException {
        TapeSnapshot at = watch.now();
        long now = tape.now();
        if (now - asking.notBefore < 0 && asking.notBefore != 0) {
            return;
        }
        try {
            if (at.waits()) {
                fill(watch, at, asking, now);
            } else {
                asking.fetch = null;
                if (following || !asking.atTail) {
                    follow(watch, at, asking, now);
                }
            }
        } catch (VenueException e) {
            if (e.kind() == VenueException.Kind.NOT_SERVED) { // never by id, so waiting is no use
                await(tape.execute(() -> watch.giveUpGap(tape.now())));
                asking.atTail = true;
            }
            answeredAt.remove(watch);
            if (!e.getMessage().equals(asking.said)) {
                asking.said = e.getMessage();
                LOG.log(Level.WARNING, "{0}: no answer for its gaps: {1}", watch.symbol(), asking.said);
            }
            asking.pause = Math.clamp(
                    asking.pause * 2,
                    settings.firstRetry().toNanos(),
                    settings.longestRetry().toNanos());
            asking.notBefore = tape.now() + asking.pause;
        }
    }

    private void fill(TapePipeline watch, TapeSnapshot at, Asking asking, long now) throws InterruptedException {
        if (asking.fetch == null || asking.fetch.last() != at.gapLast() || asking.fetch.next() < at.lastId() + 1) {
            TapeId id = watch.series().tape();
            asking.fetch = new RangeFetch(
                    history,
                    id,
                    new IdRange(at.lastId() + 1, at.gapLast()),
                    new AbsenceProof(settings.believe()),
                    new ToTape(watch));
            asking.deadline = now + settings.holdBack().toNanos();
        }
        long left = asking.fetch.last() - asking.fetch.next() + 1;
        if (left > 0 && !inTime(left, watch.series().tape().kind(), asking.deadline - now)) {
            await(tape.execute(() -> watch.giveUpGap(tape.now())));
            asking.fetch = null;
            return;
        }
        Priority purpose = purpose(left);
        if (purpose == Priority.REPAIR) { // which would wait for its turn, and all tapes with it
            int weight = history.weight(watch.series().tape().kind());
            Duration wait = venue.waitFor(weight, purpose);
            if (!wait.isZero()) {
                asking.notBefore = now + wait.toNanos();
                return;
            }
        }
        long asked = tape.now();
        FetchStep step = asking.fetch.step(purpose);
        answerNanos += (tape.now() - asked - answerNanos) / 8;
        answered(watch, asking);
        asking.notBefore = step == FetchStep.ADVANCED
                ? 0
                : tape.now() + asking.fetch.pause(settings.askAgain()).toNanos();
    }

    /** Whether so many ids can come before the tape no longer waits for them. */
    private boolean inTime(long ids, TapeKind kind, long nanos) {
        long questions = (ids + history.pageSize() - 1) / history.pageSize();
        long weight = questions * history.weight(kind);
        if (questions > nanos / Math.max(1, answerNanos)
                || weight > venue.rate().limit() / 2) { // more than a minute's share
            return false;
        }
        return venue.waitFor((int) weight, purpose(ids)).toNanos() <= nanos;
    }

    /** A small gap is filled as a part of live: a repair of old ones must not make it wait. */
    private Priority purpose(long ids) {
        return ids <= (long) SMALL * history.pageSize() ? Priority.LIVE : Priority.REPAIR;
    }

    /** Asks for what is newer than all that came; a tape that has not begun begins with it. */
    private void follow(TapePipeline watch, TapeSnapshot at, Asking asking, long now) {
        if (now - asking.followedAt < followEveryNanos(watch) && asking.followedAt != 0) {
            return;
        }
        TapeId id = watch.series().tape();
        long from = Math.max(at.lastId(), asking.askedUpTo) + 1;
        if (from == 0) {
            OptionalLong newest = history.newestId(id.symbol(), id.kind());
            answered(watch, asking);
            if (!following || newest.isEmpty()) {
                asking.atTail = true; // the socket's first trade begins the tape
                return;
            }
            from = newest.getAsLong();
        }
        TradePage page = history.tradesFrom(id.symbol(), id.kind(), from, history.pageSize(), Priority.LIVE);
        deliver(watch, page.trades());
        if (!page.isEmpty()) {
            asking.askedUpTo = page.lastId();
        }
        boolean full = page.size() >= history.pageSize();
        answered(watch, asking);
        asking.atTail = !full;
        asking.followedAt = full ? 0 : now;
    }

    private void answered(TapePipeline watch, Asking asking) {
        asking.pause = 0;
        asking.said = "";
        if (following) {
            answeredAt.put(watch, tape.now());
        }
    }

    /** As often as is asked for, and as the limit allows for all tapes together. */
    private long followEveryNanos(TapePipeline watch) {
        double perMinute = FOLLOWING_SHARE * venue.rate().limit();
        long weight =
                (long) watches.size() * history.weight(watch.series().tape().kind());
        long allowed = (long) (TimeUnit.MINUTES.toNanos(1) * weight / perMinute);
        return Math.max(settings.followEvery().toNanos(), allowed);
    }

    private void deliver(TapePipeline watch, List<Trade> trades) {
        followed.merge(watch, (long) trades.size(), Long::sum);
        Instrument instrument = watch.series().instrument();
        trades.forEach(trade -> tape.on(new FeedEvent.Traded(instrument, trade)));
    }

    private void await(Future<?> done) throws InterruptedException {
        while (!done.isDone() && !closing.await(1, TimeUnit.MILLISECONDS)) {
            // the tape thread is at work on something
        }
    }

    /** What is fetched goes to the tape thread. */
    private final class ToTape implements RangeSink {
        private final TapePipeline watch;

        ToTape(TapePipeline watch) {
            this.watch = watch;
        }

        @Override
        public void trade(Trade trade) {
            repaired.merge(watch, 1L, Long::sum);
            tape.on(new FeedEvent.Traded(watch.series().instrument(), trade));
        }

        @Override
        public void missing(long firstId, long lastId, GapCause cause) {
            var unused = tape.execute(() -> watch.missing(firstId, lastId, cause, tape.now()));
        }
    }

    /** Ends at once; must be closed before the tape thread. */
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
