package io.tapekeeper.benchmarks;

import static java.util.stream.Collectors.joining;

import io.tapekeeper.benchmarks.sender.Sender;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/**
 * From the moment at which the frame that closes a bar was to be sent to the moment at which a client of the live
 * stream has the alert that this bar opens; everything is on, the store too.
 *
 * <p>The market's time runs 200 times as fast as ours, so that there are alerts enough to count; the client therefore
 * gets 200 rows a second as well.
 */
final class AlertRow implements Row {
    private static final int RATE = 20_000;
    private static final int BAR_TRADES = 100;

    /**
     * The window of 20 bars holds one that stands out and at most the one before it, on the other side: z is then
     * √(19/2) = 3.08.
     */
    private static final int JUMP_EVERY = 13;

    private static final int WINDOW = 20;

    /** Until then the JVM compiles what is called with every frame, and nothing counts. */
    private static final int START_SECONDS = 3;

    /** In long runs: until then it compiles what is called with every bar; counted on its own. */
    private static final int WARM_UP_SECONDS = 30;

    private static final int PATIENCE_SECONDS = 60;
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Pattern SERIES = Pattern.compile("\"id\":\"([^\"]+)\"");

    @Override
    public String name() {
        return "alert";
    }

    @Override
    public String title() {
        return "frame due to alert seen by a client of the live stream, at 20,000 trades/s";
    }

    @Override
    public int steps(Session session) {
        return session.runs();
    }

    @Override
    public List<Figure> measure(Session session) throws IOException, InterruptedException {
        List<Histogram> runs = new ArrayList<>();
        List<Histogram> warmingUp = new ArrayList<>();
        for (int run = 1; run <= session.runs(); run++) {
            session.step("tapekeeper run");
            Path db = session.folder().resolve("alert-" + run + ".db");
            Latencies seen = listen(session, db);
            runs.add(seen.steady);
            if (seen.warmingUp.getTotalCount() > 0) {
                warmingUp.add(seen.warmingUp);
            }
        }
        session.note("alert: so many were seen in each run: "
                + runs.stream().map(run -> Long.toString(run.getTotalCount())).collect(joining(", ")));
        List<Figure> figures = new ArrayList<>();
        figures.add(percentile("p50", runs, 50, "< 300"));
        figures.add(percentile("p90", runs, 90, ""));
        figures.add(percentile("p99", runs, 99, "< 2,000"));
        figures.add(percentile("longest", runs, 100, ""));
        if (!warmingUp.isEmpty()) {
            figures.add(percentile("first half minute, p50", warmingUp, 50, ""));
            figures.add(percentile("first half minute, p99", warmingUp, 99, ""));
        }
        return figures;
    }

    private Figure percentile(String what, List<Histogram> runs, double percentile, String target) {
        List<Double> micros = runs.stream()
                .map(run -> run.getValueAtPercentile(percentile) / 1e3)
                .toList();
        return Figure.of(name(), what, "µs", micros, target);
    }

    /** Nanoseconds of each alert: those of a long run's first half minute, and the rest. */
    private record Latencies(Histogram warmingUp, Histogram steady) {
        Latencies() {
            this(new Histogram(MOST_NANOS, 3), new Histogram(MOST_NANOS, 3));
        }
    }

    private static Latencies listen(Session session, Path db) throws IOException, InterruptedException {
        long seconds = session.size().pick(2, 10, 90);
        long start = session.size().pick(0, START_SECONDS, START_SECONDS);
        long warmUp = session.size().pick(0, START_SECONDS, WARM_UP_SECONDS);
        Path folder = session.folder();
        long bars = RATE * seconds / BAR_TRADES;
        // The last bar stays open, and whole rounds of bars end with the one that stands out.
        long lastOpens = Sender.FIRST_MILLIS + (bars - 1) / JUMP_EVERY * JUMP_EVERY * 1_000;
        CountDownLatch last = new CountDownLatch(1);
        Set<Long> counted = new HashSet<>(); // of the listening thread until it has ended
        Latencies nanos = new Latencies();
        try (SenderProcess sender = SenderProcess.onSchedule(folder, RATE * seconds, 1, RATE, BAR_TRADES, JUMP_EVERY);
                Recording recording = Recording.start(session, db, sender)) {
            sender.awaitReader();
            CompletableFuture<SenderProcess.Schedule> begun = new CompletableFuture<>();
            AlertListener.Seen seen = (opened, seenNanos) -> {
                SenderProcess.Schedule schedule = begun.join();
                long closes = (opened - Sender.FIRST_MILLIS) / 1_000 * BAR_TRADES;
                long due = schedule.dueNanos(closes);
                long since = due - schedule.beganNanos();
                boolean counts = since >= TimeUnit.SECONDS.toNanos(start);
                if (counts && isJump(opened) && counted.add(opened)) {
                    Histogram its = since < TimeUnit.SECONDS.toNanos(warmUp) ? nanos.warmingUp : nanos.steady;
                    its.recordValue(Math.min(seenNanos - due, MOST_NANOS));
                }
                if (opened >= lastOpens) {
                    last.countDown();
                }
            };
            try (AlertListener listener = new AlertListener(recording.page(), series(recording.page()), seen)) {
                Thread listening = Thread.ofPlatform().start(() -> listen(listener));
                begun.complete(sender.begin());
                sender.awaitSent(seconds + PATIENCE_SECONDS);
                // However late it is: leaving it out would make a slow run look like a fast one.
                if (!last.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("the last alert has not come");
                }
                recording.check();
                listener.close();
                listening.join();
                // One that is lost would make the rest look fast.
                SenderProcess.Schedule schedule = begun.join();
                long expected = LongStream.rangeClosed(1, (bars - 1) / JUMP_EVERY)
                        .map(jump -> jump * JUMP_EVERY)
                        .filter(bar -> isJump(Sender.FIRST_MILLIS + bar * 1_000))
                        .map(bar -> schedule.dueNanos(bar * BAR_TRADES))
                        .filter(due -> due - schedule.beganNanos() >= TimeUnit.SECONDS.toNanos(start))
                        .count();
                if (counted.size() != expected) {
                    throw new IOException("%d alerts were seen of %d".formatted(counted.size(), expected));
                }
            }
        }
        return nanos;
    }

    /** Whether a bar stands out that ends then; there is no z-score before a window is full. */
    private static boolean isJump(long endMillis) {
        long bar = (endMillis - Sender.FIRST_MILLIS) / 1_000;
        return bar % JUMP_EVERY == 0 && bar >= WINDOW;
    }

    private static void listen(AlertListener listener) {
        try {
            listener.run();
        } catch (ClosedChannelException e) {
            // by us: everything was sent
        } catch (IOException e) {
            System.err.println("bench: " + e.getMessage());
        }
    }

    private static String series(URI page) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI address = page.resolve("/api/series");
            while (true) { // none before the venue was asked what it lists
                String listed = http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                        .body();
                Matcher id = SERIES.matcher(listed);
                if (id.find()) {
                    return id.group(1);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }
}
