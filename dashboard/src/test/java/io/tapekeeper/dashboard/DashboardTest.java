package io.tapekeeper.dashboard;

import static io.tapekeeper.dashboard.Rows.BTC;
import static io.tapekeeper.dashboard.Rows.BTC_ID;
import static io.tapekeeper.dashboard.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.Metric;
import io.tapekeeper.live.Metric.Sample;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final LiveView view = new LiveView(LiveView.RING_ROWS, System::nanoTime);
    private RecordedStore store;
    private Dashboard dashboard;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        store = new RecordedStore(folder.resolve("tape.db"));
        dashboard = new Dashboard(view, store.history(), "127.0.0.1", 0);
        view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
        dashboard.start();
    }

    @AfterEach
    void stop() {
        dashboard.close();
        store.close();
        http.close();
    }

    private String address(String path) {
        return "http://127.0.0.1:" + dashboard.port() + path;
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address(path)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String statusFor(String hostHeader) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
            String request = "GET / HTTP/1.1\r\nHost: " + hostHeader + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var in = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
            return new BufferedReader(in).readLine();
        }
    }

    @Test
    void answersOnlyUnderItsOwnNames() throws IOException {
        for (String own : new String[] {"127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:80"}) {
            assertEquals("HTTP/1.1 200 OK", statusFor(own), own);
        }
        for (String other : new String[] {"evil.example", "127.0.0.1.evil.example:80", "10.0.0.7"}) {
            assertEquals("HTTP/1.1 403 Forbidden", statusFor(other), other);
        }
    }

    @Test
    void givesThePageAStrictPolicyAndAnEtag() throws Exception {
        HttpResponse<String> page = get("/");
        assertEquals(200, page.statusCode());
        assertTrue(page.body().contains("<title>Tapekeeper</title>"), page.body());
        String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertEquals("no-cache", page.headers().firstValue("Cache-Control").orElseThrow());

        String etag = page.headers().firstValue("ETag").orElseThrow();
        assertEquals(304, get("/", "If-None-Match", etag).statusCode());
    }

    @Test
    void letsAssetsBeKeptForEverBecauseTheirNamesChange() throws Exception {
        String page = get("/").body();
        int from = page.indexOf("/assets/");
        String script = page.substring(from, page.indexOf('"', from));
        HttpResponse<String> asset = get(script);
        assertEquals(200, asset.statusCode());
        assertEquals(
                "public, max-age=31536000, immutable",
                asset.headers().firstValue("Cache-Control").orElseThrow());
    }

    @Test
    void servesNothingFromOutsideThePage() throws Exception {
        for (String path :
                new String[] {"/../Dashboard.class", "/assets/../../Json.class", "/%2e%2e/Json.class", "/x.js"}) {
            assertEquals(404, get(path).statusCode(), path);
        }
    }

    @Test
    void answersGetAlone() throws Exception {
        HttpRequest post = HttpRequest.newBuilder(URI.create(address("/api/series")))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertEquals(405, http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    @Test
    void givesHistoryColumnByColumnWithNullForNoValue() throws Exception {
        store.add(BTC, row(10, "61849.50"));
        store.add(BTC, row(11, "61850.00"));
        assertEquals(
                "{\"more\":false,\"t\":[10,11],\"o\":[61849.5,61850],\"h\":[61849.5,61850],"
                        + "\"l\":[61849.5,61850],\"c\":[61849.5,61850],\"v\":[1.5,1.5],"
                        + "\"ret\":[0.5,0.5],\"vol\":[null,null],\"annual\":[null,null],"
                        + "\"base\":[null,null],\"z\":[null,null],\"ewma\":[null,null],"
                        + "\"signal\":[\"neutral\",\"neutral\"],\"rules\":[0,0],"
                        + "\"complete\":[true,true],\"carried\":[false,false]}",
                get("/api/history?series=" + BTC_ID).body());
    }

    @Test
    void joinsStoreAndRingInHistory() throws Exception {
        for (long second = 1; second <= 5; second++) {
            store.add(BTC, row(second));
        }
        for (long second = 4; second <= 7; second++) { // not yet stored: 6, 7
            view.row(BTC, row(second));
        }
        assertEquals(
                "[3,4,5,6,7]",
                times(get("/api/history?limit=5&series=" + BTC_ID).body()));
    }

    @Test
    void goesBackPageByPageAndOverHoles() throws Exception {
        for (long second : new long[] {1, 2, 3, 5000, 5001, 5002}) {
            store.add(BTC, row(second));
        }
        String address = "/api/history?limit=2&series=" + BTC_ID;
        assertEquals("[5001,5002]", times(get(address).body()));
        assertEquals("[3,5000]", times(get(address + "&before=5001").body()));
        assertEquals("[2,3]", times(get(address + "&before=5000").body()));
        assertEquals("[1]", times(get(address + "&before=2").body()));
        String end = get(address + "&before=1").body();
        assertEquals("[]", times(end));
        assertTrue(end.startsWith("{\"more\":false"), end);
    }

    @Test
    void givesAStretchOfTimeRolledUpWithItsExtremes() throws Exception {
        for (long second : new long[] {60, 61, 119, 120}) {
            store.add(BTC, row(second));
        }
        String range =
                get("/api/range?from=60&to=120&points=1&series=" + BTC_ID).body();
        assertTrue(range.startsWith("{\"interval\":60,\"end\":121,\"whole\":true,\"t\":[60],"), range);
        for (String column : List.of("o", "h", "l", "c", "v", "n", "retLow", "retHigh", "zLow", "zHigh")) {
            assertTrue(range.contains("\"" + column + "\":["), column + " in " + range);
        }
        assertEquals(400, get("/api/range?points=2001&series=" + BTC_ID).statusCode(), "too many points");
    }

    private static String times(String history) {
        int from = history.indexOf("\"t\":") + 4;
        return history.substring(from, history.indexOf(']', from) + 1);
    }

    @Test
    void tellsWhatIsWrongWithARequest() throws Exception {
        assertEquals(
                "Name a series: ?series=ID, with an id from /api/series.\n",
                get("/api/history").body());
        assertEquals(404, get("/api/stream?series=no.such").statusCode());
        assertEquals(
                "limit must be a whole number from 1 to 20000.\n",
                get("/api/history?limit=many&series=" + BTC_ID).body());
        assertEquals(400, get("/api/history?before=-1&series=" + BTC_ID).statusCode());
    }

    @Test
    void listsTheFeaturesThatRowsHaveAndTheRules() throws Exception {
        String catalogue = get("/api/catalogue").body();
        String features = """
                {"features":[{"key":"ret","column":"return","title":"return","unit":"fraction","rolled":"farthest"},\
                {"key":"vol","column":"volatility","title":"volatility","unit":"per bar","rolled":"highest"},\
                """;
        assertTrue(catalogue.startsWith(features), catalogue);
        String rule = """
                {"rule":"z-low","title":"the z-score is below minus the threshold","severity":"critical",\
                "feature":"z","bit":2}""";
        assertTrue(catalogue.contains(rule), catalogue);
    }

    @Test
    void listsWhatIsLiveFirstAndThenWhatIsOnlyStored() throws Exception {
        Series doge = Rows.series("DOGEUSDT", 1_000);
        store.add(doge, row(10, "0.10344"));
        view.row(BTC, row(10, "61849.50"));
        String list = get("/api/series").body();
        int btc = list.indexOf("\"id\":\"" + BTC_ID + "\"");
        int other = list.indexOf("\"id\":\"binance.DOGEUSDT.aggregate.classic.1s\"");
        assertTrue(btc >= 0 && other > btc, list);
        assertTrue(list.contains("\"price\":\"61849.50\""), list);
        assertTrue(list.contains("\"price\":\"0.10344\""), list);
        assertTrue(list.indexOf("\"recording\":true") < other, list);
        assertTrue(list.indexOf("\"recording\":false") > other, list);
        assertTrue(list.contains("\"spark\":[61849.5]"), list);
    }

    @Test
    void joinsStoredAndLiveAlertsByRuleAndOpening() throws Exception {
        Alert old = new Alert(ClassicRules.Z_LOW, 1_000_000, 2_000_000, -3.1, -3, "old");
        Alert open = new Alert(ClassicRules.Z_HIGH, 5_000_000, Alert.OPEN, 3.5, 3, "new");
        store.add(BTC, old);
        store.add(BTC, open);
        view.alertOpened(BTC, open);
        view.alertClosed(BTC, open.closedAt(7_000_000));
        assertEquals(
                "[{\"rule\":\"z-low\",\"severity\":\"critical\",\"opened\":1000,\"closed\":2000,"
                        + "\"value\":-3.1,\"threshold\":-3,\"reason\":\"old\"},"
                        + "{\"rule\":\"z-high\",\"severity\":\"critical\",\"opened\":5000,"
                        + "\"closed\":7000,\"value\":3.5,\"threshold\":3,\"reason\":\"new\"}]",
                get("/api/alerts?series=" + BTC_ID).body());
    }

    @Test
    void tellsTheHealthOfEachSeries() throws Exception {
        view.health(
                BTC,
                new Health(
                        Health.State.WARMING_UP,
                        "",
                        5_000_000,
                        40,
                        7,
                        20,
                        99,
                        2.5,
                        true,
                        5_000,
                        Completeness.WHOLE,
                        -3,
                        new Latency(12.5, 80)));
        String health = get("/api/health").body();
        assertTrue(health.contains("\"latency\":{\"medianMillis\":12.5,\"p99Millis\":80}"), health);
        assertTrue(get("/metrics").body().contains("tapekeeper_latency_p99_seconds{symbol=\"BTCUSDT\"} 0.08\n"));
        assertTrue(health.startsWith("{\"clients\":0,\"cut\":0,\"refused\":0,"), health);
        assertTrue(health.contains("\"state\":\"warming-up\""), health);
        assertTrue(health.contains("\"warm\":7,\"warmOf\":20,\"stored\":99"), health);
    }

    @Test
    void isWellOnlyWhereEverySymbolIsFreshAndTheWriterWrites() throws Exception {
        view.health(BTC, healthOf(Health.State.LIVE, new Completeness(1, 5, null)));
        view.system(writing(""));
        HttpResponse<String> well = get("/health");
        assertEquals(200, well.statusCode());
        assertEquals(
                "{\"ok\":true,\"writing\":true,\"reason\":\"\",\"symbols\":[{"
                        + "\"symbol\":\"BTCUSDT\",\"series\":\""
                        + BTC_ID
                        + "\",\"fresh\":true,\"state\":\"live\",\"reason\":\"\",\"ageMillis\":null,"
                        + "\"staleAfterMillis\":5000,\"complete\":false,\"openHoles\":1,"
                        + "\"missingTrades\":5,\"repair\":null}]}",
                well.body());

        view.system(writing("The disk is full: make room."));
        assertEquals(503, get("/health").statusCode());
        view.system(writing(""));
        view.health(BTC, healthOf(Health.State.STALE, Completeness.WHOLE));
        assertEquals(503, get("/health").statusCode());
        view.health(BTC, healthOf(Health.State.WARMING_UP, Completeness.WHOLE));
        assertEquals(200, get("/health").statusCode());
        Series late = Rows.series("ETHUSDT", 1_000);
        view.addSeries(late, SeriesInfo.live(late, Preset.CLASSIC));
        view.health(late, Health.only(Health.State.DISCONNECTED, "refused"));
        assertEquals(503, get("/health").statusCode());
    }

    @Test
    void whereNothingIsRecordedYetNothingIsWell() throws Exception {
        LiveView empty = new LiveView(1, System::nanoTime);
        empty.notice("Binance cannot be reached.");
        MetricsEndpoint.Verdict verdict = new MetricsEndpoint(empty).health();
        assertFalse(verdict.well());
        assertTrue(verdict.json().contains("\"reason\":\"Binance cannot be reached.\""), verdict.json());
    }

    @Test
    void aRecorderThatSaysNothingMoreDoesNotWrite() {
        view.system(writing(""));
        MetricsEndpoint monitoring = new MetricsEndpoint(view);
        assertEquals("", monitoring.whyNotWriting(System.nanoTime()));
        assertEquals(
                "the recorder has not reported for 6 s",
                monitoring.whyNotWriting(view.system().nanos() + TimeUnit.SECONDS.toNanos(6)));
    }

    private static Health healthOf(Health.State state, Completeness completeness) {
        return new Health(state, "", 5_000_000, 40, 7, 20, 99, 2.5, false, 5_000, completeness, -3, Latency.UNKNOWN);
    }

    private static SystemHealth writing(String trouble) {
        return new SystemHealth(
                null,
                new SystemHealth.Writing(7, 100, trouble),
                new SystemHealth.Disk(2_000_000_000_000L, 1e12),
                List.of());
    }

    @Test
    void tellsItsNumbersAsPrometheusReadsThem() throws Exception {
        view.health(BTC, healthOf(Health.State.LIVE, new Completeness(1, 5, null)));
        view.system(writing(""));
        view.addMetrics(List.of(
                new Metric(
                        "trades_total",
                        "Trades that came",
                        "symbol",
                        () -> List.of(new Sample("BTCUSDT", 12), new Sample("A\"\\B", 3), new Sample("BTCUSDT", 13))),
                Metric.of("lag_seconds", "Unknown yet", () -> Double.NaN)));
        HttpResponse<String> metrics = get("/metrics");
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.headers().firstValue("Content-Type").orElseThrow());
        assertTrue(metrics.body().endsWith("""
                                # HELP tapekeeper_trades_total Trades that came
                                # TYPE tapekeeper_trades_total counter
                                tapekeeper_trades_total{symbol="BTCUSDT"} 12
                                tapekeeper_trades_total{symbol="A\\"\\\\B"} 3
                                """), metrics.body());
        for (String line : new String[] {
            "# TYPE tapekeeper_holes_open gauge",
            "tapekeeper_missing_trades{symbol=\"BTCUSDT\"} 5",
            "tapekeeper_clock_offset_seconds{symbol=\"BTCUSDT\"} -0.003",
            "tapekeeper_recorder_queue 7",
            "tapekeeper_disk_free_bytes 2000000000000",
            "tapekeeper_disk_days_left 2",
            "tapekeeper_data_quality_alerts{kind=\"open-gap\"} 0",
            "tapekeeper_browser_clients 0"
        }) {
            assertTrue(metrics.body().lines().anyMatch(line::equals), line + metrics.body());
        }
        assertFalse(metrics.body().contains("last_trade_age"), "its ages mean nothing");
        assertFalse(metrics.body().contains("latency"), "nor does its latency");
    }

    @Test
    void saysWhyThereIsNothingToShow() throws Exception {
        view.notice("Binance cannot be reached; is this machine online?");
        String health = get("/api/health").body();
        assertTrue(health.contains("\"notice\":\"Binance cannot be reached; is this machine online?\""), health);
        view.notice("");
        assertTrue(get("/api/health").body().contains("\"notice\":\"\""));
    }

    @Test
    void timesAreWholeNumbersWithoutAnExponent() throws Exception {
        long time = 1_764_000_000_123_457L;
        view.health(
                BTC,
                new Health(
                        Health.State.LIVE,
                        "",
                        time,
                        40,
                        20,
                        20,
                        99,
                        2.5,
                        true,
                        5_000,
                        Completeness.WHOLE,
                        -3,
                        Latency.UNKNOWN));
        String health = get("/api/health").body();
        assertTrue(health.contains("\"latency\":null"), health);
        assertTrue(health.contains("\"lastTradeTime\":1764000000123457,"), health);
    }

    @Test
    void aPortInUseIsToldInOneSentence() {
        try (Dashboard second = new Dashboard(view, store.history(), "127.0.0.1", dashboard.port())) {
            IOException refused = assertThrows(IOException.class, second::start);
            assertTrue(
                    refused.getMessage()
                            .startsWith("The dashboard cannot listen on 127.0.0.1 port " + dashboard.port()),
                    refused.getMessage());
        }
    }

    @Test
    void closingEndsEveryStreamAtOnce() throws Exception {
        try (StreamClient one = new StreamClient(http, address("/api/stream?series=" + BTC_ID));
                StreamClient two = new StreamClient(http, address("/api/stream?series=" + BTC_ID))) {
            one.next("health");
            two.next("health");
            long begun = System.nanoTime();
            dashboard.close();
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertTrue(took < 500, "took " + took + " ms");
            assertEnds(one);
            assertEnds(two);
        }
    }

    private static void assertEnds(StreamClient client) {
        try {
            StreamClient.Event event = client.next();
            while (event != null) {
                event = client.next();
            }
            assertNull(event);
        } catch (IOException e) {
            assertFalse(e.toString().isEmpty()); // cut in the middle: an end as well
        }
    }
}
