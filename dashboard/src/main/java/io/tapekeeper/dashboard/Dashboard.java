package io.tapekeeper.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.Metric;
import io.tapekeeper.store.StoreException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * The HTTP server of page, API and live stream.
 *
 * <p>{@code GET /api/catalogue}, {@code /api/series}, {@code /api/history?series=&limit=&before=},
 * {@code /api/alerts?series=}, {@code /api/stream?series=&since=}, {@code /api/health}; for machines that watch
 * {@code /health} (503 where something is not well) and {@code /metrics}; everything else is the page.
 *
 * <p>{@link #start} and {@link #close} belong to one thread; requests run on virtual threads of their own, live streams
 * on platform threads.
 */
public final class Dashboard implements AutoCloseable {
    /**
     * @param streams clients that may follow at the same time
     * @param stuckNanos how long a client may take nothing of what is sent before it is cut
     */
    record Limits(int streams, long stuckNanos, EventStream.Pace pace) {
        static final Limits USUAL = new Limits(64, TimeUnit.SECONDS.toNanos(10), EventStream.Pace.USUAL);
    }

    private static final System.Logger LOG = System.getLogger(Dashboard.class.getName());
    private static final long NOTHING_HELD = -1;
    private static final String CONTENT_SECURITY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");
    private static final Set<String> OWN_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final long WATCH_MILLIS = 250;
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final String host;
    private final int wantedPort;
    private final LiveView view;
    private final HistorySource history;
    private final Catalogue catalogue;
    private final Api api;
    private final MetricsEndpoint monitoring;
    private final Limits limits;

    private final Map<Thread, EventStream> streams = new ConcurrentHashMap<>();
    private final AtomicLong cut = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private HttpServer server;
    private ExecutorService requests;
    private Thread watch;

    /**
     * @param host name or address to listen on; 127.0.0.1 keeps it on this machine
     * @param port 0 for any that is free
     */
    public Dashboard(LiveView view, HistorySource history, String host, int port) {
        this(view, history, host, port, Limits.USUAL);
    }

    Dashboard(LiveView view, HistorySource history, String host, int port, Limits limits) {
        this.view = view;
        this.history = history;
        this.host = host;
        this.wantedPort = port;
        this.limits = limits;
        catalogue = new Catalogue(view, history);
        api = new Api(catalogue, history);
        monitoring = new MetricsEndpoint(view);
    }

    /**
     * Listens.
     *
     * @throws IOException with one plain sentence where the port is taken or the host unknown
     */
    public void start() throws IOException {
        // Read once by the JDK's server, before its first use: without it each small event waits
        // 40 ms for the acknowledgement of the one before.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        InetSocketAddress address;
        try {
            address = new InetSocketAddress(InetAddress.getByName(host), wantedPort);
        } catch (UnknownHostException e) {
            throw new IOException("This machine does not know the host \"" + host + "\"; 127.0.0.1 always works.", e);
        }
        try {
            server = HttpServer.create(address, 64);
        } catch (BindException e) {
            throw new IOException(
                    "The dashboard cannot listen on %s port %d (%s); choose another with --port."
                            .formatted(host, wantedPort, e.getMessage()),
                    e);
        }
        requests = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(requests);
        server.createContext("/", this::answer);
        watch = Thread.ofPlatform().daemon().name("dashboard-watch").start(this::cutStuck);
        server.start();
    }

    /** Where it listens, once started. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Clients that were cut because they did not keep up; they come back by themselves. */
    public long cutClients() {
        return cut.get();
    }

    /** Clients that follow now. */
    public int clients() {
        return streams.size();
    }

    /** Ends every stream and stops listening, at once. */
    @Override
    public void close() {
        if (server == null) {
            return;
        }
        watch.interrupt();
        streams.keySet().forEach(Thread::interrupt);
        server.stop(0);
        requests.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Security-Policy", CONTENT_SECURITY);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            headers.set("Cache-Control", "no-store");
            if (!isOurs(exchange.getRequestHeaders().getFirst("Host"))) {
                say(exchange, 403, "This server answers only under its own address, for safety.");
                return;
            }
            if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                headers.set("Allow", "GET, HEAD");
                say(exchange, 405, "Only GET is answered here.");
                return;
            }
            route(exchange);
        } catch (RuntimeException e) { // a defect; the JDK's server would close without a word
            LOG.log(System.Logger.Level.ERROR, "no answer to " + exchange.getRequestURI(), e);
            throw e;
        }
    }

    private void route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] json;
        try {
            Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
            json = switch (path) {
                case "/api/catalogue" -> Json.write(Json::catalogue);
                case "/api/series" -> api.series();
                case "/api/history" -> api.history(query);
                case "/api/range" -> api.range(query);
                case "/api/alerts" -> api.alerts(query);
                case "/api/health" -> health();
                case "/health" -> {
                    MetricsEndpoint.Verdict verdict = monitoring.health();
                    int status = verdict.well() ? 200 : 503;
                    send(exchange, status, "application/json", verdict.json().getBytes(StandardCharsets.UTF_8));
                    yield null;
                }
                case "/metrics" -> {
                    send(exchange, 200, METRICS_TYPE, monitoring.metrics(metrics()));
                    yield null;
                }
                case "/api/stream" -> {
                    stream(exchange, query);
                    yield null;
                }
                default -> {
                    page(exchange, path);
                    yield null;
                }
            };
        } catch (Api.BadRequest e) {
            say(exchange, e.status(), e.getMessage());
            return;
        } catch (StoreException e) {
            say(exchange, 503, e.getMessage());
            return;
        }
        if (json != null) {
            send(exchange, 200, "application/json", json);
        }
    }

    private byte[] health() {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeNumberProperty("clients", streams.size());
            json.writeNumberProperty("cut", cut.get());
            json.writeNumberProperty("refused", refused.get());
            json.writeStringProperty("notice", view.notice());
            json.writeName("system");
            Json.system(json, view.system().health());
            json.writeArrayPropertyStart("series");
            for (LiveSeries live : view.all()) {
                json.writeStartObject();
                json.writeStringProperty("id", live.series().id());
                Json.healthFields(json, live.health());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private List<Metric> metrics() {
        return List.of(
                Metric.of("browser_clients", "Pages that follow the live data.", streams::size),
                Metric.of("browser_cut_total", "Pages disconnected because they lagged.", cut::get),
                Metric.of("browser_refused_total", "Pages refused beyond the limit of 64.", refused::get));
    }

    private static void page(HttpExchange exchange, String path) throws IOException {
        StaticAssets.Asset asset = StaticAssets.find(path);
        if (asset == null) {
            say(exchange, 404, "There is nothing at this address.");
            return;
        }
        var headers = exchange.getResponseHeaders();
        headers.set("ETag", asset.etag());
        headers.set("Cache-Control", asset.immutable() ? "public, max-age=31536000, immutable" : "no-cache");
        if (asset.etag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        send(exchange, 200, asset.type(), asset.content());
    }

    private void stream(HttpExchange exchange, Map<String, String> query) throws IOException, Api.BadRequest {
        LiveSeries live = api.chosen(query);
        String lastEvent = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        long held = Math.max(held(query.get("since")), held(lastEvent));
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        if (streams.size() >= limits.streams()) {
            refused.incrementAndGet();
            say(exchange, 503, "Too many pages follow already; close one of them.");
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        EventStream stream = new EventStream(
                live,
                view,
                api,
                history,
                exchange.getResponseBody(),
                limits.pace(),
                held == NOTHING_HELD ? Long.MAX_VALUE : held * 1_000_000L);
        follow(stream);
    }

    /**
     * On a platform thread, for an alert waits for it: each time that a virtual one waits no longer than a time, two
     * wake-ups of others come with it. Streams are few; requests stay virtual.
     */
    private void follow(EventStream stream) throws IOException {
        FutureTask<EventStream.End> following = new FutureTask<>(stream::run);
        Thread thread = Thread.ofPlatform().daemon().name("page").unstarted(following);
        streams.put(thread, stream);
        thread.start();
        try {
            if (following.get() == EventStream.End.FELL_BEHIND) {
                cut.incrementAndGet();
            }
        } catch (InterruptedException e) {
            thread.interrupt(); // all are, where the dashboard is closed
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case InterruptedException cutOrClosed -> {} // the interrupt has done its work
                case StoreException unread -> // too late for an answer; the page asks again
                    LOG.log(System.Logger.Level.WARNING, "a live stream ended: " + unread.getMessage());
                case IOException gone -> throw gone;
                default -> throw new IllegalStateException("a live stream broke", e.getCause());
            }
        } finally {
            streams.remove(thread);
        }
    }

    private static long held(String since) throws Api.BadRequest {
        return since == null
                ? NOTHING_HELD
                : Api.number(Map.of("since", since), "since", NOTHING_HELD, 0, Api.LATEST_SECOND);
    }

    /** Cuts clients whose connection takes no more, until interrupted. */
    private void cutStuck() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
                streams.forEach((thread, stream) -> {
                    // It followed a tape of the store, which is being recorded now: it comes again.
                    if (view.isSuperseded(stream.series()) && streams.remove(thread, stream)) {
                        thread.interrupt();
                        return;
                    }
                    if (stream.stuckNanos() > limits.stuckNanos() && streams.remove(thread, stream)) {
                        cut.incrementAndGet();
                        thread.interrupt(); // closes the connection under the write
                    }
                });
            }
        } catch (InterruptedException e) {
            // The dashboard was closed, and with it every stream.
        }
    }

    /**
     * Whether the request was meant for us. A web site that lets its own name point to this machine would otherwise
     * read everything through the user's browser.
     */
    private boolean isOurs(String hostHeader) {
        if (hostHeader == null) {
            return false;
        }
        String name = PORT.matcher(hostHeader).replaceFirst("").toLowerCase(Locale.ROOT);
        InetAddress bound = server.getAddress().getAddress();
        // Bound to every address of the machine: any of them may be meant, but never a name.
        return OWN_NAMES.contains(name)
                || name.equals(host.toLowerCase(Locale.ROOT))
                || name.equals("[" + host.toLowerCase(Locale.ROOT) + "]")
                || (bound.isAnyLocalAddress() && ADDRESS.matcher(name).matches());
    }

    private static Map<String, String> query(String raw) throws Api.BadRequest {
        Map<String, String> query = new HashMap<>();
        if (raw == null) {
            return query;
        }
        for (String part : raw.split("&", 16)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                continue;
            }
            try {
                query.put(
                        part.substring(0, equals),
                        URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new Api.BadRequest(400, "The address has a broken percent escape.");
            }
        }
        return query;
    }

    private static void say(HttpExchange exchange, int status, String sentence) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, content.length);
        exchange.getResponseBody().write(content);
    }
}
