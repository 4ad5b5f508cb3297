package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.limit.VenueErrors;
import io.tapekeeper.venue.net.BoundedBody;
import io.tapekeeper.venue.net.Excerpt;
import io.tapekeeper.venue.net.NetworkErrors;
import io.tapekeeper.venue.net.NoTls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.core.JacksonException;

/**
 * Sends requests to one Binance host and obeys its refusals: where it asks for a pause (429, 418) or does not want us
 * (403, 451), all requests fail at once until the pause is over, because going on is what gets an address banned. A
 * pause for too many requests is the governor's and holds for all hosts and processes; a refusal of our place is this
 * host's alone. Any thread may call; it blocks.
 */
final class BinanceHttp {
    /** The prices of all symbols are some 200 kB; a body beyond this is no answer to us. */
    private static final int MAX_BODY = 16 << 20;

    private static final int UNKNOWN_SYMBOL = -1121;
    private static final int ILLEGAL_CHARACTERS = -1100; // in a symbol: we send nothing else

    /** Codes by which the venue says that it has trouble of its own. */
    private static final Set<Long> TROUBLE = Set.of(-1000L, -1001L, -1006L, -1007L, -1008L, -1016L);

    /** The one endpoint that some of the venue's hosts lack. */
    static final String HISTORICAL_TRADES = "/api/v3/historicalTrades";

    private static final long ASK_AGAIN = 1_000_000_000L; // nanoseconds

    private final URI address;
    private final ConnectionSettings settings;
    private HttpClient client; // null until the first question; guarded by this
    private final AtomicReference<Pause> pause = new AtomicReference<>();
    private final RateGovernor governor;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * @param status 403 or 451
     * @param until local monotonic nanoseconds
     * @param message the same all through the pause, so that it can be said once
     */
    private record Pause(int status, long until, String message) {
        boolean over() {
            return until - System.nanoTime() <= 0;
        }

        VenueException refusal() {
            return new VenueException(Kind.REFUSED, message);
        }
    }

    BinanceHttp(URI address, ConnectionSettings settings, RateGovernor governor) {
        if (address.getHost() == null || !address.getScheme().matches("(?i)https?")) {
            throw new IllegalArgumentException(
                    "\"%s\" is no REST address: it begins with https:// or http:// and names a host."
                            .formatted(address));
        }
        this.address = address;
        this.settings = settings;
        this.governor = governor;
    }

    /**
     * Made by the first question, on the thread that asks: reading the certificates that this machine trusts takes some
     * 200 ms of a start, which opens the store meanwhile.
     */
    private synchronized HttpClient client() {
        if (client == null) {
            if (closing.getCount() == 0) {
                throw unreachable(new IOException("closed"));
            }
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .connectTimeout(settings.requestTimeout())
                    // HTTP/2 wins nothing for single requests, and its upgrade offer
                    // confuses simple servers.
                    .version(HttpClient.Version.HTTP_1_1);
            if (address.getScheme().equalsIgnoreCase("http")) {
                builder.sslContext(new NoTls()); // redirects are not followed
            }
            client = builder.build();
        }
        return client;
    }

    /**
     * The JSON of a successful answer, asked for as soon as the governor allows it.
     *
     * @param weight what the venue counts for it
     * @throws VenueException for any other
     */
    JsonAnswer get(String path, int weight, Priority priority, Duration timeout) {
        admit(weight, priority, timeout);
        return ask(path, timeout);
    }

