package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The classic way: one price at every boundary, whatever the venue does. */
@Timeout(60)
class PollModeTest {
    @TempDir
    Path folder;

    @Test
    void asksOnceABoundaryAndMarksWhatItCarriedWhileTheVenueRefused() throws Exception {
        Path db = folder.resolve("poll.db");
        Path out = folder.resolve("features.csv");
        try (Exchange exchange =
                        Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(3, Optional.empty())));
                HttpClient client = HttpClient.newHttpClient()) {
            String address = "http://127.0.0.1:" + exchange.port();
            Thread refuse = Thread.ofVirtual().start(() -> {
                awaitRows(db, 4);
                client.sendAsync(
                                HttpRequest.newBuilder(URI.create(address + "/sim/refuse?seconds=3"))
                                        .POST(HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .join();
            });
            assertEquals(
                    0,
                    Main.execute(
                            "run",
                            "--mode",
                            "poll",
                            "--every",
                            "1s",
                            "--for",
                            "12s",
                            "--rest-url",
                            address,
                            "--stream-url",
                            address.replace("http", "ws"),
                            "--db",
                            db.toString(),
                            "--no-dashboard"));
            refuse.join();
        }
        assertEquals(0, Main.execute("export", "features", "--db", db.toString(), "--out", out.toString()));
        List<String> rows = Files.readAllLines(out);
        int carriedColumn = List.of(rows.getFirst().split(",", -1)).indexOf("carried");
        int carried = 0;
        long before = 0;
        for (String row : rows.subList(1, rows.size())) {
            String[] cell = row.split(",", -1);
            long time = Long.parseLong(cell[0]);
            assertTrue(before == 0 || time == before + 1_000, row + " behind " + before);
            before = time;
            boolean isCarried = Boolean.parseBoolean(cell[carriedColumn]);
            carried += isCarried ? 1 : 0;
            assertEquals(!isCarried, Boolean.parseBoolean(cell[9]), "carried is not complete");
        }
        assertTrue(rows.size() - 1 >= 11 && rows.size() - 1 <= 13, "samples: " + rows.size());
        assertTrue(carried >= 2 && carried <= 4, "carried: " + carried);
    }

    @Test
    void theDemoCanBePolledToo() {
        Path db = folder.resolve("demo.db");
        assertEquals(
                0,
                Main.execute(
                        "demo",
                        "--mode",
                        "poll",
                        "--symbols",
                        "BTCUSDT",
                        "--for",
                        "6s",
                        "--no-dashboard",
                        "--db",
                        db.toString()));
        assertTrue(rows(db) >= 3, "samples: " + rows(db));
    }

    private static void awaitRows(Path db, int count) {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < deadline) {
            if (Files.exists(db) && rows(db) >= count) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("not " + count + " samples in time");
    }

    private static int rows(Path db) {
        try (History history = History.open(db)) {
            return history.series().stream()
                    .mapToInt(series -> history.latestFeatures(series, 100).size())
                    .sum();
        } catch (StoreException e) {
            return 0; // not made yet
        }
    }
}
