package io.tapekeeper.dashboard;

import static io.tapekeeper.dashboard.Rows.BTC;
import static io.tapekeeper.dashboard.Rows.BTC_ID;
import static io.tapekeeper.dashboard.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.health.Health;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTailTest {
    @TempDir
    Path folder;

    @Test
    void followsWhatAnotherProcessRecords() throws Exception {
        Path file = folder.resolve("tape.db");
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC);
        LiveView view = new LiveView(100, System::nanoTime);
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.row(BTC, row(997));
            recorder.row(BTC, row(998));
            recorder.flush();
            try (History history = History.open(file);
                    StoreTail tail = new StoreTail(view, history, clock, System::nanoTime);
                    Dashboard dashboard = new Dashboard(view, history, "127.0.0.1", 0);
                    HttpClient http = HttpClient.newHttpClient()) {
                tail.start();
                dashboard.start();
                String address =
                        "http://127.0.0.1:%d/api/stream?since=997&series=%s".formatted(dashboard.port(), BTC_ID);
                try (StreamClient client = new StreamClient(http, address)) {
                    assertEquals(998, client.next("row").time());
                    recorder.row(BTC, row(999));
                    recorder.alertOpened(
                            BTC, new Alert(ClassicRules.Z_HIGH, 1_000_000_000, Alert.OPEN, 3.5, 3, "high"));
                    recorder.flush();
                    assertEquals(999, client.next("row").time());
                    assertEquals("high", client.next("alert").field("reason"));
                    recorder.row(BTC, row(998, "7")); // as after a repair
                    recorder.flush();
                    StreamClient.Event corrected = client.next("row");
                    assertEquals(998, corrected.time());
                    assertEquals("7", corrected.field("c"));
                    recorder.withdraw(BTC, 0, 2_000_000_000);
                    recorder.flush();
                    assertEquals("[]", client.next("alerts").data());
                    StreamClient.Event health = client.next("health");
                    assertEquals("warming-up", health.field("state"));
                    long age = Long.parseLong(health.field("ageMillis")); // 999 ended at 1000
                    assertTrue(age < 2_000, "age " + age);
                }
            }
        }
    }

    @Test
    void seesCorrectionsOfAnyAgeByTheHolesThatWereFilled() throws Exception {
        Path file = folder.resolve("tape.db");
        Clock clock = Clock.fixed(Instant.ofEpochSecond(2_000), ZoneOffset.UTC);
        LiveView view = new LiveView(1_000, System::nanoTime);
        Gap gap = new Gap(100, 109, 1_001_500_000, 1_005_000_000);
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            for (long second = 1_000; second < 1_600; second++) {
                if (second < 1_002 || second > 1_004) {
                    recorder.row(BTC, row(second, "100"));
                }
            }
            recorder.alertOpened(BTC, new Alert(ClassicRules.Z_LOW, 1_006_000_000, Alert.OPEN, -4, -3, "of a hole"));
            recorder.gap(BTC.tape(), gap, GapCause.MISSED);
            recorder.flush();
            try (History history = History.open(file);
                    StoreTail tail = new StoreTail(view, history, clock, System::nanoTime);
                    Dashboard dashboard = new Dashboard(view, history, "127.0.0.1", 0);
                    HttpClient http = HttpClient.newHttpClient()) {
                tail.start();
                dashboard.start();
                String address =
                        "http://127.0.0.1:%d/api/stream?since=1599&series=%s".formatted(dashboard.port(), BTC_ID);
                try (StreamClient client = new StreamClient(http, address)) {
                    assertEquals("0", client.next("repairs").field("count"));
                    StreamClient.Event holed = client.until(
                                    event -> event.data().contains("\"openHoles\":1"))
                            .getLast();
                    assertEquals("10", holed.field("missingTrades"));
                    recorder.withdraw(BTC, 1_002_000_000, 2_000_000_000);
                    for (long second = 1_001; second < 1_010; second++) {
                        recorder.row(BTC, row(second, "105"));
                    }
                    recorder.gapSettled(BTC.tape(), 100, 109, GapCause.MISSED, Optional.of("rest"));
                    recorder.flush();
                    assertEquals(
                            "{\"from\":1001,\"repairs\":1}",
                            client.next("corrected").data());
                    assertEquals("[]", client.next("alerts").data());
                    client.until(event -> event.data().contains("\"openHoles\":0"));
                }
                LiveSeries live = view.all().getFirst();
                assertEquals(row(1_003, "105"), live.rows().get(2));
                assertEquals(599, live.rows().size());
            }
        }
    }

    @Test
    void aStoreThatNobodyRecordsIsStale() throws Exception {
        Path file = folder.resolve("tape.db");
        Clock clock = Clock.fixed(Instant.ofEpochSecond(5_000), ZoneOffset.UTC);
        LiveView view = new LiveView(100, System::nanoTime);
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.row(BTC, row(999));
        }
        try (History history = History.open(file);
                StoreTail tail = new StoreTail(view, history, clock, System::nanoTime);
                Dashboard dashboard = new Dashboard(view, history, "127.0.0.1", 0);
                HttpClient http = HttpClient.newHttpClient()) {
            tail.start();
            dashboard.start();
            String address = "http://127.0.0.1:%d/api/stream?series=%s".formatted(dashboard.port(), BTC_ID);
            try (StreamClient client = new StreamClient(http, address)) {
                StreamClient.Event stale = client.until(event -> event.data().contains("\"stale\""))
                        .getLast();
                assertEquals("no new row in the store; is anything recording?", stale.field("reason"));
                long age = Long.parseLong(stale.field("ageMillis"));
                assertTrue(age >= 4_000_000 && age < 4_010_000, "age " + age);
            }
        }
    }

    @Test
    void oldTimesAreAliveWhileTheyComeAndStaleTenSecondsAfter() throws Exception {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_000_000), ZoneOffset.UTC);
        AtomicLong nanos = new AtomicLong();
        LiveView view = new LiveView(100, System::nanoTime);
        try (RecordedStore store = new RecordedStore(folder.resolve("tape.db"));
                StoreTail tail = new StoreTail(view, store.history(), clock, nanos::get)) {
            store.add(BTC, row(1));
            tail.start();
            LiveSeries live = view.all().getFirst();
            await(() -> live.health().state() == Health.State.STALE); // nothing came yet
            store.add(BTC, row(2));
            await(() -> live.health().state() == Health.State.WARMING_UP);
            assertFalse(live.health().agesMeaningful());
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(9));
            store.add(BTC, row(3));
            await(() -> live.rows().size() == 3);
            await(() -> live.health().lastTradeTime() == 4_000_000); // all of it was read
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(9)); // 9 s after the third
            store.add(Rows.series("ETHUSDT", 1), row(1)); // read: the tail has looked since
            await(() -> view.all().size() == 2);
            assertEquals(Health.State.WARMING_UP, live.health().state());
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            await(() -> live.health().state() == Health.State.STALE);
            assertFalse(live.health().agesMeaningful());
        }
    }

    @Test
    void aStoreThatCannotBeReadForAMomentIsFollowedOn() throws Exception {
        Path file = folder.resolve("tape.db");
        Clock clock = Clock.fixed(Instant.ofEpochSecond(3), ZoneOffset.UTC);
        LiveView view = new LiveView(100, System::nanoTime);
        record(file, 1);
        try (History history = History.open(file);
                StoreTail tail = new StoreTail(view, history, clock, System::nanoTime)) {
            tail.start();
            LiveSeries live = view.all().getFirst();
            await(() -> live.health().state() == Health.State.WARMING_UP);
            byHand(file, "ALTER TABLE feature RENAME TO away");
            await(() -> live.health().state() == Health.State.DISCONNECTED);
            assertTrue(live.health().reason().contains("tape.db"), live.health().reason());
            byHand(file, "ALTER TABLE away RENAME TO feature");
            record(file, 2);
            await(() -> live.health().state() == Health.State.WARMING_UP);
            assertEquals(2, live.rows().size());
        }
    }

    private static void record(Path file, long second) {
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.row(BTC, row(second));
        }
    }

    private static void byHand(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited in vain");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
