package io.tapekeeper.venue.stream;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.limit.Backoff;
import io.tapekeeper.venue.limit.VenueErrors;
import io.tapekeeper.venue.net.NetworkErrors;
import io.tapekeeper.venue.net.UpgradeRefused;
import io.tapekeeper.venue.stream.StreamSocket.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps one socket of a stream open for ever, on a thread of its own ({@link #run}).
 *
 * <p>A socket that ends is opened again. One that gets old, announces its end or keeps trades back is replaced with an
 * overlap: a successor is opened beside it, and only when the successor has had a first trade, and some time for what
 * is still on its way, the session lets go of the old one. Where the market is too quiet for that, both stay open until
 * the old one ends.
 */
final class StreamSession implements Runnable {
    private static final System.Logger LOG = System.getLogger(StreamSession.class.getName());

    /** How exact the supervision is; what a socket itself reports wakes it at once. */
    private static final long LOOK_NANOS = 100_000_000;

    /** The sockets of many clients must not rotate together. */
    private static final double ROTATION_JITTER = 0.1;

    private final StreamPart part;
    private final boolean spare;
    private final StreamContext shared;
    private final StallDetector stalls;
    private final Backoff backoff;
    private final SplittableRandom random = new SplittableRandom();
    private volatile Thread thread;

    // Of the session's thread alone; times are local monotonic nanoseconds:
    private StreamSocket current; // the one that is relied on; null = none is open
    private StreamSocket successor; // open beside it; null = none is
    private long attemptAfter;
    private long rotateAt; // of the current one
    private long successorRotatesAt;
    private boolean opened; // a socket has been open

    /** @param spare the part has another session: the two do not rotate at the same time */
    StreamSession(StreamPart part, boolean spare, StreamContext shared) {
        this.part = part;
        this.spare = spare;
        this.shared = shared;
        ConnectionSettings settings = shared.settings();
        stalls = new StallDetector(
                part.instruments().stream().map(Instrument::symbol).toList(),
                settings.sockets(),
                symbol -> shared.newest().newestId(symbol, shared.plan().kind()),
                Thread::startVirtualThread,
                this::wake);
        backoff = new Backoff(settings.firstRetry(), settings.longestRetry(), random.split());
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        attemptAfter = System.nanoTime();
        try {
            while (shared.closing().getCount() > 0) {
                look(System.nanoTime());
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // only the feed's close() interrupts: the end
        }
    }

    private void look(long now) throws InterruptedException {
        if (successor != null) {
            lookAtSuccessor(now);
        }
        if (current != null) {
            current.lookForLife();
            if (current.ending() != null) {
                ended(current, now);
                succeed();
                stalls.restart(now);
            }
        }
        if (successor != null && successor.isProven(now) && !current.isBehind()) {
            LOG.log(System.Logger.Level.INFO, "{0}: a new connection took over", successor.host());
            current.retire();
            succeed();
        }
        if (current != null) {
            watchOver(now);
        }
        boolean wanted = current == null || (current.unwanted && successor == null);
        if (wanted && now - attemptAfter >= 0) {
            connect();
        }
    }

    private void lookAtSuccessor(long now) {
        successor.lookForLife();
        successor.distrustWhereOnlyTheOldOneSpeaks(current, now);
        if (successor.isAnnounced()) {
            successor.end(new Ending(successor.announcement()));
        }
        if (successor.ending() != null) {
            ended(successor, now);
            successor = null;
        }
    }

    private void succeed() {
        current = successor;
        rotateAt = successorRotatesAt;
        successor = null;
    }

    private void watchOver(long now) {
        if (!current.provenStable && current.isStable()) {
            current.provenStable = true;
            backoff.reset();
        }
        if (!current.unwanted) {
            if (current.isAnnounced()) {
                LOG.log(System.Logger.Level.INFO, current.announcement());
                replaceAfterAFault(now);
            } else if (now - rotateAt >= 0) {
                current.unwanted = true;
            }
        }
        if (!current.isBehind()) {
            stalls.look(now).ifPresent(what -> keepsBack(what, now));
        }
    }

    /** At once for the first time, later after a back-off: it might happen to each socket. */
    private void replaceAfterAFault(long now) {
        current.unwanted = true;
        boolean first = backoff.fresh();
        Duration wait = backoff.next();
        if (!first) {
            keepAway(now, wait);
        }
    }

    /** A pause that the venue has asked for is never cut short by another fault. */
    private void keepAway(long now, Duration wait) {
        attemptAfter = Math.max(attemptAfter - now, wait.toNanos()) + now; // nanoTime may overflow
    }

    private void keepsBack(String what, long now) {
        String reason = "%s keeps trades back: %s. Connecting again.".formatted(current.host(), what);
        current.doubt(reason);
        if (successor != null) {
            successor.dismiss(reason);
            successor = null;
            current.unwanted = false;
        }
        if (!current.unwanted) {
            replaceAfterAFault(now);
        }
    }

    private void ended(StreamSocket socket, long now) {
        socket.abort();
        // Where its replacement has been decided on already, that stands.
        Duration wait = socket.unwanted ? Duration.ZERO : backoff.next();
        Duration pause = socket.ending().pause();
        keepAway(now, wait.compareTo(pause) > 0 ? wait : pause);
    }

    private void connect() throws InterruptedException {
        Duration wait = shared.budget().toWait();
        if (wait.isPositive()) { // not within the attempt: what is open must be watched over meanwhile
            keepAway(System.nanoTime(), wait);
            return;
        }
        StreamSocket socket = new StreamSocket(part, shared, stalls, this::wake);
        Ending failure;
        try {
            open(socket);
            return;
        } catch (UpgradeRefused e) {
            StreamHosts hosts = shared.plan().hosts();
            if (e.status() == 451 && hosts.moveFrom(socket.address())) {
                return; // the next look connects there
            }
            failure = new Ending(
                    e.status() == 451 ? hosts.refusal() : VenueErrors.refused(socket.address(), e.status()),
                    VenueErrors.wait(e.status(), e.headers(), shared.settings().refusedPause()));
        } catch (IOException e) {
            failure = new Ending(NetworkErrors.unreachable(socket.address(), e));
        }
        socket.end(failure);
        ended(socket, System.nanoTime());
    }

    private void open(StreamSocket socket) throws IOException, InterruptedException {
        if (current == null) {
            stalls.restart(System.nanoTime());
            socket.open();
            stalls.expect(socket.openedAt());
            current = socket;
            rotateAt = endOf(socket);
        } else {
            socket.open();
            successor = socket;
            successorRotatesAt = endOf(socket);
        }
    }

    /** When a socket gets too old; the first one of a spare session at half the age. */
    private long endOf(StreamSocket socket) {
        double age = 1 - ROTATION_JITTER * random.nextDouble();
        if (spare && !opened) {
            age /= 2;
        }
        opened = true;
        return socket.openedAt()
                + (long) (age * shared.settings().sockets().rotateAfter().toNanos());
    }
}
