package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.core.JacksonException;

/**
 * Sends requests to one Binance host and obeys its refusals: where it asks for a pause (429, 418)
 * or does not want us (403, 451), all requests fail at once until the pause is over, because going
 * on is what gets an address banned. Any thread may call; it blocks.
 */
final class BinanceHttp {
    /** The prices of all symbols are some 200 kB; a body beyond this is no answer to us. */
    private static final int MAX_BODY = 16 << 20;

    private static final int UNKNOWN_SYMBOL = -1121;
    private static final int ILLEGAL_CHARACTERS = -1100; // in a symbol: we send nothing else

    private final URI address;
    private final Settings settings;
    private final HttpClient client;
    private final AtomicReference<Pause> pause = new AtomicReference<>();
    private volatile int usedWeight;

    /**
     * @param until local monotonic nanoseconds
     * @param message the same all through the pause, so that it need be told only once
     */
    private record Pause(long until, String message) {
        VenueException refusal() {
            return new VenueException(Kind.REFUSED, message);
        }
    }

    BinanceHttp(URI address, Settings settings) {
        if (address.getHost() == null || !address.getScheme().matches("(?i)https?")) {
            throw new IllegalArgumentException(
                    "\"%s\" is no REST address: it begins with https:// or http:// and names a host."
                            .formatted(address));
        }
        this.address = address;
        this.settings = settings;
        this.client =
                HttpClient.newBuilder()
                        .connectTimeout(settings.requestTimeout())
                        // HTTP/2 wins nothing for single requests, and its upgrade offer confuses
                        // simple servers.
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
    }

    /**
     * The JSON of a successful answer.
     *
     * @throws VenueException for any other
     */
    Answer get(String path, Duration timeout) {
        Pause pausing = pause.get();
        if (pausing != null && pausing.until - System.nanoTime() > 0) {
            throw pausing.refusal();
        }
        HttpResponse<byte[]> response = send(path, timeout);
        int status = response.statusCode();
        String origin = address.getAuthority() + path.replaceFirst("\\?.*", "");
        switch (status) {
            case 429, 418, 403, 451 -> throw pausing(response);
            default -> {
                if (status >= 500) {
                    throw new VenueException(Kind.UNREACHABLE, Refusals.refused(address, status));
                }
            }
        }
        JacksonException noJson = null;
        try {
            Object json = BinanceJson.tree(response.body());
            if (status == 200 && json != null) {
                return new Answer(origin, json);
            }
            if (json instanceof Map<?, ?> error
                    && error.get("code") instanceof Long code
                    && error.get("msg") instanceof String message) {
                throw refused(origin, status, code, message);
            }
        } catch (JacksonException e) {
            noJson = e;
        }
        throw new VenueException(
                Kind.BAD_ANSWER,
                "%s does not answer as Binance does: HTTP %d, beginning with \"%s\". Check the address."
                        .formatted(
                                origin,
                                status,
                                BinanceJson.clip(new String(response.body(), UTF_8), 60)),
                noJson);
    }

    private VenueException refused(String origin, int status, long code, String message) {
        boolean symbol = code == UNKNOWN_SYMBOL || code == ILLEGAL_CHARACTERS;
        return new VenueException(
                symbol ? Kind.UNKNOWN_SYMBOL : Kind.REFUSED,
                "%s is refused: %s (code %d, HTTP %d). Check the symbols and the address."
                        .formatted(origin, BinanceJson.clip(message, 200), code, status));
    }

    private VenueException pausing(HttpResponse<?> response) {
        int status = response.statusCode();
        Duration wait = Refusals.wait(status, response.headers(), settings.refusedPause());
        Instant end = settings.clock().instant().plus(wait).truncatedTo(ChronoUnit.SECONDS);
        String message =
                "%s No request for %d s, until %s."
                        .formatted(Refusals.refused(address, status), wait.toSeconds(), end);
        Pause next = new Pause(System.nanoTime() + wait.toNanos(), message);
        return pause.accumulateAndGet(
                        next, (old, now) -> old == null || now.until - old.until > 0 ? now : old)
                .refusal();
    }

    /**
     * Any answer, whatever its status; a pause is not looked at.
     *
     * @throws VenueException UNREACHABLE where none came in time
     */
    HttpResponse<byte[]> send(String path, Duration timeout) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(timeout)
                        .header("User-Agent", "Tapekeeper")
                        .header("X-MBX-TIME-UNIT", "MICROSECOND")
                        .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, head -> new BoundedBody(MAX_BODY));
        try {
            // The JDK's own time-out ends with the headers; a body can stall too.
            HttpResponse<byte[]> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            response.headers()
                    .firstValue("x-mbx-used-weight-1m")
                    .filter(text -> text.matches("[0-9]{1,9}"))
                    .ifPresent(text -> usedWeight = Integer.parseInt(text));
            return response;
        } catch (TimeoutException e) {
            throw unreachable(new HttpTimeoutException("no complete answer"));
        } catch (ExecutionException e) {
            throw unreachable(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        } finally {
            answer.cancel(true); // ends what nobody waits for any more
        }
    }

    private VenueException unreachable(Throwable failure) {
        return new VenueException(
                Kind.UNREACHABLE, Refusals.unreachable(address, failure), failure);
    }

    int usedWeight() {
        return usedWeight;
    }

    /** Requests in progress fail. */
    void close() {
        client.shutdownNow();
    }
}
