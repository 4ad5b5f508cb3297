package io.tapekeeper.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.capture.CaptureSource;
import io.tapekeeper.exchange.market.SymbolTape;
import io.tapekeeper.exchange.market.TapeSource;
import io.tapekeeper.exchange.play.Player;
import io.tapekeeper.exchange.play.Player.State;
import io.tapekeeper.exchange.play.Speed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The player where things go wrong, or nothing goes on for long. */
@Timeout(60)
class PlayerTest {
    @TempDir
    Path folder;

    /** A source that breaks as soon as something has been played. */
    private record Breaking(TapeSource of) implements TapeSource {
        @Override
        public String kind() {
            return of.kind();
        }

        @Override
        public String detail() {
            return of.detail();
        }

        @Override
        public List<? extends SymbolTape> tapes() {
            return of.tapes();
        }

        @Override
        public long startTime() {
            return of.startTime();
        }

        @Override
        public boolean waitsForSubscriber() {
            return of.waitsForSubscriber();
        }

        @Override
        public long resumesAfter(int tape) {
            return of.resumesAfter(tape);
        }

        @Override
        public void played(long tapeTime, long[] lastIds) {
            throw new InternalError("a fault occurred in an unsafe memory access");
        }

        @Override
        public void close() {
            of.close();
        }
    }

    @Test
    void saysThatItHasFailedAndWhy() throws Exception {
        TapeSource source = new Breaking(new CaptureSource(List.of(TinyMarket.write(folder))));
        try (Player player = new Player(source, source.tapes(), Speed.REAL_TIME)) {
            player.start();
            assertEquals(State.WAITING, player.state());
            assertEquals(Optional.empty(), player.failure());
            player.begin();
            while (player.failure().isEmpty()) {
                LockSupport.parkNanos(500_000);
            }
            assertEquals(State.FAILED, player.state());
            String reason = player.failure().orElseThrow();
            assertTrue(reason.endsWith("a fault occurred in an unsafe memory access"), reason);
        }
    }

    @Test
    void leavesNoMinuteOutForWhoWantsKlines() throws Exception {
        Path late = folder.resolve("late.txt");
        Files.writeString(late, TinyMarket.trade(107, 301_000, "11.00000000", "1.00000000", false));
        ExchangeConfig config = ExchangeConfig.of(
                        new ExchangeConfig.Source.Capture(List.of(TinyMarket.write(folder), late)))
                .withSpeed(Speed.MAX);
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Client.Socket socket = client.connect("/ws/abcusdt@trade/abcusdt@kline_1m")) {
            List<String> closed = new ArrayList<>();
            for (String event = socket.next(); !event.contains("\"t\":107,"); event = socket.next()) {
                if (event.contains("\"x\":true")) {
                    closed.add(event.replaceAll(".*\"k\":\\{\"t\":([0-9]+),.*", "$1"));
                }
            }
            List<String> minutes = new ArrayList<>(); // 10:00 to 10:04, of which the last two are empty
            for (int minute = 0; minute < 5; minute++) {
                minutes.add(Long.toString(TinyMarket.TEN + minute * 60_000L));
            }
            assertEquals(minutes, closed);
        }
    }

    @Test
    void jumpsOverTheYearsBetweenTwoRecordings() throws Exception {
        long years = 40L * 365 * 86_400_000;
        Path late = folder.resolve("late.txt");
        Files.writeString(late, TinyMarket.trade(107, years, "11.00000000", "1.00000000", false));
        Path early = TinyMarket.write(folder);
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Capture(List.of(early, late)))
                .withSpeed(Speed.MAX);
        try (Exchange exchange = Exchange.start(config);
                Client client = new Client(exchange);
                Client.Socket socket = client.connect("/ws/abcusdt@trade")) {
            long start = System.nanoTime();
            assertTrue(client.body("/sim/state").contains("\"source\":\"capture\""));
            assertTrue(socket.next(8).getLast().contains("\"t\":107,"));
            client.awaitState("ended");
            assertEquals(
                    8, client.body("/sim/tape?symbol=ABCUSDT").lines().skip(1).count());
            String newest = client.body("/api/v3/aggTrades?symbol=ABCUSDT&limit=2");
            assertTrue(newest.contains("\"l\":106,") && newest.contains("\"l\":107,"), newest);
            String day = "klines?symbol=ABCUSDT&interval=1d&limit=1&startTime=1709337600000";
            assertTrue( // the day after the first recording: nothing, at the close before
                    client.body("/api/v3/" + day).startsWith("[[1709337600000,\"10.20000000\",\"10.20000000\""));
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(millis < 10_000, "it took " + millis + " ms");
        }
    }
}
