package io.tapekeeper.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How long a start takes, from {@code ./tapekeeper} on, the shell script's own time included.
 *
 * <p>{@code run}: until the first trade can be read from the store, on a local exchange that runs already and plays
 * twenty times as fast as life, so that it is not the market's pauses that are measured. {@code demo}: until a Chromium
 * that runs already, and opens the page as soon as its address is printed, has painted a price. Both on a new store
 * each time, with the cache of classes and without it. Started by {@code benchmarks/start.sh}.
 */
public final class StartBenchmark {
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(60);
    private static final Pattern PAGE = Pattern.compile("page: (http://\\S+)");

    /** The price and all else are drawn with a frame; the second one comes when the first is out. */
    private static final String PRICE_PAINTED = """
            new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
              const paint = performance.getEntriesByName('first-contentful-paint')[0];
              const price = document.querySelector('#price');
              done(paint && price && price.textContent.includes('.')
                ? String(performance.timeOrigin + paint.startTime) : 'no');
            })))\
            """;

    private final Path home;
    private final Path folder;
    private final boolean cache;

    private StartBenchmark(Path home, Path folder, boolean cache) {
        this.home = home;
        this.folder = folder;
        this.cache = cache;
    }

    /** In the folder of {@code ./tapekeeper}; how many runs of each may be given. */
    public static void main(String[] args) throws Exception {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        Path home = Path.of("").toAbsolutePath();
        Path folder = Files.createTempDirectory("tapekeeper-start");
        Optional<Chromium> browser = Chromium.start(folder);
        if (browser.isEmpty()) {
            System.out.println("no Chromium on the path: demo is left out");
        }
        boolean[] ways = Runtime.version().feature() >= 25 ? new boolean[] {true, false} : new boolean[] {false};
        try {
            for (boolean cache : ways) {
                String with = cache ? "with the cache" : "without the cache";
                StartBenchmark starts = new StartBenchmark(home, folder, cache);
                tell("run to first stored trade, " + with, starts.runs(runs));
                if (browser.isPresent()) {
                    double[] painted = new double[runs];
                    double[] priced = new double[runs];
                    for (int i = 0; i < runs; i++) {
                        starts.demo(browser.get(), i, painted, priced);
                    }
                    tell("demo to first contentful paint, " + with, painted);
                    tell("demo to a painted price, " + with, priced);
                }
            }
        } finally {
            browser.ifPresent(Chromium::close);
            delete(folder);
        }
    }

    private static void tell(String what, double[] millis) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        System.out.printf(
                "%-52s median %5.0f ms, %5.0f to %5.0f, of %d%n",
                what, median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    private double[] runs(int runs) throws Exception {
        String port = Integer.toString(freePort());
        Path said = folder.resolve("exchange.txt");
        Process exchange = start(
                said,
                "exchange",
                "--speed",
                "20",
                "--port",
                port,
                "--state",
                folder.resolve("exchange").toString());
        try {
            await(said, Pattern.compile("exchange: "));
            double[] millis = new double[runs];
            for (int i = 0; i < runs; i++) {
                millis[i] = run(port);
            }
            return millis;
        } finally {
            end(exchange);
        }
    }

    private double run(String exchangePort) throws Exception {
        Path db = Files.createTempDirectory(folder, "run").resolve("tape.db");
        long start = System.nanoTime();
        Process run = start(
                folder.resolve("run.txt"),
                "run",
                "--rest-url",
                "http://127.0.0.1:" + exchangePort,
                "--stream-url",
                "ws://127.0.0.1:" + exchangePort,
                "--port",
                "0",
                "--db",
                db.toString());
        try {
            while (!holdsTrade(db)) {
                checkTime(start, "no trade was stored");
                TimeUnit.MILLISECONDS.sleep(2);
            }
            return millisSince(start);
        } finally {
            end(run);
        }
    }

    private static boolean holdsTrade(Path db) {
        if (!Files.exists(db)) {
            return false;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db.toUri() + "?mode=ro");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1 FROM trade LIMIT 1")) {
            return row.next();
        } catch (SQLException e) {
            return false; // it is being made
        }
    }

    private void demo(Chromium browser, int run, double[] painted, double[] priced) throws Exception {
        Path said = folder.resolve("demo.txt");
        Path db = Files.createTempDirectory(folder, "demo").resolve("demo.db");
        browser.openEmpty();
        Files.deleteIfExists(said);
        double startEpoch = System.currentTimeMillis();
        long start = System.nanoTime();
        Process demo = start(said, "demo", "--port", Integer.toString(freePort()), "--db", db.toString());
        try {
            browser.go(await(said, PAGE).group(1));
            String paint = browser.ask(PRICE_PAINTED);
            while (!paint.matches("[0-9.]+")) {
                checkTime(start, "no price was painted");
                paint = browser.ask(PRICE_PAINTED);
            }
            priced[run] = millisSince(start);
            painted[run] = Double.parseDouble(paint) - startEpoch;
        } finally {
            end(demo);
            browser.closePage();
        }
    }

