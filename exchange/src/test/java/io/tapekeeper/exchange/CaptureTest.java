package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Client.Socket;
import io.tapekeeper.exchange.market.UnusableSourceException;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.exchange.socket.SocketRules;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of the real market, played. */
class CaptureTest {
    private static final Path DATA = Path.of(System.getProperty("tapekeeper.shared"), "data");
    private static final Path BTCUSDT = DATA.resolve("wire/hft_binance_spot_btcusdt_20240808.txt.gz");
    private static final Path ETHUSDT = DATA.resolve("wire/hft_binance_spot_ethusdt_20240808.txt.gz");
    private static final Path KLINES = DATA.resolve("klines/binance_spot_BTCUSDT_1m_20240726_20240825.csv.gz");
    private static final int TRADES = 9_757;
    private static final long FIRST_ID = 3_735_683_259L;

    private static ExchangeConfig config(Path... files) {
        for (Path file : files) {
            Assumptions.assumeTrue(Files.exists(file), "no recording " + file);
        }
        return ExchangeConfig.of(new ExchangeConfig.Source.Capture(List.of(files)))
                .withSpeed(Speed.MAX);
    }

    private static BufferedReader lines(Path file) throws IOException {
        return new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
    }

    private static String field(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        assertTrue(matcher.find(), json);
        return matcher.group(1);
    }

    private static List<String> recorded(Path file, String stream) throws IOException {
        try (BufferedReader lines = lines(file)) {
            return lines.lines()
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .filter(frame -> frame.startsWith("{\"stream\":\"" + stream + "\""))
                    .toList();
        }
    }

    @Test
    void tellsEveryFrameOfARecordingAsItWas() throws Exception {
        try (Exchange exchange = Exchange.start(config(BTCUSDT));
                Client client = new Client(exchange);
                Socket socket = client.connect("/stream?streams=btcusdt@trade")) {
            List<String> recorded = recorded(BTCUSDT, "btcusdt@trade");
            assertEquals(TRADES, recorded.size());
            for (String frame : recorded) {
                // E never goes back here, though it does 11 times in the recording.
                String told = socket.next();
                if (Long.parseLong(field(told, "E")) == Long.parseLong(field(frame, "E"))) {
                    assertEquals(frame, told);
                } else {
                    assertEquals(frame.replaceAll("\"E\":[0-9]+", ""), told.replaceAll("\"E\":[0-9]+", ""));
                }
            }
        }
    }

    @Test
    void makesTheExchangesOwnMinuteBars() throws Exception {
        Map<Long, String[]> real = new HashMap<>();
        try (Exchange exchange = Exchange.start(config(BTCUSDT));
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/btcusdt@trade");
                BufferedReader lines = lines(KLINES)) {
            lines.lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .forEach(row -> real.put(Long.parseLong(row[0]), row));
            socket.next(TRADES);
            client.awaitState("ended");
            long firstFull = 1_723_161_300_000L; // 2024-08-08 23:55
            String bars = client.body("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=5&startTime=" + firstFull);
            String[] rows = bars.substring(2, bars.length() - 2).split("],\\[", -1);
            assertEquals(5, rows.length);
            for (int i = 0; i < 5; i++) {
                String[] bar = rows[i].replace("\"", "").split(",", -1);
                String[] same = real.get(firstFull + i * 60_000L);
                assertEquals(same[0], bar[0]);
                for (int column = 1; column <= 5; column++) {
                    BigDecimal expected = new BigDecimal(same[column]);
                    assertEquals(
                            0,
                            expected.compareTo(new BigDecimal(bar[column])),
                            rows[i] + " is not " + String.join(",", same));
                }
            }
        }
    }

    @Test
    void makesAggregatesThatTileTheRawTrades() throws Exception {
        try (Exchange exchange = Exchange.start(config(BTCUSDT));
                Client client = new Client(exchange);
                Socket socket = client.connect("/ws/btcusdt@aggTrade")) {
            List<String> recorded = recorded(BTCUSDT, "btcusdt@trade");
            long nextAggregate = FIRST_ID;
            int raw = 0;
            while (raw < recorded.size()) {
                String aggregate = socket.next();
                assertEquals(nextAggregate++, Long.parseLong(field(aggregate, "a")));
                assertEquals(FIRST_ID + raw, Long.parseLong(field(aggregate, "f")));
                BigDecimal size = BigDecimal.ZERO;
                long last = Long.parseLong(field(aggregate, "l"));
                for (; raw < recorded.size() && FIRST_ID + raw <= last; raw++) {
                    String trade = recorded.get(raw);
                    for (String same : List.of("p", "T", "m")) {
                        assertEquals(field(trade, same), field(aggregate, same));
                    }
                    size = size.add(new BigDecimal(field(trade, "q")));
                }
                assertEquals(0, size.compareTo(new BigDecimal(field(aggregate, "q"))), aggregate);
            }
            client.awaitState("ended");
            assertEquals(0, socket.waiting());
        }
    }

    @Test
    void playsSeveralRecordingsTogetherInTheOrderOfTime() throws Exception {
        try (Exchange exchange = Exchange.start(config(BTCUSDT, ETHUSDT));
                Client client = new Client(exchange);
                Socket socket = client.connect("/stream?streams=btcusdt@trade/ethusdt@trade")) {
            long time = 0;
            for (int i = 0; i < TRADES + 6_106; i++) {
                long next = Long.parseLong(field(socket.next(), "E"));
                assertTrue(next >= time, next + " after " + time);
                time = next;
            }
            client.awaitState("ended");
            assertEquals(0, socket.waiting());
            assertTrue(client.body("/api/v3/ticker/price").contains("ETHUSDT"));
        }
    }

    @Test
    void losesNothingAtFullSpeedToAClientThatReadsSlowly() throws Exception {
        SocketRules rules = new SocketRules(
                Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofHours(1), 1_024, 5, 300, 1 << 16);
        try (Exchange exchange = Exchange.start(config(BTCUSDT).withSocketRules(rules));
                Client client = new Client(exchange);
                Socket slow = client.connect("/ws", false)) {
            slow.read(1);
            slow.send(
                    "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@trade\",\"btcusdt@aggTrade\",\"btcusdt@bookTicker\"],\"id\":1}");
            assertEquals("{\"result\":null,\"id\":1}", slow.next());
            List<String> trades = new ArrayList<>();
            while (trades.size() < TRADES) {
                slow.read(1);
                String event = slow.next();
                if (event.startsWith("{\"e\":\"trade\"")) {
                    assertEquals(FIRST_ID + trades.size(), Long.parseLong(field(event, "t")));
                    trades.add(event);
                }
            }
            assertTrue(client.body("/sim/state").contains("\"slowCloses\":0"));
        }
    }

    @Test
    void saysInOneSentenceWhyARecordingCannotBePlayed(@TempDir Path folder) throws Exception {
        assertEquals("There is no recording nowhere.txt; check the name.", refusal(Path.of("nowhere.txt")));
        Path empty = Files.writeString(folder.resolve("empty.txt"), "nothing here\n");
        assertTrue(refusal(empty).startsWith("No trade frame was found in empty.txt; "));
        Path cut = Files.write(folder.resolve("cut.txt.gz"), new byte[] {31, (byte) 139, 8});
        assertTrue(refusal(cut).startsWith("The recording " + cut + " cannot be read: "));
    }

    private static String refusal(Path file) {
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Capture(List.of(file)));
        return assertThrows(UnusableSourceException.class, () -> Exchange.start(config))
                .getMessage();
    }
}
