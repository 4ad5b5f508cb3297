package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.app.terminal.KeyValueFormat;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.recorder.health.SystemHealthMonitor;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.venue.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What is said of a machine whose clock is not that of the exchange. */
@Timeout(120)
@Isolated("listens to the process's log, and reads what the process prints")
class WrongClockTest {
    private static final Duration AHEAD = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private static Exchange market() throws IOException {
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(7, Optional.empty())));
    }

    @Test
    void aRecorderAlertsOfAClockThatIsFiveSecondsBehindTheExchange() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        Handler ear = new Handler() {
            @Override
            public void publish(LogRecord said) {
                heard.add(new KeyValueFormat().formatMessage(said));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(SystemHealthMonitor.class.getName());
        log.addHandler(ear);
        try (Exchange exchange = market();
                UnknownMarket unknown = new UnknownMarket(exchange, AHEAD);
                Running running = new Running(
                        RecordOptions.of("BTCUSDT"),
                        folder.resolve("tape.db"),
                        unknown.port(),
                        exchange.port(),
                        Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS))) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> heard.stream().anyMatch(said -> said.contains("(clock)")));
        } finally {
            log.removeHandler(ear);
        }
        assertTrue(
                heard.stream().anyMatch(said -> said.contains("This machine's clock is 5.0 s behind the venue's")),
                heard.toString());
    }

    private static Said doctor(int restPort, int streamPort, Path db) {
        return Said.by(
                "doctor",
                "--db",
                db.toString(),
                "--port",
                "0",
                "--rest-url",
                "http://127.0.0.1:" + restPort,
                "--stream-url",
                "ws://127.0.0.1:" + streamPort);
    }

    @Test
    void theDoctorComparesTheClockWithARealExchangeOnly() throws IOException {
        Path db = folder.resolve("none.db");
        try (Exchange exchange = market();
                UnknownMarket unknown = new UnknownMarket(exchange, AHEAD)) {
            Said wrong = doctor(unknown.port(), exchange.port(), db);
            assertEquals(1, wrong.exitCode(), wrong.out());
            assertTrue(wrong.out().matches("(?s).*WRONG  clock +[45]\\.\\d+ s behind.*"), wrong.out());
            Said played = doctor(exchange.port(), exchange.port(), db);
            assertEquals(0, played.exitCode(), played.out());
            assertTrue(played.out().contains("note   clock  not compared"), played.out());
        }
    }
}
