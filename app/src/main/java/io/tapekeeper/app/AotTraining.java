package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.SqliteLibrary;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A start that nobody watches: {@code ./tapekeeper} runs it once after each build and makes a cache of what the JVM
 * learns in it, so that later starts find their classes linked and know which methods take the time. It starts
 * {@code run} on a local exchange and {@code demo} beside it, each with a page that follows; no network, and nothing is
 * written outside the folder given.
 *
 * <p>Then comes a market that jumps again and again. In life alerts are too rare for the JVM to compile the code that
 * writes them, so the one that counts would run interpreted; with the cache the JVM compiles that code early.
 */
final class AotTraining {
    /** Bars that a page sees before the training ends: all that a start does is done by then. */
    private static final int BARS = 3;

    /** Alerts that the page of the jumping market sees. */
    private static final int ALERTS = 1_000;

    private static final int JUMP_EVERY = 13; // bars: a window of 20 holds two, and z is 3.08
    private static final Duration BETWEEN_JUMPS = Duration.ofMillis(1); // so that a page keeps up

    /** Long, for a busy machine: the JVM is at its slowest here. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration ASK_AGAIN = Duration.ofMillis(50);
    private static final long SEED = 7;
    private static final long CENT = Decimals.ONE / 100;
    private static final long START = 1_735_689_600_000_000L; // 2025-01-01
    private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"");
    private static final Pattern SERIES = Pattern.compile("\"id\":\"([^\"]+)\"");

    private AotTraining() {}

    /** Leaves SQLite's library in the first folder; whatever a recording writes goes into the second. */
    public static void main(String[] args) throws Exception {
        SqliteLibrary.unpackInto(Path.of(args[0]));
        System.exit(play(Path.of(args[1])) ? CommandFailure.FINE : CommandFailure.FOUND_WRONG);
    }

    /** Returns whether both pages saw some bars, and a third one its alerts. */
    static boolean play(Path folder) throws Exception {
        return record(folder) && alarm(folder.resolve("alarm.db"));
    }

    private static boolean record(Path folder) throws Exception {
        ExchangeConfig config = ExchangeConfig.of(
                        new ExchangeConfig.Source.Synthetic(SEED, Optional.of(folder.resolve("market"))))
                .withSpeed(Speed.parse("1"));
        try (Exchange exchange = Exchange.start(config)) {
            String venue = "127.0.0.1:" + exchange.port();
            FutureTask<Boolean> demo = start(folder, "demo");
            FutureTask<Boolean> run =
                    start(folder, "run", "--rest-url", "http://" + venue, "--stream-url", "ws://" + venue);
            boolean demoShown = demo.get(); // both have to end before their exchange does
            return run.get() && demoShown;
        }
    }

    private static FutureTask<Boolean> start(Path folder, String command, String... more) throws IOException {
        String port = Integer.toString(freePort());
        String db = folder.resolve(command + ".db").toString();
        String[] words = Stream.concat(Stream.of(command, "--port", port, "--db", db), Stream.of(more))
                .toArray(String[]::new);
        Shutdown stop = new Shutdown();
        FutureTask<Boolean> page = new FutureTask<>(() -> {
            try {
                return look("http://127.0.0.1:" + port);
            } finally {
                stop.request();
            }
        });
        FutureTask<Boolean> recording =
                new FutureTask<>(() -> Main.execute(stop, words) == CommandFailure.FINE && page.get());
        Thread.ofPlatform().name("page of " + command).start(page);
        Thread.ofPlatform().name(command).start(recording);
        return recording;
    }

    /** Records a tape whose price jumps. */
    private static boolean alarm(Path db) throws Exception {
        Instrument instrument = new Instrument("rehearsal", "JUMPUSDT", CENT, CENT);
        Series series = new Series(
                new TapeId("rehearsal", "JUMPUSDT", TapeKind.AGGREGATE, true),
                instrument,
                Preset.CLASSIC.label(),
                Interval.SECOND);
        LiveView view = new LiveView(LiveView.RING_ROWS, Clocks.SYSTEM.nanos());
        view.addSeries(series, SeriesInfo.live(series, Preset.CLASSIC));
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                History history = History.open(db);
                Dashboard dashboard = new Dashboard(view, history, "127.0.0.1", 0)) {
            dashboard.start();
            TapePipeline watch = new TapePipeline(series, Preset.CLASSIC, recorder, view, HoldLimit.none());
            String address = "http://127.0.0.1:" + dashboard.port();
            FutureTask<Boolean> page = new FutureTask<>(() -> alerts(address));
            Thread.ofPlatform().name("page of alarm").start(page);
            for (long n = 0; !page.isDone(); n++) {
                boolean jumps = n % JUMP_EVERY == 0; // for one bar, by turns up and down
                long cents = 6_000_000 + (jumps ? (n % 2 == 0 ? 900 : -900) : n % 3);
                long time = START + n * Interval.SECOND.micros();
                watch.traded(new Trade(n, cents * CENT, CENT, Side.BUY, time, time, 1), 0);
                if (jumps) {
                    Thread.sleep(BETWEEN_JUMPS);
                }
            }
            return page.get();
        }
    }

    /** On a busy machine a page may fall behind and be cut: then it asks again. */
    private static boolean alerts(String address) throws IOException, InterruptedException {
        long deadline = Clocks.SYSTEM.nanos().getAsLong() + PATIENCE.toNanos();
        boolean heard = false;
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (!heard && Clocks.SYSTEM.nanos().getAsLong() < deadline) {
                heard = hears(client, address, chosen(client, address), "event: alert", ALERTS);
            }
        }
        return heard;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Asks for all that a browser asks for, until it has seen enough; false where it never has. */
    private static boolean look(String address) throws InterruptedException {
        long deadline = Clocks.SYSTEM.nanos().getAsLong() + PATIENCE.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (Clocks.SYSTEM.nanos().getAsLong() < deadline) {
                try {
                    return follow(client, address);
                } catch (IOException e) {
                    Thread.sleep(ASK_AGAIN); // it does not listen yet
                }
            }
            return false;
        }
    }

    private static boolean follow(HttpClient client, String address) throws IOException, InterruptedException {
        Matcher asset = ASSET.matcher(get(client, address + "/"));
        while (asset.find()) {
            get(client, address + asset.group(1));
        }
        String chosen = chosen(client, address);
        get(client, address + "/api/history" + chosen + "&limit=3600");
        return hears(client, address, chosen, "event: row", BARS);
    }

    /** The query that asks for the first series of a page. */
    private static String chosen(HttpClient client, String address) throws IOException, InterruptedException {
        Matcher series = SERIES.matcher(get(client, address + "/api/series"));
        if (!series.find()) {
            throw new IOException("nothing is recorded yet");
        }
        return "?series=" + series.group(1);
    }

    /** Whether a page that follows sees an event so often. */
    private static boolean hears(HttpClient client, String address, String chosen, String event, int times)
            throws IOException, InterruptedException {
        HttpResponse<Stream<String>> stream =
                client.send(request(address + "/api/stream" + chosen), BodyHandlers.ofLines());
        try (Stream<String> lines = stream.body()) {
            return lines.filter(event::equals).limit(times).count() == times;
        }
    }

    private static String get(HttpClient client, String address) throws IOException, InterruptedException {
        return client.send(request(address), BodyHandlers.ofString()).body();
    }

    private static HttpRequest request(String address) {
        return HttpRequest.newBuilder(URI.create(address)).timeout(PATIENCE).build();
    }
}
