package io.tapekeeper.dashboard;

import com.sun.net.httpserver.HttpExchange;
import io.tapekeeper.dashboard.Query.BadRequest;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.Metric;
import io.tapekeeper.store.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The clients that follow a series now: admits them up to a bound, and cuts those that take nothing more. Requests come
 * from many threads; each stream has a thread of its own.
 */
final class LiveStreams implements AutoCloseable {
    /**
     * @param streams clients that may follow at the same time
     * @param stuckNanos how long a client may take nothing of what is sent before it is cut
     */
    record Limits(int streams, long stuckNanos, EventStream.Pace pace) {
        static final Limits USUAL = new Limits(64, TimeUnit.SECONDS.toNanos(10), EventStream.Pace.USUAL);
    }

    private static final System.Logger LOG = System.getLogger(LiveStreams.class.getName());
    private static final long NOTHING_HELD = -1;
    private static final long WATCH_MILLIS = 250;

    private final LiveView view;
    private final Limits limits;
    private final Map<Thread, EventStream> streams = new ConcurrentHashMap<>();
    private final AtomicLong cut = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final Thread watch =
            Thread.ofPlatform().daemon().name("dashboard-watch").unstarted(this::cutStuck);

    LiveStreams(LiveView view, Limits limits) {
        this.view = view;
        this.limits = limits;
    }

    /** Begins to cut clients that are stuck. */
    void start() {
        watch.start();
    }

    /** Clients that follow now. */
    int clients() {
        return streams.size();
    }

    /** Clients that were cut because they did not keep up; they come back by themselves. */
    long cut() {
        return cut.get();
    }

    /** Clients that were refused because too many followed already. */
    long refused() {
        return refused.get();
    }

    List<Metric> metrics() {
        return List.of(
                Metric.of("browser_clients", "Pages that follow the live data.", streams::size),
                Metric.of("browser_cut_total", "Pages disconnected because they lagged.", cut::get),
                Metric.of("browser_refused_total", "Pages refused beyond the limit of 64.", refused::get));
    }

    /** Answers a request with the events of one series, until the client goes or is cut. */
    void serve(HttpExchange exchange, Query query, SeriesReader reader) throws IOException, BadRequest {
        String lastEvent = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        long held = Math.max(held(query.text("since")), held(lastEvent));
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        if (streams.size() >= limits.streams()) {
            refused.incrementAndGet();
            Answer.text(503, "Too many pages follow already; close one of them.")
                    .sendTo(exchange);
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        follow(new EventStream(
                reader,
                view,
                exchange.getResponseBody(),
                limits.pace(),
                held == NOTHING_HELD ? Long.MAX_VALUE : held * 1_000_000L));
    }

    private static long held(String since) throws BadRequest {
        return Query.number("since", since, NOTHING_HELD, 0, Api.LATEST_SECOND);
    }

    /**
     * On a platform thread, because an alert waits for it: each timed wait of a virtual thread costs two wake-ups of
     * others. Streams are few; requests stay virtual.
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
            thread.interrupt(); // the dashboard is being closed
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

    /** Cuts clients whose connection takes no more, until interrupted. */
    private void cutStuck() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
                streams.forEach(this::cutIfStuck);
            }
        } catch (InterruptedException e) {
            // The dashboard was closed, and with it every stream.
        }
    }

    private void cutIfStuck(Thread thread, EventStream stream) {
        // It followed a tape of the store, which is being recorded now: it comes again, and is not counted.
        boolean superseded = view.isSuperseded(stream.series());
        boolean stuck = stream.stuckNanos() > limits.stuckNanos();
        if ((superseded || stuck) && streams.remove(thread, stream)) {
            cut.addAndGet(superseded ? 0 : 1);
            thread.interrupt(); // closes the connection under the write
        }
    }

    /** Ends every stream. */
    @Override
    public void close() {
        watch.interrupt();
        streams.keySet().forEach(Thread::interrupt);
    }
}
