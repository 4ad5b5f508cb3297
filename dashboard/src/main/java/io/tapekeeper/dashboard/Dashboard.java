package io.tapekeeper.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tapekeeper.dashboard.Query.BadRequest;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/**
 * The HTTP server of page, API and live stream.
 *
 * <p>{@code GET /api/catalogue}, {@code /api/series}, {@code /api/history?series=&limit=&before=},
 * {@code /api/range?series=&from=&to=&points=}, {@code /api/alerts?series=}, {@code /api/stream?series=&since=},
 * {@code /api/health}; for programs that watch {@code /health} (503 where something is not well) and {@code /metrics};
 * everything else is the page.
 *
 * <p>{@link #start} and {@link #close} belong to one thread; requests run on virtual threads of their own, live streams
 * on platform threads.
 */
public final class Dashboard implements AutoCloseable {
    /** What answers one address. */
    private interface Route {
        Answer answer(Query query) throws IOException, BadRequest;
    }

    private static final System.Logger LOG = System.getLogger(Dashboard.class.getName());
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");
    private static final Set<String> OWN_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final int BACKLOG = 64;
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final String host;
    private final int wantedPort;
    private final Api api;
    private final MetricsEndpoint monitoring;
    private final LiveStreams streams;
    private final Map<String, Route> routes;
    private HttpServer server;
    private ExecutorService requests;

    /**
     * @param host name or address to listen on; 127.0.0.1 keeps it on this machine
     * @param port 0 for any that is free
     */
    public Dashboard(LiveView view, History history, String host, int port) {
        this(view, history, host, port, LiveStreams.Limits.USUAL);
    }

    Dashboard(LiveView view, History history, String host, int port, LiveStreams.Limits limits) {
        this.host = host;
        this.wantedPort = port;
        api = new Api(new Catalogue(view, history), history);
        monitoring = new MetricsEndpoint(view);
        streams = new LiveStreams(view, limits);
        routes = Map.of(
                "/api/catalogue", query -> Answer.json(200, CatalogueJson.write()),
                "/api/series", query -> Answer.json(200, api.series()),
                "/api/history", query -> Answer.json(200, api.history(query)),
                "/api/range", query -> Answer.json(200, api.range(query)),
                "/api/alerts", query -> Answer.json(200, api.alerts(query)),
                "/api/health", query -> Answer.json(200, Json.object(view, this::health)),
                "/health", query -> wellOrNot(monitoring.health()),
                "/metrics", query -> Answer.of(200, METRICS_TYPE, monitoring.metrics(streams.metrics())));
    }

    /**
     * Listens.
     *
     * @throws IOException with one plain sentence where the port is taken or the host unknown
     */
    public void start() throws IOException {
        // The JDK's server reads this once, before its first use: without it each small event waits 40 ms for the
        // acknowledgement of the one before.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        InetSocketAddress address;
        try {
            address = new InetSocketAddress(InetAddress.getByName(host), wantedPort);
        } catch (UnknownHostException e) {
            throw new IOException("This machine does not know the host \"" + host + "\"; 127.0.0.1 always works.", e);
        }
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (BindException e) {
            throw new IOException(
                    "The dashboard cannot listen on %s port %d (%s); choose another with --port."
                            .formatted(host, wantedPort, e.getMessage()),
                    e);
        }
        requests = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(requests);
        server.createContext("/", this::answer);
        streams.start();
        server.start();
    }

    /** Where it listens, once started. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Clients that were cut because they did not keep up; they come back by themselves. */
    public long cutClients() {
        return streams.cut();
    }

    /** Clients that follow now. */
    public int clients() {
        return streams.clients();
    }

    /** Ends every stream and stops listening, at once. */
    @Override
    public void close() {
        if (server == null) {
            return;
        }
        streams.close();
        server.stop(0);
        requests.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            HEADERS.forEach(exchange.getResponseHeaders()::set);
            if (!isOurs(exchange.getRequestHeaders().getFirst("Host"))) {
                Answer.text(403, "This server answers only under its own address, for safety.")
                        .sendTo(exchange);
            } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                Answer.text(405, "Only GET is answered here.").sendTo(exchange);
            } else {
                answerAsked(exchange);
            }
        } catch (RuntimeException e) { // a defect; the JDK's server would close without a word
            LOG.log(System.Logger.Level.ERROR, "no answer to " + exchange.getRequestURI(), e);
            throw e;
        }
    }

    private void answerAsked(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Answer answer;
        try {
            Query query = Query.parse(exchange.getRequestURI().getRawQuery());
            if (path.equals("/api/stream")) {
                streams.serve(exchange, query, api.chosen(query));
                return;
            }
            Route route = routes.get(path);
            answer = route != null
                    ? route.answer(query)
                    : StaticAssets.answer(path, exchange.getRequestHeaders().getFirst("If-None-Match"));
        } catch (BadRequest e) {
            answer = Answer.text(e.status(), e.getMessage());
        } catch (StoreException e) {
            answer = Answer.text(503, e.getMessage());
        }
        answer.sendTo(exchange);
    }

    private static Answer wellOrNot(MetricsEndpoint.Verdict verdict) {
        return Answer.json(verdict.well() ? 200 : 503, verdict.json().getBytes(StandardCharsets.UTF_8));
    }

    private void health(JsonGenerator json, LiveView shown) {
        json.writeNumberProperty("clients", streams.clients())
                .writeNumberProperty("cut", streams.cut())
                .writeNumberProperty("refused", streams.refused())
                .writeStringProperty("notice", shown.notice());
        Json.object(json, "system", shown.system().health(), HealthJson::system);
        json.writeArrayPropertyStart("series");
        for (LiveSeries live : shown.all()) {
            json.writeStartObject().writeStringProperty("id", live.series().id());
            HealthJson.fields(json, live.health());
            json.writeEndObject();
        }
        json.writeEndArray();
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
}
