package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Client.Socket;
import io.tapekeeper.exchange.market.UnusableSourceException;
import io.tapekeeper.exchange.play.Speed;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The endless market: the same again after any stop, and the same to REST as to the streams. */
class SyntheticTest {
    private static final long SEED = 7;
    private static final Speed FAST = new Speed(600);

    @TempDir
    Path folder;

    private Exchange start(Speed speed) throws Exception {
        return Exchange.start(EndlessExchange.config(SEED, speed, folder));
    }

    private static long number(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(-?[0-9]+)").matcher(json);
        assertTrue(matcher.find(), json);
        return Long.parseLong(matcher.group(1));
    }

    private static List<String> page(Client client, String path, String idName, long from, long to) throws Exception {
        List<String> rows = new ArrayList<>();
        for (long next = from; next <= to; next = number(rows.getLast(), idName) + 1) {
            String body = client.body(path + "&limit=1000&fromId=" + next);
            for (String row : body.substring(1, body.length() - 1).split("(?<=}),", -1)) {
                if (number(row, idName) <= to) {
                    rows.add(row);
                }
            }
            if (rows.isEmpty() || number(rows.getLast(), idName) == to) {
                break;
            }
        }
        return rows;
    }

    @Test
    void servesByRestWhatItToldByStream() throws Exception {
        try (Exchange exchange = start(Speed.MAX);
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/btcusdt@trade/btcusdt@aggTrade")) {
            List<String> trades = new ArrayList<>();
            List<String> aggregates = new ArrayList<>();
            while (trades.size() < 20_000) {
                String event = socket.next();
                (event.startsWith("{\"e\":\"trade\"") ? trades : aggregates).add(event);
            }
            long first = number(trades.getFirst(), "t");
            List<String> rows = page(client, "/api/v3/historicalTrades?symbol=BTCUSDT", "id", first, first + 19_999);
            assertEquals(trades.size(), rows.size());
            for (int i = 0; i < rows.size(); i++) {
                assertEquals(first + i, number(trades.get(i), "t"));
                assertEquals(first + i, number(rows.get(i), "id"));
                assertEquals(number(trades.get(i), "T"), number(rows.get(i), "time"));
                assertEquals(price(trades.get(i), "p"), price(rows.get(i), "price"));
                assertEquals(price(trades.get(i), "q"), price(rows.get(i), "qty"));
            }
            long firstAggregate = number(aggregates.getFirst(), "a");
            List<String> aggregateRows = page(
                    client, "/api/v3/aggTrades?symbol=BTCUSDT", "a", firstAggregate, number(aggregates.getLast(), "a"));
            assertEquals(aggregates.size(), aggregateRows.size());
            long nextRaw = first;
            for (int i = 0; i < aggregates.size(); i++) {
                String event = aggregates.get(i);
                assertEquals(
                        event.substring(event.indexOf("\"a\"")),
                        aggregateRows.get(i).substring(1));
                assertEquals(firstAggregate + i, number(event, "a"));
                assertEquals(nextRaw, number(event, "f"));
                nextRaw = number(event, "l") + 1;
            }
        }
    }

