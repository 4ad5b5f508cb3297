package io.tapekeeper.venue.stream;

import io.tapekeeper.venue.limit.VenueErrors;
import io.tapekeeper.venue.net.SocketLoop;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The hosts of a stream: one, and others to go on with where it does not serve this location. Any thread. */
public final class StreamHosts {
    private static final System.Logger LOG = System.getLogger(StreamHosts.class.getName());

    private final List<URI> hosts;
    private final String remedy;
    private final AtomicInteger inUse = new AtomicInteger(); // index of hosts, never goes back

    /**
     * @param preferred such as {@code wss://stream.binance.com:9443}; a path at its end is the caller's to cut off
     * @param remedy a sentence on what to do where the only host does not serve this location; may be empty
     * @throws IllegalArgumentException with a sentence for users where one is no stream address
     */
    public StreamHosts(URI preferred, List<URI> otherwise, String remedy) {
        hosts = Stream.concat(Stream.of(preferred), otherwise.stream())
                .map(StreamHosts::checked)
                .toList();
        this.remedy = remedy;
    }

    private static URI checked(URI streamUrl) {
        if (streamUrl.getHost() == null || !streamUrl.getScheme().matches("(?i)wss?")) {
            throw new IllegalArgumentException(
                    "\"%s\" is no stream address: it begins with wss:// or ws:// and names a host."
                            .formatted(streamUrl));
        }
        return streamUrl;
    }

    boolean anySecure() {
        return hosts.stream().anyMatch(SocketLoop::isSecure);
    }

    public URI inUse() {
        return hosts.get(inUse.get());
    }

    /**
     * Goes on with the next one for all sockets to come, where that has not been done already.
     *
     * @param refused which does not serve this location
     * @return whether there is another one
     */
    boolean moveFrom(URI refused) {
        int next = hosts.indexOf(refused) + 1;
        if (next == hosts.size()) {
            return false;
        }
        if (inUse.compareAndSet(next - 1, next)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} does not serve this location (HTTP 451); going on with {1}.",
                    refused.getAuthority(),
                    hosts.get(next).getAuthority());
        }
        return true;
    }

    /** For the case that none serves this location. */
    String refusal() {
        return hosts.size() > 1
                ? VenueErrors.nowhere(hosts.stream())
                : (VenueErrors.refused(hosts.getFirst(), 451) + " " + remedy).strip();
    }
}
