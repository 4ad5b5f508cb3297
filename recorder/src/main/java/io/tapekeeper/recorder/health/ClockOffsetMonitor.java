package io.tapekeeper.recorder.health;

import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The venue's clock as known here: ours plus the offset measured last. It serves to compute ages, never to order
 * anything. Measures once a minute on a thread of its own. Thread-safe.
 */
public final class ClockOffsetMonitor implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ClockOffsetMonitor.class.getName());
    private static final Duration MEASURED_EVERY = Duration.ofSeconds(60);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1); // each further one is twice as long

    private final Venue venue;
    private final InstantSource ours;
    private final Thread thread;
    private final Semaphore asked = new Semaphore(0);
    private volatile OptionalLong offsetMicros = OptionalLong.empty();

    public ClockOffsetMonitor(Venue venue, InstantSource ours) {
        this.venue = venue;
        this.ours = ours;
        thread = Thread.ofPlatform().daemon().name("venue-clock").unstarted(this::measureForever);
    }

    public void start() {
        thread.start();
    }

    private void measureForever() {
        try {
            Duration retry = FIRST_RETRY;
            while (!Thread.interrupted()) {
                boolean measured = measure();
                Duration wait = measured ? MEASURED_EVERY : retry;
                retry = measured ? FIRST_RETRY : shorter(retry.multipliedBy(2), MEASURED_EVERY);
                asked.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
                asked.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private boolean measure() {
        try {
            ClockOffset measured = venue.clockOffset();
            offsetMicros = OptionalLong.of(measured.micros());
            LOG.log(Level.DEBUG, "clock offset to the venue: {0}", measured);
            return true;
        } catch (VenueException e) {
            LOG.log(Level.DEBUG, "clock offset not measured, the last one holds", e);
            return false;
        }
    }

    /** Epoch microseconds by our clock. */
    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /**
     * Measures the offset at once: a new connection may lead to a machine with another clock. Until the venue answers
     * the last offset holds, for most connections find the same clock again.
     */
    void measureAgain() {
        asked.release();
    }

    /** Whether the offset is known. */
    public boolean isMeasured() {
        return offsetMicros.isPresent();
    }

    /** The venue's clock minus ours; NaN until it is known. */
    public double offsetMillis() {
        OptionalLong offset = offsetMicros;
        return offset.isPresent() ? offset.getAsLong() / 1e3 : Double.NaN;
    }

    /** An offset in a sentence. */
    static String inWords(double offsetMillis) {
        return String.format(
                Locale.ROOT,
                "This machine's clock is %.1f s %s the venue's",
                Math.abs(offsetMillis) / 1e3,
                offsetMillis > 0 ? "behind" : "ahead of");
    }

    /** Epoch microseconds by our clock. */
    public long oursMicros() {
        return micros(ours.instant());
    }

    /** Epoch microseconds by the venue's clock; by ours until the offset is known. */
    long nowMicros() {
        return oursMicros() + offsetMicros.orElse(0);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
