package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;

import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.LogFile;
import io.tapekeeper.app.terminal.StatusLine;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.recorder.Page;
import io.tapekeeper.recorder.Recording;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.Surroundings;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.binance.Binance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recorder in a process of its own, which can be killed. What it remembers of the rates of a venue lies beside its
 * store.
 */
final class RecorderProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Started often: no time to compile well. */
    static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    private final Process process;
    private final Path output;

    private RecorderProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts the command {@code run}.
     *
     * @param jvm flags of its virtual machine
     * @param environment set besides ours
     */
    static RecorderProcess run(
            Path db, Exchange market, List<String> jvm, Map<String, String> environment, String... more)
            throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Main.class.getName(),
                "run",
                "--rest-url",
                "http://127.0.0.1:" + market.port(),
                "--stream-url",
                "ws://127.0.0.1:" + market.port(),
                "--db",
                db.toString()));
        words.addAll(Arrays.asList(more));
        return start(db, jvm, environment, words);
    }

    /** Starts a recorder that is patient in another way than the command's. */
    static RecorderProcess tuned(Path db, Exchange market, Patience patience, String symbols) throws IOException {
        return start(
                db,
                QUICK_START,
                Map.of(),
                List.of(
                        RecorderProcess.class.getName(),
                        db.toString(),
                        Integer.toString(market.port()),
                        patience.name(),
                        symbols));
    }

    private static RecorderProcess start(Path db, List<String> jvm, Map<String, String> environment, List<String> words)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(words);
        Path folder = db.toAbsolutePath().getParent();
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("TAPEKEEPER_STATE", folder.resolve("state").toString());
        builder.environment().putAll(environment);
        return new RecorderProcess(builder.start(), output);
    }

    /** How patient a recorder is that is not started by its command. */
    enum Patience {
        /** Gives every hole up at once, so that all of them are repaired in the ledger. */
        NONE,
        /** Lives sixty times faster, as its market does. */
        SIXTIETH,
        /** The same, with sockets that give way to others before the venue ends them. */
        SIXTIETH_ROTATING;

        private Tuning tuning() {
            return switch (this) {
                case NONE ->
                    new Tuning(
                            ConnectionSettings.defaults(),
                            RepairSettings.DEFAULTS.faster(10).withHoldBack(Duration.ZERO, Duration.ofDays(1)),
                            Binance::sharedGovernor);
                case SIXTIETH ->
                    new Tuning(
                            sixtyTimesFaster(ConnectionSettings.defaults(), Duration.ofDays(1)),
                            RepairSettings.DEFAULTS.faster(60),
                            Binance::sharedGovernor);
                case SIXTIETH_ROTATING ->
                    new Tuning(
                            sixtyTimesFaster(ConnectionSettings.defaults(), Duration.ofMillis(950)),
                            RepairSettings.DEFAULTS.faster(60),
                            Binance::sharedGovernor);
            };
        }

        /** Answers take their time at any speed of the market. */
        private static ConnectionSettings sixtyTimesFaster(ConnectionSettings usual, Duration rotateAfter) {
            ConnectionSettings.Sockets sockets = usual.sockets();
            return new ConnectionSettings(
                    usual.clock(),
                    usual.requestTimeout(),
                    usual.pollTimeout(),
                    usual.firstRetry().dividedBy(60),
                    usual.longestRetry().dividedBy(60),
                    usual.refusedPause(),
                    new ConnectionSettings.Sockets(
                            sockets.readIdle(),
                            sockets.probeTimeout(),
                            sockets.stableAfter().dividedBy(60),
                            rotateAfter,
                            sockets.overlap().dividedBy(60),
                            sockets.shortestStall(),
                            sockets.longestStall(),
                            sockets.flightTime()));
        }
    }

    /** Records into a file from a local port, with a patience, these symbols. */
    public static void main(String[] words) throws InterruptedException {
        RecordOptions options = RecordOptions.of(words[3].split(",", -1));
        Path db = Path.of(words[0]);
        LogFile.beside(db);
        Shutdown stop = new Shutdown();
        Signals signals = new Signals(stop);
        signals.listen();
        int port = Integer.parseInt(words[1]);
        Tuning tuning = Patience.valueOf(words[2]).tuning();
        System.out.println("store: " + db.toAbsolutePath());
        new Recording(
                        options.plan(db),
                        () -> tuning.open(port, port),
                        tuning.settings(),
                        stop,
                        new Surroundings(new StatusLine(System.out, Clocks.SYSTEM), Page.NONE, Optional.empty()))
                .run();
        signals.finished(0);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of its page, as soon as it says it. */
    URI page() {
        Pattern page = Pattern.compile("page: (http://\\S+)");
        await().atMost(PATIENCE).until(() -> page.matcher(output()).find());
        Matcher said = page.matcher(output());
        said.find();
        return URI.create(said.group(1));
    }

    /** Waits for so long; false where it ended meanwhile. */
    boolean livesFor(Duration time) throws InterruptedException {
        return !process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Kills it with SIGKILL when so much time has passed; that it lived until then is asserted. */
    void killAfter(Duration moment) throws InterruptedException {
        if (!livesFor(moment)) {
            throw new AssertionError("it ended by itself: " + output());
        }
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end as Ctrl+C does. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("it does not end: " + output());
        }
        if (process.exitValue() != 0) {
            throw new AssertionError("it ended with " + process.exitValue() + ": " + output());
        }
    }

    /** Trades of a tape in a store; 0 also where the store is just being made. */
    static long stored(Path db, TapeId tape) {
        if (!Files.exists(db)) {
            return 0;
        }
        try (History history = History.open(db)) {
            return history.tradeCount(tape);
        } catch (StoreException e) {
            return 0;
        }
    }

    /** The time from the first trade of a tape in a store to the last. */
    static Duration length(Path db, TapeId tape) {
        if (stored(db, tape) == 0) {
            return Duration.ZERO;
        }
        try (History history = History.open(db)) {
            return Duration.of(
                    time(history, tape, history.lastTradeId(tape).orElseThrow())
                            - time(history, tape, history.firstTradeId(tape).orElseThrow()),
                    ChronoUnit.MICROS);
        }
    }

    private static long time(History history, TapeId tape, long id) {
        long[] time = {0};
        history.trades(tape, id, id + 1, trade -> time[0] = trade.venueTime());
        return time[0];
    }

    /** Whether every id between the first and the last stored is there, and nothing is open. */
    static boolean whole(Path db, TapeId tape) {
        try (History history = History.open(db)) {
            if (history.tradeCount(tape) == 0 || !history.openGaps(tape).isEmpty()) {
                return false;
            }
            boolean[] holes = {false};
            history.missingRanges(
                    tape,
                    history.firstTradeId(tape).orElseThrow(),
                    history.lastTradeId(tape).orElseThrow(),
                    range -> holes[0] = true);
            return !holes[0];
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
