package io.tapekeeper.dashboard;

import static io.tapekeeper.dashboard.Rows.BTC;
import static io.tapekeeper.dashboard.Rows.BTC_ID;
import static io.tapekeeper.dashboard.Rows.bar;
import static io.tapekeeper.dashboard.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private RecordedStore store;
    private LiveView view;
    private Dashboard dashboard;

    @TempDir
    Path folder;

    @BeforeEach
    void open() {
        store = new RecordedStore(folder.resolve("tape.db"));
    }

    private void start(int ringRows, LiveStreams.Limits limits) throws IOException {
        view = new LiveView(ringRows, System::nanoTime);
        view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
        dashboard = new Dashboard(view, store.history(), "127.0.0.1", 0, limits);
        dashboard.start();
    }

    @AfterEach
    void stop() {
        dashboard.close();
        store.close();
        http.close();
    }

    private StreamClient follow(String more) throws IOException, InterruptedException {
        return new StreamClient(http, address(dashboard) + more);
    }

    private static String address(Dashboard dashboard) {
        return "http://127.0.0.1:" + dashboard.port() + "/api/stream?series=" + BTC_ID;
    }

    private static List<Long> rowTimes(List<StreamClient.Event> events) {
        return events.stream()
                .filter(event -> event.name().equals("row"))
                .map(StreamClient.Event::time)
                .toList();
    }

    private static List<Long> seconds(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private static List<FeatureRow> rows(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(Rows::row).toList();
    }

    @Test
    void aClientGetsWhatItMissedFromStoreAndRingAndThenWhatHappens() throws Exception {
        start(3, LiveStreams.Limits.USUAL);
        for (long second = 1; second <= 8; second++) {
            store.add(BTC, row(second));
        }
        for (long second = 8; second <= 10; second++) { // 9 and 10 are not stored yet
            view.row(BTC, row(second));
        }
        try (StreamClient client = follow("&since=5")) {
            List<StreamClient.Event> missed = client.until(event -> event.name().equals("row") && event.time() == 10);
            assertEquals(seconds(6, 10), rowTimes(missed));
            assertEquals("10", missed.getLast().id());
            view.row(BTC, row(11, "61849.50"));
            StreamClient.Event live = client.next("row");
            assertEquals("11", live.id());
            assertEquals("61849.5", live.field("c"));
        }
    }

    @Test
    void aClientThatNamesNoRowGetsOnlyNewOnes() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        store.add(BTC, row(1));
        view.row(BTC, row(1));
        try (StreamClient client = follow("")) {
            client.next("health");
            client.next("health"); // the second comes when it follows
            view.row(BTC, row(2));
            assertEquals(2, client.next("row").time());
        }
    }

    @Test
    void aPageThatCameBeforeTheRecorderIsCutSoThatItFollowsTheRecorder() throws Exception {
        store.add(BTC, row(1));
        view = new LiveView(10, System::nanoTime);
        dashboard = new Dashboard(view, store.history(), "127.0.0.1", 0, LiveStreams.Limits.USUAL);
        dashboard.start();
        try (StreamClient early = follow("&since=1")) {
            assertEquals("disconnected", early.next("health").field("state"));
            view.addSeries(BTC, SeriesInfo.live(BTC, Preset.CLASSIC));
            StreamClient.Event event;
            do {
                event = early.next();
            } while (event != null); // until the server ends it
        }
        try (StreamClient again = follow("&since=1")) {
            again.next("health");
            view.row(BTC, row(2));
            assertEquals(2, again.next("row").time());
        }
    }

    @Test
    void aRowThatWasCorrectedComesAgain() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        view.row(BTC, row(1, "100"));
        view.row(BTC, row(2, "100"));
        view.row(BTC, row(1, "105"));
        // Away between 2 and the correction: the row it holds already is sent anew.
        try (StreamClient client = follow("&since=2")) {
            StreamClient.Event corrected = client.next("row");
            assertEquals(1, corrected.time());
            assertEquals("105", corrected.field("c"));
            assertEquals("2", corrected.id()); // to resume from the newest, not from the corrected
        }
    }

    @Test
    void aCorrectionIsOneEventThatSaysFromWhereToReadAnew() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        Gap gap = new Gap(5, 6, 2_000_000, 4_000_000);
        store.recorder().gap(BTC.tape(), gap, GapCause.MISSED);
        store.recorder().flush();
        for (long second : new long[] {1, 2, 4}) {
            view.row(BTC, row(second, "100"));
        }
        try (StreamClient client = follow("&since=4")) {
            assertEquals("0", client.next("repairs").field("count"));
            client.next("health"); // it follows
            store.recorder().gapSettled(BTC.tape(), 5, 6, GapCause.MISSED, Optional.of("rest"));
            store.recorder().flush();
            view.corrected(BTC, 2_000_000, List.of(row(2, "100"), row(3, "105"), row(4, "105")), List.of(), null);
            List<StreamClient.Event> events = client.until(event -> event.name().equals("alerts"));
            StreamClient.Event corrected = events.stream()
                    .filter(event -> event.name().equals("corrected"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("{\"from\":2,\"repairs\":1}", corrected.data());
            assertEquals(List.of(), rowTimes(events));
            view.row(BTC, row(5));
            assertEquals(5, client.next("row").time());
        }
        try (StreamClient late = follow("&since=4")) { // away when it happened
            assertEquals("1", late.next("repairs").field("count"));
        }
    }

    @Test
    void howTheProcessStandsComesAtOnce() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        try (StreamClient client = follow("")) {
            assertEquals("null", client.next("system").field("writing"));
            view.system(new SystemHealth(null, new SystemHealth.Writing(7, 100, "<b>full</b>"), null, List.of()));
            assertEquals("<b>full</b>", client.next("system").field("trouble"));
        }
    }

    @Test
    void aRowThatTheRingKnowsBetterThanTheStoreComesFromTheRing() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        for (long second = 1; second <= 5; second++) {
            store.add(BTC, row(second, "100")); // as an earlier process stored them
        }
        view.row(BTC, row(4, "100"));
        view.row(BTC, row(5, "105")); // is about to be stored
        try (StreamClient client = follow("&since=2")) {
            List<StreamClient.Event> rows = client.until(event -> event.name().equals("alerts")).stream()
                    .filter(event -> event.name().equals("row"))
                    .toList();
            assertEquals(List.of(3L, 4L, 5L), rowTimes(rows));
            assertEquals("105", rows.getLast().field("c"));
        }
    }

    @Test
    void allAlertsComeAsOneBehindTheRowsThatWereMissed() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        Alert stored = new Alert(ClassicRules.Z_LOW, 1_000_000, 2_000_000, -3.1, -3, "stored");
        Alert live = new Alert(ClassicRules.Z_HIGH, 5_000_000, Alert.OPEN, 3.5, 3, "live");
        store.add(BTC, row(1));
        store.add(BTC, stored);
        view.alertOpened(BTC, live);
        try (StreamClient client = follow("&since=0")) {
            List<StreamClient.Event> start = client.until(event -> event.name().equals("alerts"));
            assertEquals(List.of(1L), rowTimes(start));
            assertTrue(
                    start.getLast().data().contains("\"live\""), start.getLast().data());
            assertTrue(
                    start.getLast().data().contains("\"stored\""),
                    start.getLast().data());
        }
    }

    @Test
    void aPageThatSleptTooLongIsToldToBeginAnew() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        long last = 25_000;
        store.addAll(BTC, rows(1, last));
        try (StreamClient client = follow("&since=10")) {
            client.next("reset");
            List<StreamClient.Event> rows = client.until(event -> event.name().equals("row") && event.time() == last);
            assertEquals(seconds(last - SeriesReader.MOST_ROWS + 1, last), rowTimes(rows));
        }
    }

    @Test
    void alertsAndSignalsComeAtOnce() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        try (StreamClient client = follow("")) {
            client.next("health");
            client.next("health");
            view.alertOpened(BTC, new Alert(ClassicRules.Z_HIGH, 5_000_000, Alert.OPEN, 3.5, 3, "z is 3.5"));
            assertEquals("z is 3.5", client.next("alert").field("reason"));
            view.signalChanged(BTC, new SignalChange("classic", 6_000_000, Signal.SELL, 6_184_950_000_000L, 1.5));
            StreamClient.Event signal = client.next("signal");
            assertEquals("sell", signal.field("signal"));
            assertEquals("61849.50", signal.field("price"));
        }
    }

    @Test
    void aSeriesThatIsOnlyStoredIsDisconnected() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        store.add(Rows.series("DOGEUSDT", 1_000), row(1));
        String address = address(dashboard).replace("BTCUSDT", "DOGEUSDT") + "&since=0";
        try (StreamClient client = new StreamClient(http, address)) {
            assertEquals(1, client.next("row").time());
            StreamClient.Event health = client.next("health");
            assertEquals("disconnected", health.field("state"));
            assertEquals("this tape is not being recorded now", health.field("reason"));
        }
    }

    @Test
    void aStateThatChangesIsToldAtOnceAndLifeAtLeastOnceASecond() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        try (StreamClient client = follow("")) {
            view.health(BTC, Health.only(Health.State.STALE, "no trade"));
            StreamClient.Event told =
                    client.until(event -> event.data().contains("\"stale\"")).getLast();
            assertEquals("no trade", told.field("reason"));
            long before = System.nanoTime();
            client.next("health");
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
            assertTrue(millis < 1_500, "waited " + millis + " ms for a sign of life");
        }
    }

    @Test
    void pricesAreCoalescedAndTheLastAlwaysArrives() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        try (StreamClient client = follow("")) {
            client.next("health");
            long begun = System.nanoTime();
            int told = 0;
            while (System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(600)) {
                view.forming(BTC, bar(100, Integer.toString(100 + told % 7)), told);
                told++;
            }
            view.forming(BTC, bar(100, "61849.5"), 7_000_000);
            List<StreamClient.Event> prices =
                    client
                            .until(event ->
                                    event.name().equals("price") && event.data().contains("61849.50"))
                            .stream()
                            .filter(event -> event.name().equals("price"))
                            .toList();
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertEquals("7000", prices.getLast().field("tradeTime"));
            assertTrue(told > 1_000, "only " + told + " were told");
            assertTrue(prices.size() <= millis / 100 + 1, prices.size() + " prices in " + millis + " ms");
        }
    }

    @Test
    void aPriceOlderThanTheLastRowIsNotTold() throws Exception {
        start(10, LiveStreams.Limits.USUAL);
        view.forming(BTC, bar(5, "100"), 5_000_000);
        view.row(BTC, row(5, "100"));
        try (StreamClient client = follow("&since=0")) {
            client.next("row");
            view.forming(BTC, bar(6, "101"), 6_000_000);
            assertEquals(6, client.next("price").time());
        }
    }

    @Test
    void aClientThatTakesNothingIsCutAndCounted() throws Exception {
        EventStream.Pace pace = EventStream.Pace.USUAL;
        start(200_000, new LiveStreams.Limits(8, TimeUnit.MILLISECONDS.toNanos(300), pace));
        try (Socket lazy = new Socket()) {
            lazy.setReceiveBufferSize(4_096);
            lazy.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), dashboard.port()));
            String request = "GET /api/stream?series=" + BTC_ID + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            lazy.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            await("it follows", () -> dashboard.clients() == 1);
            for (long second = 1; second <= 100_000; second++) { // some 20 MB: no buffer holds it
                view.row(BTC, row(second));
            }
            await("it is cut", () -> dashboard.cutClients() == 1);
            await("it is gone", () -> dashboard.clients() == 0);
        }
    }

    @Test
    void aClientThatFallsBehindTheRingIsCutAndResumesWithoutLoss() throws Exception {
        start(40, LiveStreams.Limits.USUAL);
        long held = 0;
        long last = 20_000;
        List<Long> all = new ArrayList<>();
        Thread tape = Thread.ofPlatform().start(() -> {
            for (long second = 1; second <= last; second += 10) {
                List<FeatureRow> rows = rows(second, second + 9);
                rows.forEach(row -> view.row(BTC, row));
                store.addAll(BTC, rows);
            }
        });
        while (held < last) {
            try (StreamClient client = follow("&since=" + held)) {
                StreamClient.Event event = client.next();
                while (event != null && held < last) {
                    if (event.name().equals("row")) {
                        held = event.time();
                        all.add(held);
                    }
                    event = held < last ? client.next() : event;
                }
            }
        }
        tape.join();
        assertEquals(seconds(1, last), all);
    }

    @Test
    void moreStreamsThanAllowedAreRefused() throws Exception {
        start(10, new LiveStreams.Limits(1, TimeUnit.SECONDS.toNanos(10), EventStream.Pace.USUAL));
        try (StreamClient first = follow("")) {
            first.next("health");
            try (StreamClient second = follow("")) {
                assertEquals(503, second.status());
            }
        }
    }

    @Test
    void headIsAnsweredAndTakesNoPlace() throws Exception {
        start(10, new LiveStreams.Limits(1, TimeUnit.SECONDS.toNanos(10), EventStream.Pace.USUAL));
        HttpRequest head =
                HttpRequest.newBuilder(URI.create(address(dashboard))).HEAD().build();
        try (StreamClient only = follow("")) {
            only.next("health");
            HttpResponse<Void> answer = http.send(head, HttpResponse.BodyHandlers.discarding());
            assertEquals(200, answer.statusCode());
            assertEquals(
                    "text/event-stream; charset=utf-8",
                    answer.headers().firstValue("Content-Type").orElseThrow());
            assertEquals(1, dashboard.clients());
        }
    }

    /**
     * Rows are told by one thread and reach the store later; a client goes away and comes back at moments that the seed
     * decides; halfway, the server is another one. It must hold each row once, in order.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aClientThatComesAndGoesHoldsEachRowOnce(long seed) throws Exception {
        int rows = 3_000;
        start(64, LiveStreams.Limits.USUAL);
        AtomicReference<Dashboard> current = new AtomicReference<>(dashboard);
        Thread tape = Thread.ofPlatform().start(() -> tell(rows, seed, current));
        Random random = new Random(seed);
        List<Long> held = new ArrayList<>();
        int connections = 0;
        while (held.isEmpty() || held.getLast() < rows) {
            connections++;
            long since = held.isEmpty() ? 0 : held.getLast();
            try (StreamClient client = new StreamClient(http, address(current.get()) + "&since=" + since)) {
                int wanted = 1 + random.nextInt(120);
                StreamClient.Event event = client.next();
                while (event != null && wanted > 0 && (held.isEmpty() || held.getLast() < rows)) {
                    if (event.name().equals("row")) {
                        held.add(event.time());
                        assertEquals(Long.toString(event.time() + 1), event.field("c"));
                        wanted--;
                    }
                    event = wanted > 0 && lacks(held, rows) ? client.next() : event;
                }
            } catch (IOException e) {
                assertTrue(lacks(held, rows), e.toString()); // the server went away: come back
            }
        }
        tape.join();
        assertEquals(seconds(1, rows), held, "seed " + seed);
        assertTrue(connections > 10, "seed " + seed + ": only " + connections + " connections");
    }

    private static boolean lacks(List<Long> held, int rows) {
        return held.isEmpty() || held.getLast() < rows;
    }

    /** The tape thread, and a recorder that commits up to 40 rows late. */
    private void tell(int rows, long seed, AtomicReference<Dashboard> current) {
        Random random = new Random(-seed);
        Deque<FeatureRow> uncommitted = new ArrayDeque<>();
        for (long second = 1; second <= rows; second++) {
            FeatureRow row = row(second);
            uncommitted.addLast(row);
            view.row(BTC, row);
            if (random.nextInt(20) == 0 || uncommitted.size() == 40) {
                store.addAll(BTC, uncommitted);
                uncommitted.clear();
            }
            if (second == rows / 2) {
                restart(uncommitted, current);
            }
            LockSupport.parkNanos(random.nextInt(300_000));
        }
        store.addAll(BTC, uncommitted);
    }

    private void restart(Deque<FeatureRow> uncommitted, AtomicReference<Dashboard> current) {
        current.get().close();
        store.addAll(BTC, uncommitted);
        uncommitted.clear();
        try {
            start(64, LiveStreams.Limits.USUAL);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        current.set(dashboard);
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(String what, Condition condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < end, "waited in vain until " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
