package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real recording, played by the local exchange, recorded as a user would, and exported. */
@Timeout(120)
class RecordedTapeTest {
    private static final String WIRE = "data/wire/hft_binance_spot_btcusdt_20240808.txt.gz";
    private static final Pattern TRADE =
            Pattern.compile("\"t\":(\\d+),\"p\":\"([0-9.]+)\",\"q\":\"([0-9.]+)\",\"T\":(\\d+)");

    @TempDir
    Path folder;

    private static List<String> cells(String line) {
        return List.of(line.split(",", -1));
    }

    private Exchange play(Speed speed) throws IOException {
        Path capture = Recordings.file(WIRE);
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Capture(List.of(capture)))
                .withSpeed(speed));
    }

    private List<String> runArguments(Exchange exchange, Path db) {
        return List.of(
                "run",
                "--symbols",
                "BTCUSDT",
                "--tape",
                "raw",
                "--rest-url",
                "http://127.0.0.1:" + exchange.port(),
                "--stream-url",
                "ws://127.0.0.1:" + exchange.port(),
                "--db",
                db.toString(),
                "--no-dashboard",
                "--until-idle",
                "1s");
    }

    private void record(Exchange exchange, Path db) {
        assertEquals(0, Main.execute(runArguments(exchange, db).toArray(String[]::new)));
    }

    private List<String> export(String what, Path db, String... more) throws IOException {
        Path out = folder.resolve(what + ".csv");
        List<String> words = new ArrayList<>(List.of("export", what, "--db", db.toString(), "--out", out.toString()));
        words.addAll(List.of(more));
        assertEquals(0, Main.execute(words.toArray(String[]::new)));
        return Files.readAllLines(out);
    }

    @Test
    void recordsEveryTradeAndGivesTheBarsAndFeaturesOfTheReference() throws IOException {
        Path db = folder.resolve("tape.db");
        try (Exchange exchange = play(Speed.MAX)) {
            record(exchange, db);
        }
        tradesEqualTheRecording(export("trades", db));
        barsEqualTheReference(export("bars", db, "--interval", "1s"));
        minutesEqualTheExchange(export("bars", db, "--interval", "1m"));
        featuresEqualTheReference(export("features", db));
        alertsFollowTheReference(export("alerts", db));
        signalsFollowTheReference(export("signals", db));
        assertEquals(1, export("gaps", db).size(), "only the header: nothing is missing");
    }

    private static void tradesEqualTheRecording(List<String> rows) {
        List<String> recorded = new ArrayList<>();
        for (String line : Recordings.lines(Recordings.file(WIRE))) {
            Matcher trade = TRADE.matcher(line);
            if (line.contains("@trade\"") && trade.find()) {
                recorded.add(trade.group(1)
                        + ","
                        + trade.group(2)
                        + ","
                        + trade.group(3)
                        + ","
                        + (line.contains("\"m\":true") ? "sell" : "buy")
                        + ","
                        + trade.group(4)
                        + "000");
            }
        }
        assertEquals(9_757, recorded.size());
        assertEquals("instrument,id,price,size,side,time_us,received_us", rows.getFirst());
        assertEquals(
                recorded,
                rows.stream()
                        .skip(1)
                        .map(row -> row.substring("BTCUSDT,".length(), row.lastIndexOf(',')))
                        .toList());
    }

    private static void barsEqualTheReference(List<String> rows) {
        List<String> reference = Recordings.lines(Recordings.file("reference/bars_1s_btcusdt_20240808.csv.gz"));
        assertEquals(
                "instrument,interval,start_us,open,high,low,close,volume,quote_volume,trades,taker_buy_volume,revision,complete",
                rows.getFirst());
        List<String> bars = new ArrayList<>();
        for (String row : rows.subList(1, rows.size())) {
            List<String> cell = cells(row);
            String millis = Long.toString(Long.parseLong(cell.get(2)) / 1_000);
            bars.add(String.join(
                    ",", millis, cell.get(3), cell.get(4), cell.get(5), cell.get(6), cell.get(7), cell.get(9)));
        }
        assertEquals(reference.subList(1, reference.size()), bars);
    }

    private static void minutesEqualTheExchange(List<String> rows) {
        Map<Long, List<String>> klines =
                Recordings.lines(Recordings.file("data/klines/binance_spot_BTCUSDT_1m_20240726_20240825.csv.gz"))
                        .stream()
                        .skip(1)
                        .map(RecordedTapeTest::cells)
                        .collect(Collectors.toMap(cell -> Long.parseLong(cell.getFirst()), cell -> cell));
        int equal = 0;
        for (String row : rows.subList(1, rows.size())) {
            List<String> bar = cells(row);
            if (bar.getLast().equals("true")) {
                List<String> kline = klines.get(Long.parseLong(bar.get(2)) / 1_000);
                for (int column = 1; column <= 5; column++) {
                    assertEquals(
                            0, new BigDecimal(kline.get(column)).compareTo(new BigDecimal(bar.get(column + 2))), row);
                }
                equal++;
            }
        }
        assertEquals(5, equal, "the full minutes 23:55 to 23:59");
    }

    private static List<List<String>> reference() {
        return Recordings.lines(Recordings.file("reference/classic_1s_btcusdt_20240808.csv.gz")).stream()
                .skip(1)
                .map(RecordedTapeTest::cells)
                .toList();
    }

    private static void featuresEqualTheReference(List<String> rows) {
        assertTrue(
                rows.getFirst()
                        .startsWith("time,price,return,volatility,zscore,signal,alerts,instrument,preset,complete"),
                rows.getFirst());
        List<List<String>> reference = reference();
        assertEquals(reference.size(), rows.size() - 1);
        for (int at = 0; at < reference.size(); at++) {
            List<String> expected = reference.get(at);
            String row = rows.get(at + 1);
            List<String> actual = cells(row);
            assertEquals(expected.subList(0, 2), actual.subList(0, 2));
            assertNear(expected.get(2), actual.get(2), 1e-9, 1e-15, row);
            assertNear(expected.get(3), actual.get(3), 1e-9, 1e-15, row);
            assertNear(expected.get(4), actual.get(4), 0, 1e-9, row);
            assertEquals(expected.subList(5, 7), actual.subList(5, 7), row);
        }
    }

    private static void assertNear(String expected, String actual, double relative, double absolute, String row) {
        if (expected.isEmpty() || actual.isEmpty()) {
            assertEquals(expected, actual, row);
            return;
        }
        double value = Double.parseDouble(expected);
        assertEquals(value, Double.parseDouble(actual), Math.max(absolute, relative * Math.abs(value)), row);
    }

    /** An alert opens with the end of the first row of a stretch and closes with the next row. */
    private static void alertsFollowTheReference(List<String> rows) {
        Set<String> expected = new HashSet<>();
        Map<String, Long> open = new HashMap<>();
        for (List<String> row : reference()) {
            long end = (Long.parseLong(row.getFirst()) + 1_000) * 1_000;
            Set<String> holding = new HashSet<>(List.of(row.get(6).split("\\|")));
            holding.remove("");
            for (String rule : List.copyOf(open.keySet())) {
                if (!holding.contains(rule)) {
                    expected.add(rule + " " + open.remove(rule) + " " + end);
                }
            }
            for (String rule : holding) {
                open.putIfAbsent(rule, end);
            }
        }
        open.forEach((rule, opened) -> expected.add(rule + " " + opened + " "));
        Set<String> actual = rows.stream()
                .skip(1)
                .map(RecordedTapeTest::cells)
                .map(cell -> cell.get(1) + " " + cell.get(3) + " " + cell.get(4))
                .collect(Collectors.toSet());
        assertEquals(expected, actual);
        assertTrue(expected.size() >= 6, "stretches: " + expected);
    }

    private static void signalsFollowTheReference(List<String> rows) {
        List<String> expected = new ArrayList<>();
        String before = "neutral";
        for (List<String> row : reference()) {
            if (!row.get(5).equals(before)) {
                before = row.get(5);
                long end = (Long.parseLong(row.getFirst()) + 1_000) * 1_000;
                expected.add("BTCUSDT,classic," + end + "," + before + "," + row.get(1));
            }
        }
        assertEquals("instrument,model,time_us,signal,price,zscore", rows.getFirst());
        assertEquals(
                expected,
                rows.stream()
                        .skip(1)
                        .map(row -> row.substring(0, row.lastIndexOf(',')))
                        .toList());
    }

    @Test
    void killedHalfWayAndStartedAgainHasTheSameRowsButForTheHole() throws Exception {
        Path whole = folder.resolve("whole.db");
        try (Exchange exchange = play(Speed.MAX)) {
            record(exchange, whole);
        }
        List<String> trades = export("trades", whole);
        List<String> bars = export("bars", whole, "--interval", "1s");

        Path broken = folder.resolve("broken.db");
        try (Exchange exchange = play(Speed.parse("30"))) {
            Process first = spawn(runArguments(exchange, broken));
            try {
                awaitTrades(broken, 3_000);
            } finally {
                first.destroyForcibly();
                first.waitFor();
            }
            record(exchange, broken);
        }
        List<String> kept = export("trades", broken);
        List<String> keptIds = kept.stream().map(row -> cells(row).get(1)).toList();
        List<String> gaps = export("gaps", broken);
        long missing = gaps.stream()
                .skip(1)
                .mapToLong(row -> Long.parseLong(cells(row).get(3)))
                .sum();
        assertEquals(trades.size(), kept.size() + missing, "the ledger names what is missing");
        assertEquals(keptIds.size(), new HashSet<>(keptIds).size(), "no trade is stored twice");

        // What came after the first start replays the same rows; only where the hole lies may the
        // others differ, and there they say so.
        Set<String> all = withoutReceivedTime(trades);
        assertTrue(all.containsAll(withoutReceivedTime(kept)), "no trade was altered");
        List<String> keptBars = export("bars", broken, "--interval", "1s");
        Set<String> wholeBars = new HashSet<>(bars);
        for (String bar : keptBars.subList(2, keptBars.size())) {
            assertTrue(wholeBars.contains(bar) || bar.endsWith(",false"), bar);
        }
        assertEquals(bars.getLast(), keptBars.getLast());
    }

    private static Set<String> withoutReceivedTime(List<String> trades) {
        return trades.stream()
                .map(row -> row.substring(0, row.lastIndexOf(',')))
                .collect(Collectors.toSet());
    }

    private Process spawn(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path").replace(':', File.pathSeparatorChar),
                "io.tapekeeper.app.Main"));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("killed.log").toFile())
                .start();
    }

    private void awaitTrades(Path db, int count) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            if (Files.exists(db) && stored(db) >= count) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("not " + count + " trades in time: " + Files.readString(folder.resolve("killed.log")));
    }

    private static long stored(Path db) {
        try (History history = History.open(db)) {
            return history.series().stream()
                    .mapToLong(series -> history.tradeCount(series.tape()))
                    .sum();
        } catch (StoreException e) {
            return 0; // not made yet
        }
    }
}
