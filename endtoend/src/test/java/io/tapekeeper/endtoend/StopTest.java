package io.tapekeeper.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One request to stop ends everything within two seconds, whatever it was doing. */
@Timeout(60)
class StopTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private Tapekeeper run(int restPort, String... more) throws IOException {
        String[] words = {
            "run",
            "--rest-url",
            "http://127.0.0.1:" + restPort,
            "--stream-url",
            "ws://127.0.0.1:" + restPort,
            "--db",
            folder.resolve("tape.db").toString(),
            "--port",
            "0"
        };
        String[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return Tapekeeper.start(folder, all);
    }

    private static void assertEndsInTime(Tapekeeper tapekeeper) throws InterruptedException {
        Duration took = tapekeeper.stop();
        assertTrue(took.compareTo(LIMIT) < 0, "it took " + took + ": " + tapekeeper.output());
        assertEquals(0, tapekeeper.exitCode(), tapekeeper.output());
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aVenueThatCannotBeReachedIsSaidOnceAndDoesNotHoldUpTheEnd() throws Exception {
        try (Tapekeeper run = run(unusedPort())) {
            run.awaitOutput("retrying until it can be reached");
            assertEndsInTime(run);
            assertEquals(1, run.output().split("retrying until", -1).length - 1, run.output());
        }
    }

    @Test
    void aVenueThatNeverAnswersDoesNotHoldUpTheEnd() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Tapekeeper run = run(silent.getLocalPort())) {
            run.page();
            silent.accept(); // asked, and never answered
            assertEndsInTime(run);
        }
    }

    @Test
    void forEndsInTimeAlsoWhereTheVenueWasNeverReached() throws Exception {
        try (Tapekeeper run = run(unusedPort(), "--for", "1s")) {
            assertEquals(0, run.awaitEnd(Duration.ofSeconds(15)), run.output());
        }
    }

    @Test
    void aWrongSettingOfTheDemoEndsWithItsOwnCode() throws Exception {
        try (Tapekeeper demo = Tapekeeper.start(
                folder,
                "demo",
                "--speed",
                "bogus",
                "--db",
                folder.resolve("demo.db").toString())) {
            assertEquals(2, demo.awaitEnd(Duration.ofSeconds(15)), demo.output());
            assertTrue(demo.output().contains("--speed"), demo.output());
        }
    }

    @Test
    void theDemoRefusesAStoreOfRealTrades() throws Exception {
        Path db = folder.resolve("tape.db");
        TapeId real = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, false);
        try (var recorder = Recorder.open(db, Durability.NORMAL)) {
            recorder.trade(real, new Trade(1, 100, 100, Side.BUY, 1, 1, 1));
            recorder.checkpoint(
                    new Series(real, new Instrument("binance", "BTCUSDT", 0, 0), "classic", Interval.SECOND),
                    1,
                    0,
                    new byte[0]);
        }
        try (Tapekeeper demo = Tapekeeper.start(folder, "demo", "--db", db.toString())) {
            assertEquals(2, demo.awaitEnd(Duration.ofSeconds(15)), demo.output());
            assertTrue(demo.output().contains("holds real trades"), demo.output());
        }
    }
}
