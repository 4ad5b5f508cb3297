package io.tapekeeper.app;

import io.tapekeeper.store.History;
import io.tapekeeper.store.Series;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreFile;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.BinanceRest;
import io.tapekeeper.venue.binance.ClockOffset;
import io.tapekeeper.venue.binance.RateGovernor;
import io.tapekeeper.venue.binance.RateState;
import io.tapekeeper.venue.binance.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}: what is wrong here, and what to do about it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Looks at JDK, disk, store, port, budget, venue and clock, and says what is wrong and what to"
                    + " do.",
            "Exit code 1 where something is."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final long LOW_DISK = 2L << 30;
    private static final double CLOCK_LIMIT_SECONDS = 1;
    private static final String PROBED_STREAM = "/ws/btcusdt@aggTrade";
    private static final Duration SOCKET_PATIENCE = Duration.ofSeconds(10);

    @Option(names = "--db", paramLabel = "FILE", description = "The store.")
    private Path db = RunCommand.DEFAULT_DB;

    @Option(names = "--port", paramLabel = "N", description = "Port of the page (default: 8080).")
    private int port = 8080;

    @Option(
            names = "--rest-url",
            paramLabel = "URL",
            description = "REST API (default: ${DEFAULT-VALUE}).",
            defaultValue = "https://api.binance.com")
    private URI restUrl;

    @Option(
            names = "--stream-url",
            paramLabel = "URL",
            description = "WebSocket streams (default: ${DEFAULT-VALUE}).",
            defaultValue = "wss://stream.binance.com:9443")
    private URI streamUrl;

    private final PrintStream out = System.out;
    private boolean wrong;

    @Override
    public Integer call() {
        checkJava();
        checkDisk();
        checkStore();
        checkPort();
        checkVenue();
        checkSocket();
        return wrong ? Failure.FOUND_WRONG : Failure.FINE;
    }

    private void fine(String what, String found) {
        out.printf("ok     %-6s %s%n", what, found);
    }

    private void wrong(String what, String found, String remedy) {
        wrong = true;
        out.printf("WRONG  %-6s %s%n              -> %s%n", what, found, remedy);
    }

    private void checkJava() {
        fine("java", Runtime.version() + ", " + System.getProperty("java.home"));
    }

    private void checkDisk() {
        Path folder = db.toAbsolutePath().getParent();
        if (folder == null) {
            wrong("disk", db + " is no file", "name one with --db");
            return;
        }
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            String found = String.format(Locale.ROOT, "%.1f GB free at %s", free / 1e9, folder);
            if (!Files.isWritable(folder)) {
                wrong("disk", folder + " cannot be written to", "name another file with --db");
            } else if (free < LOW_DISK) {
                wrong("disk", found, "make room: a busy symbol takes about 100 MB a day");
            } else {
                fine("disk", found);
            }
        } catch (IOException e) {
            wrong("disk", folder + ": " + e.getMessage(), "name another file with --db");
        }
    }

    private void checkStore() {
        if (!Files.exists(db)) {
            fine("store", db + " is not there yet: the first run makes it");
            return;
        }
        try {
            Optional<String> damage = damage();
            if (damage.isPresent()) {
                wrong(
                        "store",
                        "%s is damaged: %s".formatted(db, damage.get()),
                        "run sets it aside and goes on in a new one; a backup brings it back");
            } else {
                checkTapes();
            }
        } catch (StoreException e) {
            wrong("store", e.getMessage(), "name another file with --db, or mend this one");
        }
    }

    private Optional<String> damage() {
        try (Progress.Bar bar = Progress.bar("store", 0)) {
            return StoreFile.quickCheck(
                    db,
                    () -> {
                        bar.pulse();
                        return false;
                    });
        }
    }

    private void checkTapes() {
        try (History history = History.open(db)) {
            List<Series> all = history.series();
            fine("store", "%s is sound, %d series".formatted(db, all.size()));
            oneATape(all).forEach(series -> checkTape(history, series));
        }
    }

    private void checkTape(History history, Series series) {
        TapeId tape = series.tape();
        long missing =
                history.openGaps(tape).stream()
                        .mapToLong(entry -> history.missing(tape, entry.gap()))
                        .sum();
        String found =
                String.format(
                        Locale.ROOT,
                        "%s %s%s: %,d trades, %,d missing",
                        tape.symbol(),
                        tape.kind().label(),
                        tape.simulated() ? " SIMULATED" : "",
                        history.tradeCount(tape),
                        missing);
        if (missing == 0) {
            fine("", found);
        } else {
            wrong("", found, "run fetches what the exchange still has; backfill what is older");
        }
    }

    private static Collection<Series> oneATape(List<Series> all) {
        Map<TapeId, Series> byTape = new LinkedHashMap<>();
        all.forEach(series -> byTape.putIfAbsent(series.tape(), series));
        return byTape.values();
    }

    private void checkPort() {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            fine("port", socket.getLocalPort() + " is free");
        } catch (IOException e) {
            wrong("port", port + " is in use", "choose another one with --port");
        }
    }

    private void checkBudget(RateState state) {
        if (state.bannedUntilMicros() > 0) {
            wrong(
                    "budget",
                    "%s wants no request until %s"
                            .formatted(state.host(), KlineAudit.time(state.bannedUntilMicros())),
                    "wait; everything goes on by itself then");
        } else {
            fine(
                    "budget",
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d used in the last minute by all on this machine",
                            state.used(),
                            state.limit()));
        }
    }

    private void checkVenue() {
        try (RateGovernor governor = Governors.of(restUrl);
                BinanceRest rest = new BinanceRest(restUrl, Settings.defaults(), governor)) {
            checkBudget(governor.snapshot());
            ClockOffset offset = rest.clockOffset();
            fine(
                    "venue",
                    String.format(
                            Locale.ROOT,
                            "%s answers in %.0f ms",
                            restUrl,
                            offset.roundTripMicros() / 1e3));
            double seconds = offset.micros() / 1e6;
            String found =
                    String.format(
                            Locale.ROOT,
                            "%.3f s %s the venue's clock",
                            Math.abs(seconds),
                            seconds < 0 ? "ahead of" : "behind");
            if (Math.abs(seconds) > CLOCK_LIMIT_SECONDS && RunCommand.isBinance(restUrl)) {
                wrong("clock", found, "set this machine's clock, for example by NTP");
            } else {
                fine("clock", found);
            }
        } catch (VenueException e) {
            wrong("venue", e.getMessage(), "check the network, or another --rest-url");
        }
    }

    private void checkSocket() {
        URI one = URI.create(streamUrl.toString().replaceFirst("/*$", "") + PROBED_STREAM);
        long began = System.nanoTime();
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.newWebSocketBuilder()
                    .connectTimeout(SOCKET_PATIENCE)
                    .buildAsync(one, new WebSocket.Listener() {})
                    .get(SOCKET_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .abort();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            fine("socket", "%s opens in %d ms".formatted(streamUrl, millis));
        } catch (ExecutionException | TimeoutException e) {
            wrong(
                    "socket",
                    streamUrl + " cannot be opened",
                    "check the network and proxies, or another --stream-url");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
