package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A store is copied and looked after while it is being recorded. */
@Timeout(120)
@Isolated("reads what the process prints")
class CareTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);

    @TempDir
    Path folder;

    private Exchange market() throws IOException {
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(5, Optional.empty()))
                .withSpeed(new Speed(50)));
    }

    private static Running record(Path db, Exchange market) {
        return new Running(
                RecordOptions.of("BTCUSDT"),
                db,
                market.port(),
                market.port(),
                Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS));
    }

    private static long stored(Path db) {
        if (!Files.exists(db)) {
            return 0;
        }
        try (History history = History.open(db)) {
            return history.tradeCount(TAPE);
        } catch (StoreException e) {
            return 0; // it is just being made
        }
    }

    private static void assertSays(Said said, int exitCode, String... parts) {
        assertEquals(exitCode, said.exitCode(), said.out());
        for (String part : parts) {
            assertTrue(said.out().contains(part), said.out() + " should contain: " + part);
        }
    }

    private static Said doctor(Path db, Exchange market, String... more) {
        return doctorAt(0, db, market, more);
    }

    private static Said doctorAt(int port, Path db, Exchange market, String... more) {
        Stream<String> usual = Stream.of(
                "doctor",
                "--db",
                db.toString(),
                "--port",
                Integer.toString(port),
                "--rest-url",
                "http://127.0.0.1:" + market.port(),
                "--stream-url",
                "ws://127.0.0.1:" + market.port());
        return Said.by(Stream.concat(usual, Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void aCopyOfALiveStoreIsAWholeBeginningOfIt() throws Exception {
        Path db = folder.resolve("tape.db");
        Path copy = folder.resolve("copy.db");
        try (Exchange market = market();
                Running running = record(db, market)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> stored(db) >= 1_000);
            assertSays(Said.by("backup", copy.toString(), "--db", db.toString()), 0, "copied", "copy.db");
            long copied = stored(copy);
            assertTrue(copied >= 1_000, copied + " trades were copied");
            await().atMost(Duration.ofSeconds(60)).until(() -> stored(db) > copied);
            running.goOn(Duration.ofMillis(1));
            assertSays(Said.by("verify", "--db", copy.toString(), "--klines", "off"), 0, "100 %");
            try (History whole = History.open(db);
                    History part = History.open(copy)) {
                assertEquals(whole.firstTradeId(TAPE), part.firstTradeId(TAPE));
            }
            byte[] before = Files.readAllBytes(copy);
            assertSays(Said.by("backup", copy.toString(), "--db", db.toString()), 3, "there already");
            assertEquals(before.length, Files.size(copy));
            try (Stream<Path> files = Files.list(folder)) {
                assertEquals(
                        0,
                        files.filter(file -> file.toString().endsWith(".partial"))
                                .count());
            }
        }
    }

    /** Of the middle. */
    private static void deleteByHand(Path db, int trades) throws SQLException {
        String which = "SELECT id FROM trade ORDER BY id LIMIT %d OFFSET 50".formatted(trades);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM trade WHERE id IN (" + which + ")");
        }
    }

    @Test
    void theDoctorTellsASoundStoreAWholeTapeAndTheBudget() throws Exception {
        Path db = folder.resolve("tape.db");
        try (Exchange market = market()) {
            try (Running running = record(db, market)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> stored(db) >= 300);
                running.goOn(Duration.ofMillis(1));
                assertSays(
                        doctor(db, market),
                        0,
                        "is being recorded by process "
                                + ProcessHandle.current().pid());
            }
            assertSays(
                    doctor(db, market),
                    0,
                    "is sound",
                    "no process records it; the last recorder closed it in good order",
                    "is not known yet: ",
                    " 0 missing",
                    "of 6,000 used",
                    "answers in",
                    "opens in");
            deleteByHand(db, 10);
            assertSays(doctor(db, market), 1, "WRONG", "10 missing, 10 unknown to the ledger");
            try (Recorder recorder = Recorder.open(db, Durability.NORMAL)) {
                recorder.gap(TAPE, new Gap(5, 9, 0, 1), GapCause.MISSED);
            }
            assertSays(doctor(db, market), 1, "WRONG", "15 missing", "verify names them");
            try (RandomAccessFile file = new RandomAccessFile(db.toFile(), "rw")) {
                file.seek(file.length() / 2 / 4_096 * 4_096);
                file.write(new byte[16_384]);
            }
            assertSays(doctor(db, market), 1, "damaged", "a backup brings it back");
        }
    }

    @Test
    void aPortIsWellWhereARecorderShowsItsPageAndElseInUse() throws Exception {
        Path db = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL)) {
            recorder.flush();
        }
        try (Exchange market = market();
                History history = History.open(db);
                Dashboard page = new Dashboard(new LiveView(10, System::nanoTime), history, "127.0.0.1", 0);
                ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            page.start();
            assertSays(doctorAt(page.port(), db, market), 0, page.port() + " shows a recorder's");
            int taken = other.getLocalPort();
            assertSays(doctorAt(taken, db, market), 1, taken + " is in use by another program");
        }
    }

    private static void foldLog(Path db) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    @Test
    void aStoreThatAKillAndADiskDamagedIsKeptAsItIsAndTheRecordingGoesOnInANewOne() throws Exception {
        Path db = folder.resolve("tape.db");
        List<String> jvm = RecorderProcess.QUICK_START;
        try (Exchange market = market()) {
            try (RecorderProcess killed = RecorderProcess.run(db, market, jvm, Map.of(), "--no-dashboard")) {
                await().atMost(Duration.ofSeconds(60)).until(() -> stored(db) >= 3_000);
                killed.killAfter(Duration.ZERO);
            }
            foldLog(db); // else it may hold newer pages than those that are broken below
            try (RandomAccessFile file = new RandomAccessFile(db.toFile(), "rw")) {
                file.seek(file.length() / 2 / 4_096 * 4_096);
                file.write(new byte[16_384]);
            }
            byte[] damaged = Files.readAllBytes(db);
            long before = stored(db);
            try (RecorderProcess next = RecorderProcess.run(db, market, jvm, Map.of(), "--no-dashboard")) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> !next.isAlive() || next.output().contains("kept as"));
                await().atMost(Duration.ofSeconds(60)).until(() -> !next.isAlive() || stored(db) >= 300);
                assertTrue(next.output().contains("tape.db is damaged"), next::output);
                next.stop();
            }
            Path kept;
            try (Stream<Path> files = Files.list(folder)) {
                kept = files.filter(file -> file.toString().matches(".*\\.db\\.damaged-\\d{8}T\\d{6}Z"))
                        .findFirst()
                        .orElseThrow();
            }
            assertTrue(Files.size(kept) >= damaged.length, "nothing of it was cut off");
            assertTrue(stored(kept) >= before, "and what can be read of it still can");
            assertSays(doctor(db, market), 0, "is sound", " 0 missing");
        }
    }

    /** Of a table that a start writes and does not read, in a store that was closed in good order. */
    @Test
    void damageThatAWriteMeetsFirstIsSetAsideToo() throws Exception {
        Path db = folder.resolve("tape.db");
        try (Exchange market = market()) {
            try (Running running = record(db, market)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> stored(db) >= 300);
                running.goOn(Duration.ofMillis(1));
            }
            foldLog(db);
            zeroPageOf("session", db);
            try (Running next = record(db, market)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> next.said().contains("kept as"));
                await().atMost(Duration.ofSeconds(60)).until(() -> stored(db) >= 300);
                next.goOn(Duration.ofMillis(1));
            }
            assertSays(doctor(db, market), 0, "is sound", " 0 missing");
        }
    }

    private static void zeroPageOf(String table, Path db) throws SQLException, IOException {
        int page;
        int size;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement()) {
            String root = "SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'";
            page = statement.executeQuery(root).getInt(1);
            size = statement.executeQuery("PRAGMA page_size").getInt(1);
        }
        try (RandomAccessFile file = new RandomAccessFile(db.toFile(), "rw")) {
            file.seek((page - 1L) * size);
            file.write(new byte[size]);
        }
    }

    @Test
    void theDoctorTellsProgramsTheSameAndThatTheLastRecorderWasKilled() throws Exception {
        Path db = folder.resolve("tape.db");
        try (Exchange market = market()) {
            try (Running running = record(db, market)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> stored(db) >= 300);
                running.goOn(Duration.ofMillis(1));
            }
            Files.writeString(folder.resolve("tape.db.lock"), "4711\n"); // as a kill leaves it
            assertSays(doctor(db, market), 0, "note", "process 4711, was killed", "-> nothing that was");
            Said said = doctor(db, market, "--json");
            assertEquals(0, said.exitCode(), said.out());
            JsonNode found = JsonMapper.shared().readTree(said.out());
            assertEquals(false, found.get("wrong").asBoolean());
            List<JsonNode> findings = found.get("findings").valueStream().toList();
            JsonNode unclean = findings.stream()
                    .filter(one -> one.get("state").asString().equals("note"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(unclean.get("measured").get("lastStopUnclean").asBoolean(), said.out());
            assertTrue(unclean.get("remedy").asString().contains("run fetches"), said.out());
            JsonNode disk = findings.stream()
                    .filter(one -> one.get("about").asString().equals("disk"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(disk.get("measured").get("freeBytes").asLong() > 0, said.out());
            assertTrue(disk.get("measured").get("daysLeft").isNull(), said.out());
        }
    }
}
