package io.tapekeeper.dashboard;

import static io.tapekeeper.dashboard.Rows.BTC;
import static io.tapekeeper.dashboard.Rows.BTC_ID;
import static io.tapekeeper.dashboard.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTailTest {
    @TempDir Path folder;

    @Test
    void followsWhatAnotherProcessRecords() throws Exception {
        Path file = folder.resolve("tape.db");
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC);
        LiveView view = new LiveView(100);
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.row(BTC, row(997));
            recorder.row(BTC, row(998));
            recorder.flush();
            try (History history = History.open(file);
                    StoreTail tail = new StoreTail(view, HistorySource.of(history), clock);
                    Dashboard dashboard =
                            new Dashboard(view, HistorySource.of(history), "127.0.0.1", 0);
                    HttpClient http = HttpClient.newHttpClient()) {
                tail.start();
                dashboard.start();
                String address =
                        "http://127.0.0.1:%d/api/stream?since=997&series=%s"
                                .formatted(dashboard.port(), BTC_ID);
                try (StreamClient client = new StreamClient(http, address)) {
                    assertEquals(998, client.next("row").time());
                    recorder.row(BTC, row(999));
                    recorder.alertOpened(
                            BTC, new Alert(Rule.Z_HIGH, 1_000_000_000, Alert.OPEN, 3.5, 3, "high"));
                    recorder.flush();
                    assertEquals(999, client.next("row").time());
                    assertEquals("high", client.next("alert").field("reason"));
                    recorder.row(BTC, row(998, "7")); // as after a repair
                    recorder.flush();
                    StreamClient.Event corrected = client.next("row");
                    assertEquals(998, corrected.time());
                    assertEquals("7", corrected.field("c"));
                    StreamClient.Event health = client.next("health");
                    assertEquals("warming-up", health.field("state"));
                    long age = Long.parseLong(health.field("ageMillis")); // 999 ended at 1000
                    assertTrue(age < 2_000, "age " + age);
                }
            }
        }
    }

    @Test
    void aStoreThatNobodyRecordsIsStale() throws Exception {
        Path file = folder.resolve("tape.db");
        Clock clock = Clock.fixed(Instant.ofEpochSecond(5_000), ZoneOffset.UTC);
        LiveView view = new LiveView(100);
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.row(BTC, row(999));
        }
        try (History history = History.open(file);
                StoreTail tail = new StoreTail(view, HistorySource.of(history), clock);
                Dashboard dashboard =
                        new Dashboard(view, HistorySource.of(history), "127.0.0.1", 0);
                HttpClient http = HttpClient.newHttpClient()) {
            tail.start();
            dashboard.start();
            String address =
                    "http://127.0.0.1:%d/api/stream?series=%s".formatted(dashboard.port(), BTC_ID);
            try (StreamClient client = new StreamClient(http, address)) {
                StreamClient.Event stale =
                        client.until(event -> event.data().contains("\"stale\"")).getLast();
                assertEquals(
                        "no new row in the store; is anything recording?", stale.field("reason"));
                long age = Long.parseLong(stale.field("ageMillis"));
                assertTrue(age >= 4_000_000 && age < 4_010_000, "age " + age);
            }
        }
    }
}
