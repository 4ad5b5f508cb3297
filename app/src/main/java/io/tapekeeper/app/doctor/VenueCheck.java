package io.tapekeeper.app.doctor;

import io.tapekeeper.app.terminal.Findings;
import io.tapekeeper.recorder.audit.KlineAudit;
import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Does the venue answer, may it be asked, is this machine's clock right, can a socket be opened?
 *
 * @param opener opens the venue at {@code restUrl}
 * @param nanos local monotonic time
 */
public record VenueCheck(URI restUrl, Supplier<Venue> opener, URI streamUrl, LongSupplier nanos) {
    private static final double CLOCK_LIMIT_SECONDS = 1;
    private static final String PROBED_STREAM = "/ws/btcusdt@aggTrade";
    private static final Duration SOCKET_PATIENCE = Duration.ofSeconds(10);

    /** Its request budget, its answer and its clock. */
    public void venue(Findings findings) {
        try (Venue venue = opener.get()) {
            budget(venue.rate(), findings);
            ClockOffset offset = venue.clockOffset();
            findings.fine(
                    "venue",
                    String.format(Locale.ROOT, "%s answers in %.0f ms", restUrl, offset.roundTripMicros() / 1e3),
                    Map.of("roundTripMicros", offset.roundTripMicros()));
            if (venue.simulation().isPresent()) {
                findings.note("clock", "not compared: a played market has its own time");
            } else {
                clock(offset, findings);
            }
        } catch (VenueException e) {
            findings.wrong("venue", e.getMessage(), "check the network, or try another --rest-url", Map.of());
        }
    }

    private static void budget(RateState state, Findings findings) {
        Map<String, Object> measured = Map.of(
                "host", state.host(),
                "limit", state.limit(),
                "used", state.used(),
                "bannedUntilMicros", state.bannedUntilMicros());
        if (state.bannedUntilMicros() > 0) {
            findings.wrong(
                    "budget",
                    "%s wants no request until %s".formatted(state.host(), KlineAudit.time(state.bannedUntilMicros())),
                    "wait; everything then goes on by itself",
                    measured);
        } else {
            findings.fine(
                    "budget",
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d used in the last minute by all on this machine",
                            state.used(),
                            state.limit()),
                    measured);
        }
    }

    private static void clock(ClockOffset offset, Findings findings) {
        double seconds = offset.micros() / 1e6;
        String found = String.format(
                Locale.ROOT, "%.3f s %s the venue's clock", Math.abs(seconds), seconds < 0 ? "ahead of" : "behind");
        Map<String, Object> measured = Map.of("offsetMicros", offset.micros());
        if (Math.abs(seconds) > CLOCK_LIMIT_SECONDS) {
            findings.wrong("clock", found, "set this machine's clock, for example by NTP", measured);
        } else {
            findings.fine("clock", found, measured);
        }
    }

    /** Its streams. */
    public void socket(Findings findings) {
        URI stream = URI.create(streamUrl.toString().replaceFirst("/*$", "") + PROBED_STREAM);
        long began = nanos.getAsLong();
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.newWebSocketBuilder()
                    .connectTimeout(SOCKET_PATIENCE)
                    .buildAsync(stream, new WebSocket.Listener() {})
                    .get(SOCKET_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .abort();
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - began);
            findings.fine("socket", "%s opens in %d ms".formatted(streamUrl, millis), Map.of("openMillis", millis));
        } catch (ExecutionException | TimeoutException e) {
            findings.wrong(
                    "socket",
                    streamUrl + " cannot be opened",
                    "check the network and proxies, or try another --stream-url",
                    Map.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
