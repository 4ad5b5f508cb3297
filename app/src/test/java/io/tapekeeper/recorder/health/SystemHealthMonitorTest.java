package io.tapekeeper.recorder.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.app.terminal.KeyValueFormat;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("listens to the log of the process, which every command sets up again")
class SystemHealthMonitorTest {
    private static final Series BTC = new Series(
            new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, false),
            new Instrument("binance", "BTCUSDT", 1_000_000, 1_000),
            Preset.CLASSIC.label(),
            Interval.SECOND);

    @TempDir
    Path folder;

    private static Health health(Completeness completeness) {
        return new Health(Health.State.LIVE, "", 1, 0, 20, 20, 5, 1, true, 5_000, completeness, 3, Latency.UNKNOWN);
    }

    private static QualityAlerts.Snapshot snapshot(LiveView view, String trouble, long nowMicros) {
        return new QualityAlerts.Snapshot(
                List.of(new QualityAlerts.Tape("BTCUSDT", view.health(BTC), 0)),
                new SystemHealth(
                        new SystemHealth.RateBudget("api.example", 6_000, 42, 2, 0),
                        new SystemHealth.Writing(7, 100, trouble),
                        new SystemHealth.Disk(9_000_000_000L, Double.NaN),
                        List.of()),
                nowMicros);
    }

    /** What {@code action} logs. */
    private static List<String> logged(Runnable action) {
        List<String> said = new ArrayList<>();
        Handler ear = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                said.add(entry.getLevel() + " " + new KeyValueFormat().formatMessage(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(SystemHealthMonitor.class.getName());
        logger.addHandler(ear);
        try {
            action.run();
        } finally {
            logger.removeHandler(ear);
        }
        return said;
    }

    @Test
    void reportsToThePageAndOnceToTheLogWhatIsWrong() throws Exception {
        Path db = folder.resolve("tape.db");
        LiveView view = new LiveView(10, System::nanoTime);
        view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
        SystemHealthMonitor monitor = new SystemHealthMonitor(view);
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL)) {
            recorder.flush();
        }
        try (History history = History.open(db);
                Dashboard page = new Dashboard(view, history, "127.0.0.1", 0);
                HttpClient http = HttpClient.newHttpClient()) {
            page.start();
            view.health(BTC, health(new Completeness(1, 5, null)));
            List<String> opened = logged(() -> {
                monitor.report(snapshot(view, "The disk is full: make room.", 1_000_000), 0);
                monitor.report(snapshot(view, "The disk is full: make room.", 1_000_001), 1);
            });
            assertEquals(
                    List.of(
                            "INFO data alert (open-gap): BTCUSDT: 5 trades are missing in 1 gap;"
                                    + " no repair is under way.",
                            "WARNING data alert (writer-behind): The disk is full: make room."),
                    opened);
            HttpResponse<String> bad = get(http, page, "/health");
            assertEquals(503, bad.statusCode());
            assertTrue(bad.body().contains("\"reason\":\"The disk is full: make room.\""));
            String api = get(http, page, "/api/health").body();
            assertTrue(
                    api.contains("\"dataQuality\":[{\"kind\":\"writer-behind\",\"symbol\":\"\","
                            + "\"since\":1000,\"severity\":\"critical\","),
                    api);

            view.health(BTC, health(Completeness.WHOLE));
            List<String> resolved = logged(() -> {
                monitor.report(snapshot(view, "", 1_000_002), 2);
                monitor.report(snapshot(view, "", 7_000_000), 6_000_000_000L);
                monitor.report(snapshot(view, "", 8_000_000), 7_000_000_000L);
            });
            assertEquals(2, resolved.size(), resolved.toString());
            assertTrue(resolved.getFirst().startsWith("INFO data alert resolved (open-gap)"));
            assertEquals(200, get(http, page, "/health").statusCode());
            String metrics = get(http, page, "/metrics").body();
            assertTrue(metrics.contains("\ntapekeeper_rate_used_weight 42\n"), metrics);
        }
    }

    private static HttpResponse<String> get(HttpClient http, Dashboard page, String path) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + page.port() + path);
        return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }
}
