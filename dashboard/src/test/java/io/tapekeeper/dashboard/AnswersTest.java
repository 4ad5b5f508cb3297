package io.tapekeeper.dashboard;

import static io.tapekeeper.dashboard.Rows.BTC;
import static io.tapekeeper.dashboard.Rows.BTC_ID;
import static io.tapekeeper.dashboard.Rows.bar;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.alert.Severity;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every route answers on one store and one live view, to the byte: {@code answers.txt} is what scripts that read
 * the API rely on. A change of it is a change of the API.
 */
class AnswersTest {
    private static final Series DOGE = Rows.series("DOGEUSDT", 1_000);
    private static final String[] ASKED = {
        "/api/series",
        "/api/history?series=" + BTC_ID,
        "/api/history?limit=2&series=" + BTC_ID,
        "/api/history?limit=2&before=62&series=" + BTC_ID,
        "/api/range?from=0&to=300&points=2&series=" + BTC_ID,
        "/api/range?from=60&to=70&points=100&series=" + BTC_ID,
        "/api/alerts?series=" + BTC_ID,
        "/api/health",
        "/health",
        "/api/history",
        "/api/history?series=none",
        "/api/history?limit=0&series=" + BTC_ID,
        "/none.js"
    };

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> answers = new ArrayList<>();

    @Test
    void everyRouteAnswersAsItAlwaysDid() throws Exception {
        Path file = folder.resolve("tape.db");
        LiveView view = new LiveView(100, System::nanoTime);
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL);
                History history = History.open(file);
                Dashboard dashboard = new Dashboard(view, history, "127.0.0.1", 0)) {
            record(recorder);
            dashboard.start();
            show(view);
            String address = "http://127.0.0.1:" + dashboard.port();
            for (String path : ASKED) {
                ask(address, path);
            }
            follow(address, view);
        } finally {
            http.close();
        }
        String all = String.join(
                "\n", answers.stream().map(AnswersTest::ageless).distinct().toList());
        assertEquals(expected(), all + "\n");
    }

    /** How long ago the last trade was is counted on while the test runs. */
    private static String ageless(String answer) {
        return answer.replaceAll("\"ageMillis\":[0-9]+", "\"ageMillis\":AGE");
    }

    private static String expected() throws IOException {
        try (InputStream in = AnswersTest.class.getResourceAsStream("answers.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void ask(String address, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(address + path)).build(), HttpResponse.BodyHandlers.ofString());
        String type = answer.headers().firstValue("Content-Type").orElseThrow();
        answers.add("%s -> %d %s".formatted(path, answer.statusCode(), type));
        answers.add(answer.body().stripTrailing());
    }

    private void follow(String address, LiveView view) throws IOException, InterruptedException {
        try (StreamClient client = new StreamClient(http, address + "/api/stream?since=100&series=" + BTC_ID)) {
            keep(client, "signal");
            keep(client, "system");
            view.row(BTC, row(124));
            keep(client, "row");
            view.alertClosed(
                    BTC, new Alert(ClassicRules.Z_HIGH, 124_000_000, 125_000_000, 3.25, 3, "closed \"again\""));
            keep(client, "alert");
            view.forming(BTC, bar(125, "61849.50"), 125_400_000);
            keep(client, "price");
            view.system(SystemHealth.UNKNOWN);
            keep(client, "system");
            view.corrected(BTC, 120_000_000, List.of(row(124)), List.of(), null);
            keep(client, "corrected");
            keep(client, "alerts");
        }
    }

    /** Keeps the events up to the next one of that name; the beats come when they come. */
    private void keep(StreamClient client, String name) throws IOException {
        List<StreamClient.Event> events = client.until(event -> event.name().equals(name));
        events.forEach(event -> answers.add("%s %s %s".formatted(event.name(), event.id(), event.data())));
    }

    private static void record(Recorder recorder) {
        for (long second = 1; second <= 120; second++) {
            if (second < 30 || second > 40) {
                recorder.row(BTC, row(second));
            }
        }
        recorder.row(DOGE, Rows.row(10, "0.10344"));
        recorder.row(DOGE, Rows.row(11, "0.10345"));
        recorder.alertOpened(BTC, new Alert(ClassicRules.Z_LOW, 50_000_000, Alert.OPEN, -3.1, -3, "low"));
        recorder.alertClosed(BTC, new Alert(ClassicRules.Z_LOW, 50_000_000, 52_000_000, -3.1, -3, "low"));
        recorder.alertOpened(BTC, new Alert(ClassicRules.VOLATILITY_SPIKE, 50_000_000, Alert.OPEN, 2.5, 2, "spike"));
        recorder.gap(BTC.tape(), new Gap(100, 109, 29_500_000, 41_500_000), GapCause.MISSED);
        recorder.gap(BTC.tape(), new Gap(200, 201, 60_500_000, 60_600_000), GapCause.MISSED);
        recorder.gapSettled(BTC.tape(), 200, 201, GapCause.MISSED, Optional.of("rest"));
        recorder.flush();
    }

    private static void show(LiveView view) {
        view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
        for (long second = 110; second <= 123; second++) {
            view.row(BTC, row(second));
        }
        view.alertOpened(BTC, new Alert(ClassicRules.Z_HIGH, 120_000_000, Alert.OPEN, 3.5, 3, "high"));
        view.signalChanged(BTC, new SignalChange("classic", 120_000_000, Signal.SELL, 6_184_950_000_000L, 1.5));
        view.health(
                BTC,
                new Health(
                        Health.State.LIVE,
                        "as \"usual\"",
                        1_764_000_000_123_457L,
                        40,
                        20,
                        20,
                        99,
                        2.5,
                        true,
                        5_000,
                        new Completeness(1, 10, new Completeness.Repair(3, 10, 7)),
                        -3.25,
                        new Latency(12.5, 80)));
        view.system(new SystemHealth(
                new SystemHealth.RateBudget("api.binance.com", 6_000, 420, 20, 1_764_000_000_123_457L),
                new SystemHealth.Writing(12, 65_536, ""),
                new SystemHealth.Disk(84_000_000_000L, 1.2e9),
                List.of(new QualityAlert(
                        QualityAlert.Kind.OPEN_GAP,
                        "BTCUSDT",
                        95_000_000,
                        Severity.WARNING,
                        "10 trades are missing"))));
        view.notice("nothing but this");
    }

    /** All that a row can hold: values and none, both signals, rules, incomplete ones. */
    private static FeatureRow row(long second) {
        double none = Double.NaN;
        boolean warm = second > 20;
        double wave = second % 7 - 3;
        Bar bar = bar(second, (61_800 + second % 13) + (second % 3 == 0 ? ".5" : ".25"));
        return new FeatureRow(
                bar,
                FeatureValues.of(
                        second == 1 ? none : wave / 1024,
                        none,
                        warm ? 1 / 4096.0 : none,
                        warm ? 1.375 : none,
                        second > 100 ? 3 / 8192.0 : none,
                        warm ? wave / 2 : none),
                wave < -2 ? Signal.BUY : wave > 2 ? Signal.SELL : Signal.NEUTRAL,
                second % 11 == 0 ? 1 : second % 17 == 0 ? 6 : 0,
                second > 41);
    }
}