    private static String price(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"([0-9.]+)\"").matcher(json);
        assertTrue(matcher.find(), json);
        return matcher.group(1);
    }

    @Test
    void makesBarsThatAreTheSumOfTheirTrades() throws Exception {
        try (Exchange exchange = start(new Speed(3_600));
                Client client = new Client(exchange)) {
            String bars = "[]";
            long deadline = System.nanoTime() + Client.PATIENCE_SECONDS * 1_000_000_000L;
            while (bars.split("],\\[", -1).length < 8 && System.nanoTime() < deadline) {
                bars = client.body("/api/v3/klines?symbol=ETHUSDT&interval=5m");
            }
            String[] bar =
                    bars.substring(2).split("],\\[", -1)[5].replace("\"", "").split(",", -1);
            long start = Long.parseLong(bar[0]);
            String[] minutes = client.body("/api/v3/klines?symbol=ETHUSDT&interval=1m&limit=5&startTime=" + start)
                    .split("],\\[", -1);
            List<String> trades = tapeBetween(client, "ETHUSDT", start, start + 300_000);
            BigDecimal volume = BigDecimal.ZERO;
            BigDecimal bought = BigDecimal.ZERO;
            BigDecimal quote = BigDecimal.ZERO;
            BigDecimal high = BigDecimal.ZERO;
            for (String trade : trades) {
                String[] cells = trade.split(",", -1);
                BigDecimal size = new BigDecimal(cells[2]);
                volume = volume.add(size);
                bought = cells[4].equals("false") ? bought.add(size) : bought;
                quote = quote.add(size.multiply(new BigDecimal(cells[1])));
                high = high.max(new BigDecimal(cells[1]));
            }
            assertEquals(trades.size(), Integer.parseInt(bar[8]));
            assertEquals(trades.getFirst().split(",", -1)[1], bar[1]);
            assertEquals(high, new BigDecimal(bar[2]));
            assertEquals(trades.getLast().split(",", -1)[1], bar[4]);
            assertEquals(volume, new BigDecimal(bar[5]));
            assertEquals(0, quote.compareTo(new BigDecimal(bar[7])));
            assertEquals(bought, new BigDecimal(bar[9]));
            BigDecimal sum = BigDecimal.ZERO;
            for (String minute : minutes) {
                sum = sum.add(new BigDecimal(minute.replace("\"", "").split(",", -1)[5]));
            }
            assertEquals(volume, sum);
        }
    }

    /** The lines of the true tape with times in milliseconds from start to before end. */
    private static List<String> tapeBetween(Client client, String symbol, long start, long end) throws Exception {
        List<String> found = new ArrayList<>();
        long next = 0;
        while (true) {
            List<String> lines = client.body("/sim/tape?limit=100000&symbol=" + symbol + "&fromId=" + next)
                    .lines()
                    .skip(1)
                    .toList();
            for (String line : lines) {
                String[] cells = line.split(",", -1);
                long millis = Long.parseLong(cells[3]) / 1_000;
                if (millis >= end) {
                    return found;
                }
                if (millis >= start) {
                    found.add(line);
                }
                next = Long.parseLong(cells[0]) + 1;
            }
            assertFalse(lines.isEmpty(), "the tape ends before " + end);
        }
    }

    @Test
    void goesOnAfterACloseWithTheNextTradeAndTheSameTape() throws Exception {
        String state;
        String tape;
        try (Exchange exchange = start(FAST);
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/xrpusdt@aggTrade")) {
            socket.next(500);
        }
        try (Exchange exchange = start(new Speed(1e-9));
                Client client = new Client(exchange)) {
            state = client.body("/sim/state");
            tape = client.body("/sim/tape?symbol=XRPUSDT&limit=100000");
        }
        try (Exchange exchange = start(FAST);
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/xrpusdt@trade")) {
            socket.next(100);
            String longer = client.body("/sim/tape?symbol=XRPUSDT&limit=100000");
            assertTrue(longer.startsWith(tape), "the tape has changed");
            assertTrue(number(client.body("/api/v3/time"), "serverTime") > number(state, "tapeTime") / 1_000);
        }
        assertConsecutive(tape);
    }

    private static void assertConsecutive(String tape) {
        long before = -1;
        for (String line : tape.lines().skip(1).toList()) {
            long id = Long.parseLong(line.substring(0, line.indexOf(',')));
            assertTrue(before < 0 || id == before + 1, id + " after " + before);
            before = id;
        }
    }

    @Test
    void goesOnWhereItWasKilled() throws Exception {
        long sentTrade = 0;
        long sentAggregate = 0;
        long sentTime = 0;
        for (int round = 0; round < 3; round++) {
            Process process = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            EndlessExchange.class.getName(),
                            Long.toString(SEED),
                            round == 1 ? "max" : "600",
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                    Client client = new Client(Integer.parseInt(out.readLine()));
                    Socket socket = client.connect("/ws/btcusdt@trade/btcusdt@aggTrade")) {
                long first = -1;
                for (int i = 0; i < 3_000; i++) {
                    String event = socket.next();
                    if (event.startsWith("{\"e\":\"trade\"")) {
                        first = first < 0 ? number(event, "t") : first;
                        sentTime = Math.max(sentTime, number(event, "T"));
                        sentTrade = number(event, "t");
                    } else {
                        sentAggregate = number(event, "a");
                    }
                }
                process.destroyForcibly().waitFor();
            }
            try (Exchange exchange = start(new Speed(1e-9));
                    Client client = new Client(exchange)) {
                String state = client.body("/sim/state");
                String btcusdt = state.substring(state.indexOf("BTCUSDT"));
                assertTrue(number(btcusdt, "lastTradeId") >= sentTrade, state);
                assertTrue(number(btcusdt, "lastAggregateId") >= sentAggregate, state);
                assertTrue(number(state, "tapeTime") / 1_000 >= sentTime, state);
            }
        }
        try (Exchange exchange = start(new Speed(1e-9));
                Client client = new Client(exchange)) {
            assertConsecutive(client.body("/sim/tape?symbol=BTCUSDT&limit=100000"));
            assertConsecutive(client.body("/sim/tape?symbol=BTCUSDT&kind=aggregate&limit=100000"));
        }
    }

    @Test
    void refusesAFolderThatIsInUseOrOfAnotherSeed() throws Exception {
        try (Exchange exchange = start(FAST)) {
            assertTrue(exchange.port() > 0);
            String message = assertThrows(UnusableSourceException.class, () -> start(FAST))
                    .getMessage();
            assertTrue(message.contains("is being played by another exchange"), message);
        }
        String message = assertThrows(
                        UnusableSourceException.class, () -> Exchange.start(EndlessExchange.config(8, FAST, folder)))
                .getMessage();
        assertEquals(
                "The saved market is that of seed 7, not 8; start it with its own seed or choose another folder.",
                message);
    }

    @Test
    void keepsADamagedMarketAsideAndBeginsANewOneTheNextTime() throws Exception {
        playAWhile();
        damage(folder.resolve("played"), 0, 200);
        Path aside = folder.resolve("damaged-1");
        assertEquals(
                "The saved market in %s is damaged; its files were kept in %s, and the next start begins a new market."
                        .formatted(folder, aside),
                assertThrows(UnusableSourceException.class, () -> start(FAST)).getMessage());
        assertTrue(Files.exists(aside.resolve("played")));
        assertTrue(Files.exists(aside.resolve("BTCUSDT.minutes")));
        playAWhile();
    }

    @Test
    void beginsAnewWhereItWasKilledWhileItBegan() throws Exception {
        byte[] begun = new byte[200]; // zeros, as mapping leaves a new file
        begun[3] = 77; // and some of the header
        Files.write(folder.resolve("played"), begun);
        playAWhile();
        assertTrue(Files.notExists(folder.resolve("damaged-1")));
    }

    @Test
    void keepsTheMinutesOfALostNoteAside() throws Exception {
        playAWhile();
        Files.write(folder.resolve("played"), new byte[200]);
        assertThrows(UnusableSourceException.class, () -> start(FAST));
        playAWhile();
        assertTrue(Files.exists(folder.resolve("damaged-1").resolve("BTCUSDT.minutes")));
    }

    @Test
    void makesDamagedMinutesAnew() throws Exception {
        playAWhile();
        String tape = wholeTape();
        Path minutes = folder.resolve("BTCUSDT.minutes");
        byte[] before = Files.readAllBytes(minutes);
        damage(minutes, 0, 40); // the first minute
        damage(minutes, before.length / 2, before.length / 2 + 600); // in the middle
        try (RandomAccessFile file = new RandomAccessFile(minutes.toFile(), "rw")) {
            file.setLength(before.length - 100); // cut short
        }
        assertEquals(tape, wholeTape());
    }

    private void playAWhile() throws Exception {
        try (Exchange exchange = start(new Speed(3_600));
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/btcusdt@trade")) {
            socket.next(20_000);
        }
    }

    private String wholeTape() throws Exception {
        try (Exchange exchange = start(new Speed(1e-9));
                Client client = new Client(exchange)) {
            return client.body("/sim/tape?symbol=BTCUSDT&limit=100000")
                    + client.body("/sim/tape?symbol=BTCUSDT&kind=aggregate&limit=100000");
        }
    }

    private static void damage(Path file, int from, int to) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = from; i < Math.min(to, bytes.length); i++) {
            bytes[i] ^= 0x55;
        }
        Files.write(file, bytes);
    }

    @Test
    void closesAClientThatDoesNotReadAtAFiniteSpeed() throws Exception {
        try (Exchange exchange = start(new Speed(3_600));
                Client client = new Client(exchange);
                Socket reading = client.connect("/ws/xrpusdt@kline_1m");
                RawSocket deaf = new RawSocket(exchange.port(), "/ws/btcusdt@trade/ethusdt@trade/solusdt@trade")) {
            long deadline = System.nanoTime() + Client.PATIENCE_SECONDS * 1_000_000_000L;
            while (number(client.body("/sim/state"), "slowCloses") == 0) {
                reading.next();
                assertTrue(System.nanoTime() < deadline, client.body("/sim/state"));
            }
            assertEquals("1008 Slow consumer", deaf.nextClose());
            assertEquals(1, number(client.body("/sim/state"), "slowCloses"));
            assertEquals(1, number(client.body("/sim/state"), "clients"));
        }
    }

    @Test
    void keepsNothingWithoutAFolder() throws Exception {
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(SEED, Optional.empty()));
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange)) {
            long now = System.currentTimeMillis();
            long ahead = number(client.body("/api/v3/time"), "serverTime") - now;
            assertTrue(Math.abs(ahead) < 5_000, "ms ahead: " + ahead);
            assertTrue(client.body("/api/v3/exchangeInfo").contains("\"DOGEUSDT\""));
        }
    }
}
