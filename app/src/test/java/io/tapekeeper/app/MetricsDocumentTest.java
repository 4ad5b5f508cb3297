package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.dashboard.Dashboard;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** docs/metrics.md and what {@code /metrics} answers are the same table. */
@Timeout(120)
class MetricsDocumentTest {
    private static final Series BTC = new Series(
            new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, false),
            new Instrument("binance", "BTCUSDT", 1_000_000, 1_000),
            Preset.CLASSIC.label(),
            Interval.SECOND);
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w*) ?\\| (.*) \\|$");
    private static final Pattern HELP = Pattern.compile("(?m)^# HELP tapekeeper_(\\w+) (.*)$");

    @TempDir
    Path folder;

    /** By name: its label, then what it means. */
    private static Map<String, String> documented() throws IOException {
        String text = Files.readString(Path.of("../docs/metrics.md"));
        Map<String, String> rows = new TreeMap<>();
        for (MatchResult row : matches(ROW, text.substring(text.indexOf("## `/metrics`")))) {
            rows.put(row.group(1), row.group(2) + ": " + row.group(3));
        }
        return rows;
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    /** A view of which everything is known, so that no number is left out. */
    private static LiveView everythingKnown() {
        LiveView view = new LiveView(10, System::nanoTime);
        view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
        view.health(
                BTC,
                new Health(
                        Health.State.LIVE,
                        "",
                        1,
                        1,
                        20,
                        20,
                        5,
                        1,
                        true,
                        5_000,
                        Completeness.WHOLE,
                        1,
                        new Latency(1, 2)));
        view.system(new SystemHealth(
                new SystemHealth.RateBudget("api.example", 6_000, 1, 0, 0),
                new SystemHealth.Writing(0, 100, ""),
                new SystemHealth.Disk(1, 1),
                List.of()));
        return view;
    }

    @Test
    void everyMetricIsDocumentedWithItsLabelAndItsHelpAndNoOther() throws Exception {
        Path db = folder.resolve("tape.db");
        LiveView view = everythingKnown();
        try (Exchange exchange =
                        Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(7, Optional.empty())));
                Running running = new Running(
                        RecordOptions.of("BTCUSDT"),
                        db,
                        exchange.port(),
                        exchange.port(),
                        Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> running.counted("trades_total") > 0);
            view.addMetrics(running.metrics());
            try (History history = History.open(db);
                    Dashboard page = new Dashboard(view, history, "127.0.0.1", 0);
                    HttpClient http = HttpClient.newHttpClient()) {
                page.start();
                URI address = URI.create("http://127.0.0.1:%d/metrics".formatted(page.port()));
                String answer = http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
                Map<String, String> answered = new TreeMap<>();
                for (MatchResult help : matches(HELP, answer)) {
                    Pattern labelled = Pattern.compile("(?m)^tapekeeper_%s\\{(\\w+)=".formatted(help.group(1)));
                    List<MatchResult> labels = matches(labelled, answer);
                    String label = labels.isEmpty() ? "" : labels.getFirst().group(1);
                    answered.put(help.group(1), label + ": " + help.group(2));
                }
                assertEquals(documented(), answered);
            }
        }
    }
}
