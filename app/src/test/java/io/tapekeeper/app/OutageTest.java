package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.venue.ConnectionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sockets end, and REST may not answer either: what is told is what is true. */
@Timeout(120)
class OutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DISCONNECTED = "BTCUSDT disconnected";
    private static final String CONNECTED = "BTCUSDT connected";

    @TempDir
    Path folder;

    @Test
    void aTapeIsLiveByRestOnlyAsLongAsRestAnswers() throws Exception {
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(6, Optional.empty()))
                .withSpeed(new Speed(20));
        try (Exchange market = Exchange.start(config);
                Cable sockets = new Cable(market.port());
                Cable rest = new Cable(market.port());
                Running running = new Running(
                        RecordOptions.of("BTCUSDT"),
                        folder.resolve("tape.db"),
                        rest.port(),
                        sockets.port(),
                        Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS.faster(20)))) {
            await().atMost(PATIENCE).until(() -> running.counted("trades_total") >= 200);
            assertEquals(0, running.counted("feed_by_rest"));

            sockets.cut();
            await().atMost(PATIENCE).until(() -> running.counted("feed_by_rest") == 1);
            long before = running.counted("followed_trades_total");
            await().atMost(PATIENCE) // seconds: long enough to be told live, where nothing was said
                    .until(() -> running.counted("followed_trades_total") >= before + 600
                            && !last(running).equals(DISCONNECTED));

            rest.cut();
            await().atMost(PATIENCE).until(() -> last(running).equals(DISCONNECTED));
            String said = running.said();
            running.goOn(Duration.ofSeconds(3)); // three looks at the health
            String since = running.said().substring(said.length());
            assertTrue(!since.contains(CONNECTED), since);
            assertEquals(0, running.counted("feed_by_rest"));

            rest.mend();
            sockets.mend();
            await().atMost(PATIENCE).until(() -> last(running).equals(CONNECTED));
        }
    }

    /** Which of the two was said last; empty where none was. */
    private static String last(Running running) {
        String said = running.said();
        int down = said.lastIndexOf(DISCONNECTED);
        int up = said.lastIndexOf(CONNECTED);
        return down == up ? "" : up > down ? CONNECTED : DISCONNECTED;
    }
}
