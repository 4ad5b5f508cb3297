package io.tapekeeper.app;

import io.tapekeeper.app.terminal.DoctorReport;
import io.tapekeeper.app.terminal.Progress;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.recorder.audit.KlineAudit;
import io.tapekeeper.recorder.health.StoreGrowth;
import io.tapekeeper.recorder.tape.TapeReplay;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.RecorderStatus;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.ClockOffset;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.Binance;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code doctor}: what is wrong here, and what to do about it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Looks at JDK, store (sound? who records it? how did the last one end? what is missing?),"
                    + " disk and when it will be full, port, budget, venue and clock, and says what is"
                    + " wrong and what to do.",
            "Exit code 1 where something is."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./tapekeeper doctor", "  ./tapekeeper doctor --db data/demo.db --json"})
final class DoctorCommand implements Callable<Integer> {
    private static final long LOW_DISK = 2L << 30;
    private static final double FEW_DAYS = 3;
    private static final double CLOCK_LIMIT_SECONDS = 1;
    private static final String PROBED_STREAM = "/ws/btcusdt@aggTrade";
    private static final Duration SOCKET_PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAGE_PATIENCE = Duration.ofSeconds(3);

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

    @Option(names = "--json", description = "Print what was found as JSON.")
    private boolean json;

    private final PrintStream out = System.out;
    private DoctorReport diagnosis;

