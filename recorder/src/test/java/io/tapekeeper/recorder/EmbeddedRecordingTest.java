package io.tapekeeper.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.venue.binance.Binance;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program of its own can record: no command line, no page. */
@Timeout(60)
class EmbeddedRecordingTest {
    @TempDir
    Path folder;

    @Test
    void tenLinesRecordACompleteTapeFromTheLocalExchange() throws Exception {
        Path db = folder.resolve("tape.db");
        ExchangeConfig market =
                ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(7, Optional.of(folder.resolve("market"))));
        try (Exchange exchange = Exchange.start(market)) {
            URI rest = URI.create("http://127.0.0.1:" + exchange.port());
            URI streams = URI.create("ws://127.0.0.1:" + exchange.port());
            RecordingPlan plan = RecordingPlan.of(db, "BTCUSDT").lasting(Duration.ofSeconds(5));
            new Recording(
                            plan,
                            () -> Binance.at(rest, streams),
                            RecordingSettings.on(InstantSource.system(), System::nanoTime),
                            new Shutdown(),
                            Surroundings.NONE)
                    .run();
        }

        try (History history = History.open(db)) {
            Series series = history.series().getFirst();
            IdRange ids = history.reach(series.tape()).orElseThrow();
            assertTrue(ids.count() > 1, "recorded " + ids);
            assertEquals(ids.count(), history.tradeCount(series.tape()));
        }
    }
}
