package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.VenueException.Kind;
import io.tapekeeper.venue.limit.RateGovernor;
import io.tapekeeper.venue.limit.VenueErrors;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/** Asks one of Binance's hosts, and the next one where that does not serve our location. Any thread may call. */
final class BinanceClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BinanceClient.class.getName());

    private final List<BinanceHttp> hosts;
    private final AtomicInteger inUse = new AtomicInteger(); // index of hosts, never goes back
    private final Duration timeout;

    /**
     * @param restUrl a path such as {@code /api/v3} at its end is left out
     * @param governor remains the caller's to close
     * @param otherwise hosts to go on with where one does not serve this location (HTTP 451)
     */
    BinanceClient(URI restUrl, ConnectionSettings settings, RateGovernor governor, List<URI> otherwise) {
        hosts = Stream.concat(Stream.of(restUrl), otherwise.stream())
                .map(url -> url.toString().replaceFirst("(/api(/v3)?)?/*$", ""))
                .map(url -> new BinanceHttp(URI.create(url), settings, governor))
                .toList();
        timeout = settings.requestTimeout();
    }

    /** One symbol is asked for as such, which halves the weight; several as a JSON array. */
    static String query(List<String> symbols) {
        return symbols.size() == 1
                ? "symbol=" + URLEncoder.encode(symbols.getFirst(), UTF_8)
                : "symbols="
                        + URLEncoder.encode(
                                symbols.stream()
                                        .map(symbol -> '"' + symbol + '"')
                                        .collect(joining(",", "[", "]")),
                                UTF_8);
    }

    JsonAnswer get(String endpoint, int weight, Priority priority) {
        return get(endpoint, weight, priority, timeout);
    }

    /**
     * The JSON of a successful answer.
     *
     * @param endpoint with its query
     * @param weight what the venue counts for it
     */
    JsonAnswer get(String endpoint, int weight, Priority priority, Duration patience) {
        return ask(host -> host.get("/api/v3/" + endpoint, weight, priority, patience));
    }

    /** Asks the host in use, and where it does not serve our place, those after it. */
    <T> T ask(Function<BinanceHttp, T> question) {
        while (true) {
            int asked = inUse.get();
            BinanceHttp host = hosts.get(asked);
            try {
                return question.apply(host);
            } catch (VenueException e) {
                if (!host.refusesOurPlace()) {
                    throw e;
                }
                if (asked == hosts.size() - 1) {
                    throw asked == 0 ? e : nowhere(e);
                }
                if (inUse.compareAndSet(asked, asked + 1)) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "{0} does not serve this location (HTTP 451); going on with {1}, which"
                                    + " may lack raw trades by id.",
                            host.address().getAuthority(),
                            host());
                }
            }
        }
    }

    private VenueException nowhere(VenueException last) {
        return new VenueException(
                Kind.REFUSED, VenueErrors.nowhere(hosts.stream().map(BinanceHttp::address)), last);
    }

    /** The host that was named first. */
    BinanceHttp preferred() {
        return hosts.getFirst();
    }

    /** The host that is asked now, with its port where the address names one. */
    String host() {
        return hosts.get(inUse.get()).address().getAuthority();
    }

    /** Ends at once; calls in progress fail. */
    @Override
    public void close() {
        hosts.forEach(BinanceHttp::close);
    }
}
