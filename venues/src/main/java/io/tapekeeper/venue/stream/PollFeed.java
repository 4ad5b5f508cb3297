package io.tapekeeper.venue.stream;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.FeedEvent;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.limit.Backoff;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Asks for the prices at every boundary of an interval, the classic way.
 *
 * <p>Boundaries are those of the venue's clock, measured at the start and again every ten minutes, and carried on by
 * the monotonic clock in between, so the rate is fixed and nothing drifts. At boundary b one request asks for all
 * symbols. Its answer is the sample of b if it comes before b + interval, and within the poll time-out; the request is
 * cut then, so requests never overlap.
 *
 * <p>While the feed runs, each boundary gives exactly one {@link FeedEvent.Polled} per symbol, in order, as soon as it
 * is decided: where no answer came in time, or the listener blocked past the boundary, the last price is carried.
 * Nothing is carried before a symbol's first price. While the process is down nothing is carried either: where this
 * thread woke more than {@value #ASLEEP_SECONDS} s after it meant to (a suspended process or machine), or the wall
 * clock jumped against the monotonic one and the venue's time is unknown until it has been measured again, the
 * boundaries that passed are left out and the next ones begin as after a start.
 *
 * <p>A local exchange that plays faster or slower than life has no clock that could be carried on; it cannot be polled.
 */
public final class PollFeed implements Feed {
    private static final System.Logger LOG = System.getLogger(PollFeed.class.getName());
    private static final int ASLEEP_SECONDS = 5;
    private static final long ASLEEP_MICROS = ASLEEP_SECONDS * 1_000_000L;
    private static final long CLOCK_JUMP_MICROS = 1_000_000;
    private static final long REMEASURE_MICROS = 600_000_000;
    private static final long UNLISTED_MICROS = 3_600_000_000L;
    private static final Duration LAST_EVENT = Duration.ofMillis(400);

    private final PollSource venue;
    private final List<Instrument> instruments;
    private final List<String> symbols;
    private final Interval every;
    private final ConnectionSettings settings;
    private final FeedHub hub;
    private final CountDownLatch closing = new CountDownLatch(1);
    private Thread thread; // guarded by this

    // Of the polling thread alone:
    private final PollClock clock;
    private final Map<Instrument, Long> lastPrices = new HashMap<>();
    private final Set<String> unlisted = new HashSet<>();
    private long askAllAgain; // the boundary at which unlisted symbols are tried again
    private FeedHub.Connection connection = new FeedHub.Connection();
    private long next; // the first boundary that has not been decided

    /** @param venue remains the caller's to close */
    public PollFeed(
            PollSource venue,
            List<Instrument> instruments,
            Interval every,
            FeedListener listener,
            ConnectionSettings settings) {
        if (instruments.isEmpty()) {
            throw new IllegalArgumentException("a poll needs an instrument");
        }
        this.venue = venue;
        this.instruments = List.copyOf(instruments);
        this.symbols = instruments.stream().map(Instrument::symbol).toList();
        this.every = every;
        this.settings = settings;
        this.hub = new FeedHub(listener, 1);
        this.clock = new PollClock(settings.clock(), System::nanoTime);
    }

    @Override
    public synchronized void start() {
        if (thread != null || hub.closed()) {
            throw new IllegalStateException("a feed starts once");
        }
        thread = Thread.ofPlatform().name("venue-poll").daemon().start(this::run);
    }

    @Override
    public synchronized void close() {
        closing.countDown();
        hub.close(LAST_EVENT);
        if (thread != null) {
            thread.interrupt(); // a request in progress is of no use any more
        }
    }

    @Override
    public FeedCounts counts() {
        return hub.counts();
    }

    private void run() {
        try {
            measureClock();
            next = boundaryAfter(clock.now());
            while (!hub.closed()) {
                boolean awake = waitForNext();
                if (Math.abs(clock.jumped()) > CLOCK_JUMP_MICROS) {
                    measureClock();
                    awake = clock.now() - deadline() < ASLEEP_MICROS;
                }
                while (awake && deadline() <= clock.now() && !hub.closed()) {
                    decide(Map.of()); // the listener, or measuring the clock, took all its time
                }
                if (awake && next <= clock.now()) {
                    awake = poll();
                }
                if (!awake) {
                    lastPrices.clear();
                    next = boundaryAfter(clock.now());
                    failed(
                            "asleep",
                            "This process did not run for a while, so no price was asked for." + " Going on now.");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only close() interrupts: the end
        }
    }

    private long boundaryAfter(long time) {
        return every.startOf(time) + every.micros();
    }

    /** The end of the time in which an answer for {@code next} counts. */
    private long deadline() {
        return next + every.micros();
    }

    /** Returns whether the process was running all the time. */
    private boolean waitForNext() throws InterruptedException {
        long wait = Math.max(0, next - clock.now());
        long meant = clock.elapsed() + wait;
        if (closing.await(wait, TimeUnit.MICROSECONDS)) {
            throw new InterruptedException("closed");
        }
        return clock.elapsed() - meant < ASLEEP_MICROS;
    }

    /** Asks for the prices of {@code next}; returns whether the process was running all the time. */
    private boolean poll() {
        long timeout = Math.min(deadline() - clock.now(), settings.pollTimeout().toNanos() / 1_000);
        if (timeout <= 0) {
            return true; // over just now
        }
        long meant = clock.elapsed() + timeout;
        if (next >= askAllAgain) {
            unlisted.clear();
            askAllAgain = next + UNLISTED_MICROS;
        }
        Map<String, Long> prices = new HashMap<>();
        try {
            ask(symbols.stream().filter(symbol -> !unlisted.contains(symbol)).toList(), meant, prices);
        } catch (VenueException e) {
            if (e.kind() == VenueException.Kind.BAD_ANSWER) {
                hub.frames(1);
                hub.malformed(e.getMessage(), "");
            }
            failed(e.kind().name(), e.getMessage());
        }
        if (clock.elapsed() - meant >= ASLEEP_MICROS) {
            return false;
        }
        if (clock.now() >= deadline()) {
            prices.clear(); // too late to be a sample of this boundary
        }
        if (!prices.isEmpty()) {
            hub.proven(connection);
        }
        decide(prices);
        if (!prices.isEmpty() && clock.elapsed() > REMEASURE_MICROS) {
            correctClock();
        }
        return true;
    }

    /**
     * Adds the prices of {@code group}. The venue refuses a question in which one symbol is not listed any more and
     * does not say which one, so the question is halved until they are found; the others must not suffer.
     *
     * @param end of the time to ask in, on the clock's {@link PollClock#elapsed}
     */
    private void ask(List<String> group, long end, Map<String, Long> prices) {
        long left = end - clock.elapsed();
        if (group.isEmpty() || left <= 0) {
            return;
        }
        try {
            prices.putAll(venue.prices(group, Duration.of(left, ChronoUnit.MICROS)));
            hub.frames(1);
        } catch (VenueException e) {
            if (e.kind() != VenueException.Kind.UNKNOWN_SYMBOL) {
                throw e;
            }
            if (group.size() > 1) {
                ask(group.subList(0, group.size() / 2), end, prices);
                ask(group.subList(group.size() / 2, group.size()), end, prices);
                return;
            }
            unlisted.add(group.getFirst());
            String sentence = group.getFirst()
                    + " is not listed by the venue now, so its last price is carried. It is"
                    + " asked for again in an hour; leave it out if it is gone for good.";
            LOG.log(System.Logger.Level.WARNING, sentence);
            if (unlisted.size() == symbols.size()) {
                failed(e.kind().name(), sentence);
            }
        }
    }

    /** Says what became of {@code next}, and goes on to the boundary after it. */
    private void decide(Map<String, Long> prices) {
        for (Instrument instrument : instruments) {
            Long answer = prices.get(instrument.symbol());
            Long price = answer != null ? answer : lastPrices.get(instrument);
            if (price != null) {
                lastPrices.put(instrument, price);
                hub.say(new FeedEvent.Polled(instrument, next, price, answer == null));
            }
        }
        next += every.micros();
    }

    private void failed(String cause, String reason) {
        hub.lost(connection, cause, reason);
        connection = new FeedHub.Connection();
    }

    /** Measures the venue's time; tries for ever, because without it there are no boundaries. */
    private void measureClock() throws InterruptedException {
        Backoff backoff = new Backoff(settings.firstRetry(), settings.longestRetry(), ThreadLocalRandom.current());
        while (!hub.closed()) {
            try {
                clock.set(venue.clockOffset());
                return;
            } catch (VenueException e) {
                failed(e.kind().name(), e.getMessage());
            }
            if (closing.await(backoff.next().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new InterruptedException("closed");
            }
        }
    }

    /** Corrects the drift of the local clock, in the time left until the next boundary. */
    private void correctClock() {
        long left = next - clock.now();
        if (left <= 0) {
            return;
        }
        try {
            clock.set(venue.clockSample(Duration.of(left, ChronoUnit.MICROS)));
        } catch (VenueException e) {
            LOG.log(System.Logger.Level.DEBUG, "the clock keeps its last measurement", e);
        }
    }
}