    private Process start(Path output, String... words) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("tapekeeper").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("TAPEKEEPER_STATE", folder.resolve("state").toString());
        if (!cache && Runtime.version().feature() >= 25) {
            builder.environment().put("TAPEKEEPER_JAVA_OPTS", "-XX:AOTMode=off");
        }
        return builder.start();
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private static Matcher await(Path output, Pattern pattern) throws Exception {
        long start = System.nanoTime();
        while (true) {
            Matcher said = pattern.matcher(Files.exists(output) ? Files.readString(output) : "");
            if (said.find() && said.end() < said.regionEnd()) { // the whole line is there
                return said;
            }
            checkTime(start, "never said " + pattern);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private static void checkTime(long start, String what) {
        if (System.nanoTime() - start > LIMIT) {
            throw new IllegalStateException(what);
        }
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /**
     * A headless Chromium, driven over its DevTools protocol by hand: a browser driver is 190 MB, and two commands are
     * all that is needed. Owned by one thread.
     */
    private static final class Chromium {
        private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
        private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");
        private static final Pattern TARGET = Pattern.compile("\"targetId\":\"([^\"]+)\"");
        private static final Pattern SESSION = Pattern.compile("\"sessionId\":\"([^\"]+)\"");
        private static final Pattern VALUE = Pattern.compile("\"value\":\"([^\"]*)\"");

        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final Process process;
        private final WebSocket socket;
        private int asked;
        private String target = "";
        private String session = "";

        private Chromium(Process process, String address) {
            this.process = process;
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create(address), new Answers(answers))
                    .join();
        }

        static Optional<Chromium> start(Path folder) throws Exception {
            Optional<Path> found = Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator, -1))
                    .flatMap(each -> NAMES.stream().map(name -> Path.of(each, name)))
                    .filter(Files::isExecutable)
                    .findFirst();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Path said = folder.resolve("chromium.txt");
            Process process = new ProcessBuilder(
                            found.get().toString(),
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + folder.resolve("chromium"),
                            "about:blank")
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            return Optional.of(new Chromium(process, await(said, LISTENING).group(1)));
        }

        void openEmpty() throws InterruptedException {
            target = find(TARGET, command("Target.createTarget", "\"url\":\"about:blank\"", ""));
            session = find(
                    SESSION, command("Target.attachToTarget", "\"flatten\":true,\"targetId\":\"" + target + "\"", ""));
        }

        void go(String address) throws InterruptedException {
            command("Page.navigate", "\"url\":\"" + address + "\"", session);
        }

        /** The text that a promise gives; empty where the page was just being changed. */
        String ask(String promise) throws InterruptedException {
            String text = promise.replace("\n", " ").replace("\"", "\\\"");
            Matcher value = VALUE.matcher(command(
                    "Runtime.evaluate",
                    "\"awaitPromise\":true,\"returnByValue\":true,\"expression\":\"" + text + "\"",
                    session));
            return value.find() ? value.group(1) : "";
        }

        void closePage() throws InterruptedException {
            command("Target.closeTarget", "\"targetId\":\"" + target + "\"", "");
        }

        private String command(String method, String parameters, String session) throws InterruptedException {
            int id = ++asked;
            socket.sendText(
                            "{\"id\":%d,\"method\":\"%s\",\"params\":{%s}%s}"
                                    .formatted(
                                            id,
                                            method,
                                            parameters,
                                            session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\""),
                            true)
                    .join();
            long start = System.nanoTime();
            while (true) {
                checkTime(start, "Chromium does not answer to " + method);
                String answer = answers.poll(1, TimeUnit.SECONDS);
                if (answer != null && answer.startsWith("{\"id\":" + id + ",")) {
                    return answer;
                }
            }
        }

        private static String find(Pattern pattern, String answer) {
            Matcher found = pattern.matcher(answer);
            if (!found.find()) {
                throw new IllegalStateException("Chromium answers " + answer);
            }
            return found.group(1);
        }

        void close() {
            socket.abort();
            process.destroy();
            try {
                process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Puts fragments together. */
    private record Answers(BlockingQueue<String> whole, StringBuilder part) implements WebSocket.Listener {
        Answers(BlockingQueue<String> whole) {
            this(whole, new StringBuilder());
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            part.append(text);
            if (last) {
                whole.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