    /**
     * Waits until the governor allows the weight, and takes it.
     *
     * @param patience how long a live question may wait; a repair waits as long as it takes
     * @throws VenueException REFUSED at once in a pause, and where a live question would wait longer
     */
    void admit(int weight, Priority priority, Duration patience) {
        Pause pausing = pause.get();
        if (pausing != null && !pausing.over()) {
            throw pausing.refusal();
        }
        long start = System.nanoTime();
        Duration wait = governor.take(weight, priority);
        while (!wait.isZero()) {
            long waited = System.nanoTime() - start;
            if (priority == Priority.LIVE && waited + wait.toNanos() > patience.toNanos()) {
                throw new VenueException(Kind.REFUSED, VenueErrors.usedUp(governor.snapshot(), wait));
            }
            try {
                // Another process may have been banned meanwhile.
                if (closing.await(Math.min(wait.toNanos(), ASK_AGAIN), TimeUnit.NANOSECONDS)) {
                    throw unreachable(new IOException("closed"));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unreachable(e);
            }
            wait = governor.take(weight, priority);
        }
    }

    /** As {@link #get}, after {@link #admit}. */
    JsonAnswer ask(String path, Duration timeout) {
        HttpResponse<byte[]> response = send(path, timeout);
        heed(response);
        int status = response.statusCode();
        String origin = address.getAuthority() + path.replaceFirst("\\?.*", "");
        boolean historical = path.startsWith(HISTORICAL_TRADES);
        if (status == 451 || (status == 403 && !historical)) {
            throw pausing(response); // what else it says is for people
        }
        JacksonException noJson = null;
        try {
            Object json = BinanceJson.tree(response.body());
            if (status == 200 && json != null) {
                return new JsonAnswer(origin, json);
            }
            if (json instanceof Map<?, ?> error
                    && error.get("code") instanceof Long code
                    && error.get("msg") instanceof String message) {
                throw refused(origin, status, code, message, historical);
            }
        } catch (JacksonException e) {
            noJson = e;
        }
        if (status == 403) { // from a firewall before the venue, which says nothing of what it has
            throw pausing(response);
        }
        if (historical && status == 404) {
            throw notServed();
        }
        throw new VenueException(
                Kind.BAD_ANSWER,
                "%s does not answer as Binance does: HTTP %d, beginning with \"%s\". Check the address."
                        .formatted(origin, status, Excerpt.of(new String(response.body(), UTF_8), 60)),
                noJson);
    }

    /**
     * An answer that says nothing about what was asked, only that it was too much, or that the venue has trouble of its
     * own.
     *
     * @throws VenueException where it is one: REFUSED with a pause for all, or UNREACHABLE
     */
    void heed(HttpResponse<?> response) {
        int status = response.statusCode();
        if (status == 429 || status == 418) {
            throw governor.ban(status, VenueErrors.wait(status, response.headers(), settings.refusedPause()));
        }
        if (status >= 500) {
            throw new VenueException(Kind.UNREACHABLE, VenueErrors.refused(address, status));
        }
    }

    private VenueException refused(String origin, int status, long code, String message, boolean historical) {
        boolean symbol = code == UNKNOWN_SYMBOL || code == ILLEGAL_CHARACTERS;
        if (historical && !symbol && !TROUBLE.contains(code)) {
            return notServed(); // nothing is wrong with the question
        }
        return new VenueException(
                symbol ? Kind.UNKNOWN_SYMBOL : TROUBLE.contains(code) ? Kind.UNREACHABLE : Kind.REFUSED,
                "%s is refused: %s (code %d, HTTP %d). Check the symbols and the address."
                        .formatted(origin, Excerpt.of(message, 200), code, status));
    }

    /** What a host answers that has no raw trades by id. */
    VenueException notServed() {
        return new VenueException(
                Kind.NOT_SERVED,
                "%s does not serve raw trades by id. Ask https://api.binance.com, or record aggregate trades."
                        .formatted(address.getAuthority()));
    }

    /** Whether it does not serve our place, and has not yet to be asked again. */
    boolean refusesOurPlace() {
        Pause pausing = pause.get();
        return pausing != null && pausing.status == 451 && !pausing.over();
    }

    URI address() {
        return address;
    }

    private VenueException pausing(HttpResponse<?> response) {
        int status = response.statusCode();
        Duration wait = VenueErrors.wait(status, response.headers(), settings.refusedPause());
        Instant end = settings.clock().instant().plus(wait).truncatedTo(ChronoUnit.SECONDS);
        String refusal = VenueErrors.refused(address, status) + (status == 451 ? " " + BinanceHosts.ELSEWHERE : "");
        String message = "%s No request for %d s, until %s.".formatted(refusal, wait.toSeconds(), end);
        Pause next = new Pause(status, System.nanoTime() + wait.toNanos(), message);
        return pause.accumulateAndGet(next, (old, now) -> old == null || now.until - old.until > 0 ? now : old)
                .refusal();
    }

    /**
     * Any answer, whatever its status; a pause is not looked at.
     *
     * @throws VenueException UNREACHABLE where none came in time
     */
    HttpResponse<byte[]> send(String path, Duration timeout) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(timeout)
                .header("User-Agent", "Tapekeeper")
                .header("X-MBX-TIME-UNIT", "MICROSECOND")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer = client().sendAsync(request, head -> new BoundedBody(MAX_BODY));
        try {
            // The JDK's own time-out ends with the headers; a body can stall too.
            HttpResponse<byte[]> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            response.headers()
                    .firstValue("x-mbx-used-weight-1m")
                    .filter(text -> text.matches("[0-9]{1,9}"))
                    .ifPresent(text -> governor.counted(Integer.parseInt(text)));
            return response;
        } catch (TimeoutException e) {
            throw unreachable(new HttpTimeoutException("no complete answer"));
        } catch (ExecutionException e) {
            throw unreachable(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        } finally {
            answer.cancel(true); // ends what is not waited for any more
        }
    }

    private VenueException unreachable(Throwable failure) {
        return new VenueException(Kind.UNREACHABLE, NetworkErrors.unreachable(address, failure), failure);
    }

    /** Requests in progress fail. */
    synchronized void close() {
        closing.countDown();
        if (client != null) {
            client.shutdownNow();
        }
    }
}
