package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A recorder under a heavy load does not grow: 50,000 raw trades a second, a page that is opened and never read, and a
 * disk that is slow (see slow-disk.c; a library put before the system's own, so it needs Linux and a C compiler). With
 * the faster of two such disks it can follow; with the other the venue is held back or cuts the socket, and what is
 * then missing comes by REST, as far as the rates allow, or is open in the ledger.
 */
@Isolated("floods the machine, and needs all of it for that")
class MemoryTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.RAW, true);
    private static final int TRADES_A_SECOND = 50_000;
    private static final double TRADES_A_TAPE_SECOND = 28; // of the synthetic market, on average
    private static final int HEAP_MB = 512;
    private static final String ALLOWED = "-Xmx" + HEAP_MB + "m";

    /**
     * Of what the market trades, on average over a run with a disk that is fast enough; with less there was no flood,
     * as on a machine that is busy with something else.
     */
    private static final double SENT_AT_LEAST = 0.8;

    /** A hundred bytes lost for each bar would be four. */
    private static final double FLOOR_MB_A_MINUTE = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private enum Disk {
        /** More than a flood takes. */
        MB50(20),
        /** Less than that. */
        MB5(200);

        private final int nanosAByte;

        Disk(int nanosAByte) {
            this.nanosAByte = nanosAByte;
        }
    }

    @Test
    @Tag("long")
    @Timeout(180)
    void aFloodADiskThatIsTooSlowAndAPageThatIsNotReadLeaveTheHeapWithinItsBound() throws Exception {
        flood(Disk.MB5, Duration.ofSeconds(8), Duration.ofSeconds(2));
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void inThreeMinutesOnADiskThatIsTooSlowTheHeapStaysFlat() throws Exception {
        assertFlat(flood(Disk.MB5, Duration.ofMinutes(3), Duration.ofSeconds(5)));
    }

    @Test
    @Tag("long")
    @Timeout(1_200)
    void inTenMinutesOfAFloodTheHeapStaysFlat() throws Exception {
        List<Sample> samples = flood(Disk.MB50, Duration.ofMinutes(10), Duration.ofSeconds(10));
        assertFlat(samples);
        double sent = sentASecond(samples);
        System.out.printf(Locale.ROOT, "%,.0f trades a second were sent%n", sent);
        assertTrue(
                sent >= SENT_AT_LEAST * TRADES_A_SECOND,
                () -> "%,.0f trades a second are no flood%n%s".formatted(sent, table(samples)));
    }

    private static void assertFlat(List<Sample> samples) {
        double growth = floorGrowth(samples);
        System.out.printf(Locale.ROOT, "the floor of the heap grows by %.2f MB a minute%n", growth);
        assertTrue(growth < FLOOR_MB_A_MINUTE, () -> table(samples));
    }

    private static double sentASecond(List<Sample> samples) {
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        return (last.sent - first.sent) / (last.seconds - first.seconds);
    }

    /**
     * Slope over the second half, from the lowest of its first samples to the lowest of its last: queues and held
     * trades come and go with the socket, a leak stays. MB a minute.
     */
    private static double floorGrowth(List<Sample> samples) {
        int half = samples.size() / 2;
        int quarter = (half + samples.size()) / 2;
        Sample before = lowest(samples.subList(half, quarter));
        Sample after = lowest(samples.subList(quarter, samples.size()));
        return (after.heap - before.heap) / (after.seconds - before.seconds) * 60;
    }

    private static Sample lowest(List<Sample> samples) {
        return samples.stream().min(Comparator.comparingDouble(Sample::heap)).orElseThrow();
    }

    /**
     * @param seconds since the start
     * @param sent trades that the venue handed to sockets
     * @param stored trades
     * @param heap MB that are alive
     * @param resident MB of the whole process
     * @param open holes in the ledger
     */
    private record Sample(double seconds, long sent, long stored, double heap, double resident, int open) {}

    private List<Sample> flood(Disk disk, Duration length, Duration every) throws Exception {
        Path db = folder.resolve("tape.db");
        Path played = folder.resolve("market");
        List<Sample> samples = new ArrayList<>();
        Map<String, String> slowDisk =
                Map.of("LD_PRELOAD", slowDisk().toString(), "NANOS_A_BYTE", Integer.toString(disk.nanosAByte));
        try (Exchange market = market(played, TRADES_A_SECOND / TRADES_A_TAPE_SECOND);
                RecorderProcess recorder = run(db, market, ALLOWED, slowDisk)) {
            await().atMost(PATIENCE).until(() -> RecorderProcess.stored(db, TAPE) > 0);
            long began = System.nanoTime();
            samples.add(sample(began, market, recorder, db));
            while (System.nanoTime() - began < length.toNanos()) {
                // Another one each time, for who falls behind is let go of.
                try (Socket unread = openPage(recorder.page())) {
                    assertTrue(recorder.livesFor(every), recorder::output);
                    assertTrue(unread.isConnected());
                    samples.add(sample(began, market, recorder, db));
                }
            }
            assertEquals(200, health(recorder.page()), "another page is served all the same");
        } // which kills it: what was held back or waited for the disk is a hole from now on
        System.out.println(table(samples));
        double most = samples.stream().mapToDouble(Sample::heap).max().orElseThrow();
        assertTrue(most < HEAP_MB, () -> table(samples));
        assertTrue(samples.getLast().stored > samples.getFirst().stored, () -> table(samples));
        everyHoleIsInTheLedger(played, db);
        return samples;
    }

    private static Exchange market(Path played, double speed) throws IOException {
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(1, Optional.of(played)))
                .withSpeed(new Speed(speed)));
    }

    private static RecorderProcess run(Path db, Exchange market, String heap, Map<String, String> environment)
            throws IOException {
        return RecorderProcess.run(
                db, market, List.of(heap), environment, "--tape", "raw", "--fsync", "full", "--port", "0");
    }

    /** The market goes on at its usual pace, and a recorder on a usual disk takes stock. */
    private static void everyHoleIsInTheLedger(Path played, Path db) throws Exception {
        try (Exchange market = market(played, 1)) {
            try (RecorderProcess recorder = run(db, market, ALLOWED, Map.of())) {
                long before = RecorderProcess.stored(db, TAPE);
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .until(() -> !recorder.isAlive()
                                || (RecorderProcess.stored(db, TAPE) > before
                                        && notInLedger(db).isEmpty()));
                recorder.stop();
            }
            assertEquals(List.of(), notInLedger(db));
        }
    }

    /** Ids that are neither stored nor known to be missing. */
    private static List<IdRange> notInLedger(Path db) {
        List<IdRange> unknown = new ArrayList<>();
        try (History history = History.open(db)) {
            List<LedgerEntry> ledger = history.gaps(TAPE);
            history.missingRanges(
                    TAPE,
                    history.firstTradeId(TAPE).orElseThrow(),
                    history.lastTradeId(TAPE).orElseThrow(),
                    range -> {
                        if (ledger.stream()
                                .noneMatch(entry -> entry.gap().firstId() <= range.first()
                                        && entry.gap().lastId() >= range.last())) {
                            unknown.add(range);
                        }
                    });
        }
        return unknown;
    }

    private Path slowDisk() throws Exception {
        Path source = folder.resolve("slow-disk.c");
        Path library = folder.resolve("slow-disk.so");
        try (InputStream in = MemoryTest.class.getResourceAsStream("slow-disk.c")) {
            Files.copy(in, source);
        }
        boolean compiled = false;
        try {
            compiled = output("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                            .isEmpty()
                    && Files.exists(library);
        } catch (IOException e) {
            assumeTrue(false, "there is no C compiler to make a slow disk with: " + e.getMessage());
        }
        assumeTrue(compiled && System.getProperty("os.name").equals("Linux"), "no slow disk here");
        return library;
    }

    /** Opens the live stream of the page with a small buffer, and never reads. */
    private static Socket openPage(URI page) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(page.getHost(), page.getPort()));
        socket.getOutputStream()
                .write("GET /api/stream?since=0 HTTP/1.1\r\nHost: %s\r\n\r\n"
                        .formatted(page.getAuthority())
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static int health(URI page) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(page.resolve("/api/health")).build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static Sample sample(long began, Exchange market, RecorderProcess recorder, Path db) throws Exception {
        String pid = Long.toString(recorder.pid());
        jcmd(pid, "GC.run");
        Matcher heap = Pattern.compile("used (\\d+)K").matcher(jcmd(pid, "GC.heap_info"));
        assertTrue(heap.find());
        Matcher resident =
                Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(Files.readString(Path.of("/proc", pid, "status")));
        assertTrue(resident.find());
        int open;
        try (History history = History.open(db)) {
            open = history.openGaps(TAPE).size();
        }
        return new Sample(
                (System.nanoTime() - began) / 1e9,
                market.tradesSent(),
                RecorderProcess.stored(db, TAPE),
                Long.parseLong(heap.group(1)) / 1024.0,
                Long.parseLong(resident.group(1)) / 1024.0,
                open);
    }

    private static String jcmd(String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.addAll(List.of(words));
        return output(command.toArray(String[]::new));
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
        return said;
    }

    private static String table(List<Sample> samples) {
        StringBuilder out = new StringBuilder("seconds  sent/s  stored/s  heap MB  process MB  open\n");
        Sample before = samples.getFirst();
        for (Sample now : samples.subList(1, samples.size())) {
            double time = now.seconds - before.seconds;
            out.append(String.format(
                    Locale.ROOT,
                    "%7.0f %7.0f %9.0f %8.1f %11.1f %5d%n",
                    now.seconds,
                    (now.sent - before.sent) / time,
                    (now.stored - before.stored) / time,
                    now.heap,
                    now.resident,
                    now.open));
            before = now;
        }
        return out.toString();
    }
}
