package io.tapekeeper.venue.binance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tapekeeper.market.Instrument;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Feed;
import io.tapekeeper.venue.FeedCounts;
import io.tapekeeper.venue.FeedListener;
import io.tapekeeper.venue.NewestIdSource;
import io.tapekeeper.venue.limit.ConnectBudget;
import io.tapekeeper.venue.net.SocketLoop;
import io.tapekeeper.venue.stream.FeedHub;
import io.tapekeeper.venue.stream.StreamHosts;
import io.tapekeeper.venue.stream.StreamSession;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Trades as Binance's WebSocket prints them.
 *
 * <p>Subscribes by URL, which costs no control message, over as many sockets as the limits of a URL and of streams per
 * socket demand. A socket that ends is opened again for ever: after a random time that doubles from 0.5 s to 30 s at
 * each failure, and not before a pause where it refused us. Where the venue does not serve this location, its next host
 * is asked at once. What was printed in between is missing.
 *
 * <p>A socket is replaced before it is a day old, where the venue announces its end, and where it keeps trades back:
 * where a symbol has been silent for longer than is usual and the witness knows newer trades. Then the old one stays
 * until the new one has had its first trade, so nothing is missing, and for a while trades come twice.
 *
 * <p>Trades of one socket come in the order in which they arrived; a frame that cannot be read is counted and skipped.
 */
public final class BinanceStream implements Feed {
    /** Binance allows 1,024 streams a connection, and URLs fail from about 8,000 characters. */
    private static final int MAX_STREAMS = 1024;

    private static final int MAX_PATH = 7900; // some room for the host

    private static final Duration LAST_EVENT = Duration.ofMillis(400);
    private static final Duration LAST_ATTEMPT = Duration.ofMillis(200);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final SocketLoop network;
    private final FeedHub outlet;
    private final List<StreamSession> sessions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>(); // guarded by this
    private boolean started; // guarded by this

    /** A single socket for each part, and nobody to ask whether a silence is one. */
    public BinanceStream(
            URI streamUrl,
            List<Instrument> instruments,
            TapeKind kind,
            FeedListener listener,
            ConnectionSettings settings) {
        this(streamUrl, instruments, kind, listener, settings, ConnectBudget.inMemory(), NewestIdSource.NONE, false);
    }

    /** Where the address is one of binance.com's, its host for market data only stands by. */
    public BinanceStream(
            URI streamUrl,
            List<Instrument> instruments,
            TapeKind kind,
            FeedListener listener,
            ConnectionSettings settings,
            ConnectBudget permits,
            NewestIdSource witness,
            boolean redundant) {
        this(
                streamUrl,
                StreamHosts.standingBy(streamUrl),
                instruments,
                kind,
                listener,
                settings,
                permits,
                witness,
                redundant);
    }

    /**
     * @param streamUrl for example {@code wss://stream.binance.com:9443}; {@code /ws} or {@code /stream} at its end is
     *     left out
     * @param otherwise hosts to go on with where one does not serve this location (HTTP 451)
     * @param kind AGGREGATE or RAW
     * @param permits for all attempts to connect
     * @param witness asked whether a silent symbol has traded
     * @param redundant two sockets carry each part all the time, and every trade comes twice
     */
    public BinanceStream(
            URI streamUrl,
            List<URI> otherwise,
            List<Instrument> instruments,
            TapeKind kind,
            FeedListener listener,
            ConnectionSettings settings,
            ConnectBudget permits,
            NewestIdSource witness,
            boolean redundant) {
        StreamHosts hosts = new StreamHosts(streamUrl, otherwise);
        List<Part> parts = parts(instruments, kind);
        this.network = new SocketLoop(hosts.anySecure() ? SocketLoop.publicTrust() : null);
        this.outlet = new FeedHub(listener, parts.size());
        StreamSession.Shared shared = new StreamSession.Shared(
                hosts, network, outlet, new StreamSession.Gate(permits), closing, kind, settings, witness);
        for (Part part : parts) {
            sessions.add(new StreamSession(part, false, shared));
            if (redundant) {
                sessions.add(new StreamSession(part, true, shared));
            }
        }
    }

    /**
     * What one socket carries.
     *
     * @param path with the query, as every host understands it
     * @param instruments by their upper-case symbol
     */
    public record Part(int number, String path, Map<String, Instrument> instruments) {
        public URI at(URI host) {
            return URI.create(host + path);
        }
    }

    static List<Part> parts(List<Instrument> instruments, TapeKind kind) {
        String suffix = switch (kind) {
            case AGGREGATE -> "@aggTrade";
            case RAW -> "@trade";
            case POLL ->
                throw new IllegalArgumentException("a stream carries aggregate or raw trades, no polled prices");
        };
        if (instruments.isEmpty()) {
            throw new IllegalArgumentException("a stream needs an instrument");
        }
        List<Part> parts = new ArrayList<>();
        StringBuilder path = new StringBuilder();
        Map<String, Instrument> carried = new LinkedHashMap<>();
        for (Instrument instrument : instruments) {
            String symbol = instrument.symbol().toLowerCase(Locale.ROOT);
            String stream = URLEncoder.encode(symbol, UTF_8) + suffix;
            if (carried.size() == MAX_STREAMS || path.length() + 1 + stream.length() >= MAX_PATH) {
                parts.add(new Part(parts.size(), path.toString(), Map.copyOf(carried)));
                carried.clear();
                path.setLength(0);
            }
            path.append(carried.isEmpty() ? "/stream?streams=" : "/").append(stream);
            carried.put(instrument.symbol(), instrument);
        }
        parts.add(new Part(parts.size(), path.toString(), Map.copyOf(carried)));
        return parts;
    }

    @Override
    public synchronized void start() {
        if (started || outlet.closed()) {
            throw new IllegalStateException("a feed starts once");
        }
        started = true;
        for (StreamSession session : sessions) {
            threads.add(Thread.ofPlatform()
                    .name("binance-stream-" + threads.size())
                    .daemon()
                    .start(session));
        }
    }

    @Override
    public synchronized void close() {
        outlet.close(LAST_EVENT);
        closing.countDown();
        threads.forEach(Thread::interrupt);
        awaitSessions(); // none should begin to connect while the network ends
        network.close();
    }

    private void awaitSessions() {
        long end = System.nanoTime() + LAST_ATTEMPT.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // in a hurry: they end all the same
        }
    }

    @Override
    public FeedCounts counts() {
        return outlet.counts();
    }
}
