package io.tapekeeper.benchmarks;

import io.tapekeeper.benchmarks.sender.Sender;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * From the moment at which the frame that closes a bar was to be sent to the moment at which a
 * client of the live stream has the alert that this bar opens; everything is on, the store too.
 *
 * <p>The market's time runs 200 times as fast as ours, so that there are alerts enough to count;
 * the client therefore gets 200 rows a second as well.
 */
final class AlertRow implements Row {
    private static final int RATE = 20_000;
    private static final int BAR_TRADES = 100;

    /** One that stands out has left the window of 20 bars when the next one comes. */
    private static final int JUMP_EVERY = 25;

    private static final int WARM_UP_SECONDS = 5;
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
        return 1;
    }

    @Override
    public List<Figure> measure(Session session) throws IOException, InterruptedException {
        session.step("tapekeeper run");
        long seconds = session.size().pick(2, 25, 180);
        long warmUp = session.size() == Size.TINY ? 0 : WARM_UP_SECONDS;
        Path folder = session.folder();
        Histogram nanos = new Histogram(MOST_NANOS, 3);
        try (SenderProcess sender =
                        SenderProcess.onSchedule(
                                folder, RATE * seconds, 1, RATE, BAR_TRADES, JUMP_EVERY);
                Recording recording = Recording.start(folder, folder.resolve("alert.db"), sender)) {
            SenderProcess.Schedule schedule = sender.awaitSchedule();
            long from = schedule.beganNanos() + TimeUnit.SECONDS.toNanos(warmUp);
            try (AlertListener listener =
                    new AlertListener(
                            recording.page(),
                            series(recording.page()),
                            (opened, seen) -> {
                                long bars = (opened - Sender.FIRST_MILLIS) / 1_000;
                                long due = schedule.dueNanos(bars * BAR_TRADES);
                                if (due - from >= 0) {
                                    nanos.recordValue(Math.min(seen - due, MOST_NANOS));
                                }
                            })) {
                Thread listening = Thread.ofPlatform().start(() -> listen(listener));
                sender.awaitSent(seconds + 60);
                TimeUnit.MILLISECONDS.sleep(500); // what is late is on its way
                recording.check();
                listener.close();
                listening.join();
            }
        }
        if (nanos.getTotalCount() == 0) {
            throw new IOException("no alert was seen");
        }
        session.note("alert: %d alerts were seen".formatted(nanos.getTotalCount()));
        return List.of(
                percentile(nanos, 50, "< 300"),
                percentile(nanos, 90, ""),
                percentile(nanos, 99, "< 2,000"),
                percentile(nanos, 99.9, ""),
                percentile(nanos, 100, ""));
    }

    private Figure percentile(Histogram nanos, double percentile, String target) {
        String what =
                percentile == 100
                        ? "longest"
                        : "p" + Double.toString(percentile).replaceFirst("\\.0$", "");
        double micros = nanos.getValueAtPercentile(percentile) / 1e3;
        return Figure.of(name(), what, "µs", List.of(micros), target);
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
                String listed =
                        http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
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
