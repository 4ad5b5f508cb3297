package io.tapekeeper.venue.limit;

import io.tapekeeper.venue.EpochMicros;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * Keeps what all Tapekeepers of this machine send to one venue below what the venue allows one address, also over
 * restarts. Any thread may call; a call takes some microseconds.
 *
 * <p>The live side may use 80 % of the limit, repairs 50 %, and both together 60 % as long as it is a repair that asks:
 * so 20 % are always left for the live side, and 20 % are never used.
 */
public final class RateGovernor implements AutoCloseable {
    private final String host;
    private final InstantSource clock;
    private final SharedRateWindow file;

    private RateGovernor(String host, InstantSource clock, SharedRateWindow file) {
        this.host = host;
        this.clock = clock;
        this.file = file;
    }

    /**
     * Shares its counts with every governor of the same folder and host. Where the file cannot be used, that is logged
     * and it counts alone.
     *
     * @param folder made where it does not exist
     * @param host of the venue whose limit it is, with its port where it names one
     * @param clock our wall clock: what is counted outlives the process
     */
    public static RateGovernor open(Path folder, String host, InstantSource clock) {
        String name = "rate-" + host.replaceAll("[^A-Za-z0-9.-]", "_") + ".bin";
        return new RateGovernor(host, clock, SharedRateWindow.open(folder, name, clock));
    }

    /** The governor of a host's limit, shared with every other process of this machine; the caller closes it. */
    public static RateGovernor shared(String host) {
        return open(StateFolder.find(System.getenv()), host, InstantSource.system());
    }

    /** Counts alone and forgets at its end. */
    public static RateGovernor inMemory(String host, InstantSource clock) {
        return new RateGovernor(host, clock, SharedRateWindow.inMemory(clock));
    }

    /**
     * Takes the weight if it may be sent now.
     *
     * @return zero where it is taken; otherwise nothing is, and this is the time to wait before trying again
     * @throws VenueException REFUSED where the venue has banned this address
     */
    public Duration take(int weight, Priority priority) {
        return file.with(clock, window -> {
            if (window.bannedUntil() > 0) {
                throw banned(window);
            }
            long wait = window.microsToWait(weight, priority);
            if (wait == 0) {
                window.take(weight, priority);
            }
            return Duration.of(wait, ChronoUnit.MICROS);
        });
    }

    /** How long this much would have to wait now, a ban included; takes nothing. */
    public Duration waitFor(int weight, Priority priority) {
        return file.with(clock, window -> {
            long banned = window.bannedUntil() - EpochMicros.of(clock.instant());
            long wait = window.microsToWait(weight, priority);
            return Duration.of(Math.max(wait, banned), ChronoUnit.MICROS);
        });
    }

    /** For the sockets of one feed; with all others who share this it keeps them within the venue's limit. */
    public ConnectBudget connectBudget() {
        return new ConnectBudget(file, clock);
    }

    public RateState snapshot() {
        return file.with(clock, window -> window.state(host));
    }

    /** The weight that the venue has counted in its present minute. */
    public void counted(int usedWeight) {
        file.change(clock, window -> window.counted(usedWeight));
    }

    /** The weight per minute that the venue allows. */
    public void limit(int weightPerMinute) {
        file.change(clock, window -> window.limit(weightPerMinute));
    }

    /**
     * The venue wants no request for a while.
     *
     * @param status 429 or 418
     */
    public VenueException ban(int status, Duration pause) {
        return file.with(clock, window -> {
            window.ban(status, pause);
            return banned(window);
        });
    }

    /** The same all through the ban, so that it can be said once. */
    private VenueException banned(RateWindow window) {
        long end = window.bannedUntil() / 1_000_000;
        return new VenueException(
                Kind.REFUSED,
                "%s No request for %d s, until %s."
                        .formatted(
                                VenueErrors.refused(URI.create("//" + host), window.banStatus()),
                                window.banSeconds(),
                                Instant.ofEpochSecond(end)));
    }

    @Override
    public void close() {
        file.close();
    }
}
