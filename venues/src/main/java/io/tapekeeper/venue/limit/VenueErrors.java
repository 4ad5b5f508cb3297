package io.tapekeeper.venue.limit;

import static java.util.stream.Collectors.joining;

import io.tapekeeper.venue.RateState;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** That a venue does not want us, and for how long, in plain words. The same cause gives the same sentence. */
public final class VenueErrors {
    private VenueErrors() {}

    /** For an HTTP status that is neither success nor an ordinary error of a request. */
    public static String refused(URI address, int status) {
        String host = address.getAuthority();
        return switch (status) {
            case 429 -> host + " asks for fewer requests (HTTP 429). Waiting as long as it says.";
            case 418 ->
                host + " has banned this address for too many requests (HTTP 418). Waiting as long as it says;"
                        + " stop other programs that ask it from here.";
            case 403 ->
                host + " blocks this request (HTTP 403, its firewall). Wait some minutes, or go through another"
                        + " network.";
            case 451 -> host + " does not serve this location (HTTP 451).";
            default ->
                status >= 500
                        ? host + " has trouble of its own (HTTP " + status + "). Waiting usually helps."
                        : host + " answered HTTP " + status + ". Check the address " + address;
        };
    }

    /** For a location that none of the hosts serves. */
    public static String nowhere(Stream<URI> hosts) {
        return "Neither %s serves this location (HTTP 451). Go through another network, or name another address."
                .formatted(hosts.map(URI::getAuthority).collect(joining(" nor ")));
    }

    /** For a live question that would have to wait too long for its turn. */
    public static String usedUp(RateState state, Duration wait) {
        return "%s has no room for this question in the next %d s: %d of %d of its weight per minute are used, %d by repairs. Stop other programs that ask it from here."
                .formatted(state.host(), wait.toSeconds() + 1, state.used(), state.limit(), state.repairUsed());
    }

    /**
     * How long to leave the venue alone after an HTTP refusal: as long as it says in {@code Retry-After}, in seconds.
     *
     * @param otherwise where it refuses us or our place and does not say
     */
    public static Duration wait(int status, HttpHeaders headers, Duration otherwise) {
        Optional<Duration> said = headers.firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,7}"))
                .map(Long::parseLong)
                .map(seconds -> Math.min(seconds, RateWindow.LONGEST_PAUSE.toSeconds()))
                .map(Duration::ofSeconds);
        return switch (status) {
            // Not said: the weight limit is per minute, and the shortest ban is 2 minutes.
            case 429 -> said.orElse(Duration.ofMinutes(1));
            case 418 -> said.orElse(Duration.ofMinutes(2));
            case 403, 451 -> said.orElse(otherwise);
            default -> Duration.ZERO;
        };
    }
}