    @Override
    public Integer call() {
        RunCommand.checkUrl("--rest-url", restUrl, "http");
        RunCommand.checkUrl("--stream-url", streamUrl, "ws");
        diagnosis = new DoctorReport(json ? null : out);
        checkJava();
        checkDisk(checkStore());
        checkPort();
        checkVenue();
        checkSocket();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(diagnosis.asTree()));
        }
        return diagnosis.isWrong() ? CommandFailure.FOUND_WRONG : CommandFailure.FINE;
    }

    private void checkJava() {
        diagnosis.fine(
                "java",
                Runtime.version() + ", " + System.getProperty("java.home"),
                Map.of("version", Runtime.version().toString()));
    }

    /** @param growth of the store there, where it is known */
    private void checkDisk(Optional<StoreGrowth> growth) {
        Path folder = db.toAbsolutePath().getParent();
        if (folder == null) {
            diagnosis.wrong("disk", db + " is no file", "name one with --db", Map.of());
            return;
        }
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            SystemHealth.Disk disk = new SystemHealth.Disk(
                    free, growth.map(StoreGrowth::bytesPerDay).orElse(Double.NaN));
            Map<String, Object> measured = new LinkedHashMap<>();
            measured.put("freeBytes", free);
            measured.put("bytesPerDay", orNull(disk.bytesPerDay()));
            measured.put("daysLeft", orNull(disk.daysLeft()));
            String found = String.format(Locale.ROOT, "%.1f GB free at %s", free / 1e9, folder)
                    + growth.map(one -> "; " + one.inWords(disk.daysLeft())).orElse("");
            if (!Files.isWritable(folder)) {
                diagnosis.wrong(
                        "disk", folder + " cannot be written to", "allow it, or name another file with --db", measured);
            } else if (free < LOW_DISK) {
                diagnosis.wrong("disk", found, "make room: a busy symbol takes about 100 MB a day", measured);
            } else if (disk.daysLeft() < FEW_DAYS) {
                diagnosis.wrong("disk", found, "make room, or let run forget with --keep", measured);
            } else {
                diagnosis.fine("disk", found, measured);
            }
        } catch (IOException e) {
            diagnosis.wrong("disk", folder + ": " + e.getMessage(), "name another file with --db", Map.of());
        }
    }

    /** JSON knows neither NaN nor an infinite number. */
    private static Double orNull(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** Returns how fast it grows, where that can be read. */
    private Optional<StoreGrowth> checkStore() {
        if (!Files.exists(db)) {
            diagnosis.fine("store", db + " is not there yet: the first run makes it", Map.of("exists", false));
            return Optional.empty();
        }
        try {
            Optional<String> damage = damage();
            if (damage.isPresent()) {
                diagnosis.wrong(
                        "store",
                        "%s is damaged: %s".formatted(db, damage.get()),
                        "run sets it aside and goes on in a new one; a backup brings it back",
                        Map.of("sound", false));
                return Optional.empty();
            }
            return Optional.of(checkTapes());
        } catch (StoreException e) {
            diagnosis.wrong("store", e.getMessage(), "name another file with --db, or mend this one", Map.of());
            return Optional.empty();
        }
    }

    private Optional<String> damage() {
        try (Progress.Bar bar = Progress.bar("store", 0)) {
            return StoreMaintenance.quickCheck(db, () -> {
                bar.pulse();
                return false;
            });
        }
    }

    private StoreGrowth checkTapes() {
        try (History history = History.open(db)) {
            List<Series> all = history.series();
            diagnosis.fine(
                    "store",
                    "%s is sound, %d series".formatted(db, all.size()),
                    Map.of("sound", true, "series", all.size()));
            checkRecorder();
            oneATape(all).forEach(series -> checkTape(history, series));
            return new StoreGrowth(history.usedBytes(), history.recordedTime());
        }
    }

    private void checkRecorder() {
        switch (StoreMaintenance.lastRecorder(db)) {
            case RecorderStatus.AtWork(String process) ->
                diagnosis.fine(
                        "store",
                        "is being recorded by process " + process,
                        Map.of("recordedByProcess", process, "lastStopUnclean", false));
            case RecorderStatus.Closed() ->
                diagnosis.fine(
                        "store",
                        "nobody records it; the last recorder closed it in good order",
                        Map.of("lastStopUnclean", false));
            case RecorderStatus.Died(String process) ->
                diagnosis.note(
                        "store",
                        "nobody records it; the last recorder, process %s, was killed or lost its power"
                                .formatted(process),
                        "nothing that was committed is lost, and run fetches the rest; its log beside the"
                                + " store may say why",
                        Map.of("lastStopUnclean", true));
        }
    }

    private void checkTape(History history, Series series) {
        TapeId tape = series.tape();
        TapeReplay.Count count = new TapeReplay(history, tape, List.of()).count();
        long open = history.openGaps(tape).stream()
                .mapToLong(entry -> history.missing(tape, entry.gap()))
                .sum();
        long missing = open + count.unknown();
        String found = String.format(
                Locale.ROOT,
                "%s %s%s: %,d trades, %,d missing%s",
                tape.symbol(),
                tape.kind().label(),
                tape.simulated() ? " SIMULATED" : "",
                count.trades(),
                missing,
                count.unknown() == 0 ? "" : ", %,d unknown to the ledger".formatted(count.unknown()));
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("symbol", tape.symbol());
        measured.put("kind", tape.kind().label());
        measured.put("simulated", tape.simulated());
        measured.put("trades", count.trades());
        measured.put("missing", missing);
        measured.put("unknownToLedger", count.unknown());
        if (missing == 0) {
            diagnosis.fine("tape", found, measured);
        } else {
            diagnosis.wrong(
                    "tape",
                    found,
                    count.unknown() == 0
                            ? "run fetches what the exchange still has; backfill what is older"
                            : "verify names them; backfill fetches what the exchange still has",
                    measured);
        }
    }

    private static Collection<Series> oneATape(List<Series> all) {
        Map<TapeId, Series> byTape = new LinkedHashMap<>();
        all.forEach(series -> byTape.putIfAbsent(series.tape(), series));
        return byTape.values();
    }

    private void checkPort() {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            diagnosis.fine("port", socket.getLocalPort() + " is free", Map.of("port", socket.getLocalPort()));
        } catch (IOException e) {
            if (isOurPage()) {
                diagnosis.fine("port", port + " shows a recorder's page", Map.of("port", port));
            } else {
                diagnosis.wrong(
                        "port",
                        port + " is in use by another program",
                        "end that one, or choose another one with --port",
                        Map.of("port", port));
            }
        }
    }

    /** Whether who has the port answers as a recorder's page does, be it well or not. */
    private boolean isOurPage() {
        URI health = URI.create("http://127.0.0.1:%d/health".formatted(port));
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PAGE_PATIENCE).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(health).timeout(PAGE_PATIENCE).build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode told = JsonMapper.shared().readTree(answer.body());
            return told.path("writing").isBoolean() && told.path("symbols").isArray();
        } catch (IOException | JacksonException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void checkBudget(RateState state) {
        Map<String, Object> measured = Map.of(
                "host",
                state.host(),
                "limit",
                state.limit(),
                "used",
                state.used(),
                "bannedUntilMicros",
                state.bannedUntilMicros());
        if (state.bannedUntilMicros() > 0) {
            diagnosis.wrong(
                    "budget",
                    "%s wants no request until %s".formatted(state.host(), KlineAudit.time(state.bannedUntilMicros())),
                    "wait; everything goes on by itself then",
                    measured);
        } else {
            diagnosis.fine(
                    "budget",
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d used in the last minute by all on this machine",
                            state.used(),
                            state.limit()),
                    measured);
        }
    }

    private void checkVenue() {
        try (Venue venue = Binance.at(restUrl)) {
            checkBudget(venue.rate());
            ClockOffset offset = venue.clockOffset();
            diagnosis.fine(
                    "venue",
                    String.format(Locale.ROOT, "%s answers in %.0f ms", restUrl, offset.roundTripMicros() / 1e3),
                    Map.of("roundTripMicros", offset.roundTripMicros()));
            if (venue.simulation().isPresent()) {
                diagnosis.note("clock", "not compared: a played market has its own time", "", Map.of());
            } else {
                checkClock(offset);
            }
        } catch (VenueException e) {
            diagnosis.wrong("venue", e.getMessage(), "check the network, or another --rest-url", Map.of());
        }
    }

    private void checkClock(ClockOffset offset) {
        double seconds = offset.micros() / 1e6;
        String found = String.format(
                Locale.ROOT, "%.3f s %s the venue's clock", Math.abs(seconds), seconds < 0 ? "ahead of" : "behind");
        Map<String, Object> measured = Map.of("offsetMicros", offset.micros());
        if (Math.abs(seconds) > CLOCK_LIMIT_SECONDS) {
            diagnosis.wrong("clock", found, "set this machine's clock, for example by NTP", measured);
        } else {
            diagnosis.fine("clock", found, measured);
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
            diagnosis.fine("socket", "%s opens in %d ms".formatted(streamUrl, millis), Map.of("openMillis", millis));
        } catch (ExecutionException | TimeoutException e) {
            diagnosis.wrong(
                    "socket",
                    streamUrl + " cannot be opened",
                    "check the network and proxies, or another --stream-url",
                    Map.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
