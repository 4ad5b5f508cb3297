package io.tapekeeper.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./tapekeeper demo} in Chromium. The market runs faster, so that minutes fit a test. */
@Timeout(180)
class DemoInBrowserTest {
    private static final Duration WAIT = Duration.ofSeconds(60);

    private static Browser browser;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void nothingWentWrongInsideThePage() {
        assertEquals(List.of(), browser.errors());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Tapekeeper demo(int port, String speed) throws IOException {
        return Tapekeeper.start(
                folder,
                "demo",
                "--symbols",
                "BTCUSDT,ETHUSDT,SOLUSDT",
                "--db",
                folder.resolve("demo.db").toString(),
                "--port",
                Integer.toString(port),
                "--speed",
                speed);
    }

    /** Waits until a condition holds in the page; its security policy allows no waiting inside. */
    private static void waitFor(Page page, String condition) {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (!Boolean.TRUE.equals(page.evaluate(condition))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + WAIT + ": " + condition + " in " + page.textContent("body"));
            }
            page.waitForTimeout(50);
        }
    }

    private static int rows(Page page) {
        return ((Number) page.evaluate("window.tapekeeper.rows().length")).intValue();
    }

    /** The bars that the chart itself holds: start in seconds, close. */
    private static List<String> bars(Page page) {
        List<?> rows = (List<?>) page.evaluate("window.tapekeeper.rows().map(row => row.time + ',' + row.close)");
        return rows.stream().map(String::valueOf).toList();
    }

    private static void assertNoneMissingAndNoneDoubled(List<String> bars) {
        for (int at = 1; at < bars.size(); at++) {
            long before = (long) Double.parseDouble(bars.get(at - 1).split(",", -1)[0]);
            long time = (long) Double.parseDouble(bars.get(at).split(",", -1)[0]);
            assertEquals(before + 1, time, "behind bar " + at + " of " + bars.size());
        }
    }

    private List<String> stored() throws Exception {
        Path out = folder.resolve("bars.csv");
        try (Tapekeeper export = Tapekeeper.start(
                folder,
                "export",
                "bars",
                "--symbol",
                "BTCUSDT",
                "--db",
                folder.resolve("demo.db").toString(),
                "--out",
                out.toString())) {
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!Files.exists(out) && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
        }
        List<String> bars = new ArrayList<>();
        for (String row : Files.readAllLines(out).stream().skip(1).toList()) {
            String[] cell = row.split(",", -1);
            bars.add(Long.parseLong(cell[2]) / 1_000_000 + "," + Double.parseDouble(cell[6]));
        }
        return bars;
    }

    private static List<String> asNumbers(List<String> bars) {
        return bars.stream()
                .map(bar -> (long) Double.parseDouble(bar.split(",", -1)[0])
                        + ","
                        + Double.parseDouble(bar.split(",", -1)[1]))
                .toList();
    }

    @Test
    void showsAMovingPriceFourGrowingChartsASignalAndAlertsAndSaysThatItIsSimulated() throws Exception {
        try (Tapekeeper demo = demo(freePort(), "20");
                Page page = browser.open(demo.page(), 1600, 940, ColorScheme.DARK)) {
            waitFor(page, "document.querySelector('#price').textContent.includes('.')");
            String price = page.textContent("#price");
            waitFor(page, "document.querySelector('#price').textContent !== '" + price + "'");
            waitFor(page, "window.tapekeeper.rows().length > 30");
            int before = rows(page);
            waitFor(page, "window.tapekeeper.rows().length > " + (before + 10));
            waitFor(page, "/BUY|SELL|NEUTRAL/.test(document.querySelector('#signal').textContent)");
            waitFor(page, "document.querySelectorAll('.alert').length > 0");
            assertFalse(
                    page.content().contains("This machine's clock"), "a market that is played has a time of its own");
            assertTrue(page.textContent("body").contains("SIMULATED"));
            assertTrue(page.title().contains("BTCUSDT"), page.title());
            Duration ended = demo.stop();
            assertEquals(0, demo.exitCode(), demo.output());
            assertTrue(ended.toMillis() < 2_000, "it took " + ended + " to end");
        }
    }

    @Test
    void showsAllThatWasRecordedRolledUpAndGoesBackToTheLiveRows() throws Exception {
        try (Tapekeeper demo = demo(freePort(), "60");
                Page page = browser.open(demo.page(), 1600, 940, ColorScheme.DARK)) {
            waitFor(page, "window.tapekeeper.rows().length > 1_100"); // more than the points
            page.click("#spans >> text=all");
            String apart = // there are none while the next ones are being read
                    "window.tapekeeper.rows()[1]?.time - window.tapekeeper.rows()[0]?.time";
            waitFor(page, apart + " === 10");
            int drawn = rows(page);
            assertTrue(drawn > 100 && drawn < 1_000, drawn + " rows of ten seconds");
            waitFor(page, "window.tapekeeper.rows().length > " + drawn);
            assertTrue(page.textContent("#titles").contains("10s of 1s"));
            page.click("#spans >> text=live");
            waitFor(page, apart + " === 1");
            waitFor(page, "window.tapekeeper.rows().length > 1_100");
        }
    }

    @Test
    void aRestartLeavesTheOpenPageWithNoMissingAndNoDoubledBar() throws Exception {
        int port = freePort();
        try (Tapekeeper first = demo(port, "10");
                Page page = browser.open(first.page(), 1600, 940, ColorScheme.LIGHT)) {
            waitFor(page, "window.tapekeeper.rows().length > 40");
            page.evaluate("window.notReloaded = true");
            first.stop();
            int held = rows(page);
            try (Tapekeeper second = demo(port, "10")) {
                second.page();
                waitFor(page, "window.tapekeeper.rows().length > " + (held + 40));
                List<String> bars = asNumbers(bars(page));
                assertNoneMissingAndNoneDoubled(bars);
                assertEquals(true, page.evaluate("window.notReloaded"));

                // and the same after a crash: only what was on its way may be missing, never a bar
                int heldBefore = rows(page);
                second.kill();
                try (Tapekeeper third = demo(port, "10")) {
                    third.page();
                    waitFor(page, "window.tapekeeper.rows().length > " + (heldBefore + 40));
                    List<String> afterCrash = asNumbers(bars(page));
                    assertNoneMissingAndNoneDoubled(afterCrash);
                    assertEquals(true, page.evaluate("window.notReloaded"));
                    third.stop();
                    List<String> onDisk = stored();
                    List<String> notStored = new ArrayList<>(afterCrash);
                    notStored.removeAll(onDisk);
                    assertEquals(List.of(), notStored, "the chart shows what is stored");
                }
            }
        }
    }

    @Test
    void aSecondStartShowsTheHistoryOfTheFirstAndGoesOnAfterIt() throws Exception {
        int port = freePort();
        List<String> before;
        try (Tapekeeper first = demo(port, "30");
                Page page = browser.open(first.page(), 1600, 940, ColorScheme.DARK)) {
            waitFor(page, "window.tapekeeper.rows().length > 300");
            waitFor(page, "document.querySelectorAll('.alert').length > 1");
            first.stop();
            before = stored();
        }
        try (Tapekeeper second = demo(port, "1");
                Page page = browser.open(second.page(), 1600, 940, ColorScheme.DARK)) {
            waitFor(page, "window.tapekeeper.rows().length > " + (before.size() + 3));
            waitFor(page, "document.querySelector('#health').textContent.includes('live')");
            List<String> bars = asNumbers(bars(page));
            assertEquals(before, bars.subList(0, before.size()));
            assertNoneMissingAndNoneDoubled(bars);
            Browser.picture(page, "page-dark.png");
            page.setViewportSize(390, 844);
            Browser.picture(page, "page-phone.png");
            page.setViewportSize(1600, 940);
            page.click("#theme");
            Browser.picture(page, "page-light.png");
        }
    }

    @Test
    void choosingAnotherSymbolShowsItsChart() throws Exception {
        try (Tapekeeper demo = demo(freePort(), "20");
                Page page = browser.open(demo.page(), 1600, 940, ColorScheme.DARK)) {
            waitFor(page, "window.tapekeeper.rows().length > 5");
            page.click("text=ETHUSDT");
            waitFor(page, "document.title.includes('ETHUSDT')");
            waitFor(page, "window.tapekeeper.rows().length > 5");
            double close = Double.parseDouble(bars(page).getLast().split(",", -1)[1]);
            assertTrue(close < 20_000, "an ETH price: " + close);
            assertNotEquals(0, rows(page));
        }
    }

    @Test
    void aServerThatIsGoneIsToldInWordsAndNothingLooksAlive() throws Exception {
        try (Tapekeeper demo = demo(freePort(), "20");
                Page page = browser.open(demo.page(), 1600, 940, ColorScheme.DARK)) {
            waitFor(page, "window.tapekeeper.rows().length > 5");
            demo.kill();
            waitFor(page, "document.querySelector('#health').textContent.includes('disconnected')");
            Browser.picture(page, "page-disconnected.png");
            for (int width : List.of(1400, 1280, 1024, 390)) { // the reason is long
                page.setViewportSize(width, 940);
                waitFor(page, "document.querySelector('#health').getBoundingClientRect().right" + " <= innerWidth");
            }
        }
    }
}
