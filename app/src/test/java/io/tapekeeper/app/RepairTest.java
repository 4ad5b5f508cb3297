package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.Cause;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.binance.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is missed comes later, and then it is as if it had never been missing. */
@Timeout(120)
class RepairTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path folder;

    private Exchange market(long seed, int speed) throws IOException {
        return Exchange.start(
                ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.empty()))
                        .withSpeed(new Speed(speed)));
    }

    private static Running recorder(Path db, int restPort, int streamPort, RepairSettings repair) {
        return new Running(
                RecordOptions.of("BTCUSDT"),
                db,
                restPort,
                streamPort,
                Running.tuning(Settings.defaults(), repair));
    }

    private static long stored(Path db) {
        if (!db.toFile().exists()) {
            return 0;
        }
        try (History history = History.open(db)) {
            return history.tradeCount(TAPE);
        } catch (io.tapekeeper.store.StoreException e) {
            return 0; // it is just being made
        }
    }

    private static boolean whole(Path db) {
        try (History history = History.open(db)) {
            return history.openGaps(TAPE).isEmpty();
        }
    }

    private static void awaitMore(Path db, int trades) {
        long target = stored(db) + trades;
        await().atMost(PATIENCE).until(() -> stored(db) >= target);
    }

    /** So many more trades have happened, recorded or not. */
    private void awaitPlayed(int port, int trades) {
        Judge judge = new Judge(port, folder);
        long target = lastId(judge) + trades;
        await().atMost(PATIENCE).until(() -> lastId(judge) >= target);
    }

    private static long lastId(Judge judge) {
        Matcher last =
                Pattern.compile("\"symbol\":\"BTCUSDT\".*?\"lastAggregateId\":(-?\\d+)")
                        .matcher(judge.get("/sim/state"));
        assertTrue(last.find());
        return Long.parseLong(last.group(1));
    }

    @Test
    void aHoleThatIsFilledInTimeIsNeverSeen() throws Exception {
        Path db = folder.resolve("tape.db");
        try (Exchange market = market(1, 20);
                Cable cable = new Cable(market.port())) {
            try (Running running =
                    recorder(db, market.port(), cable.port(), RepairSettings.DEFAULTS)) {
                awaitMore(db, 300);
                for (int round = 0; round < 3; round++) {
                    cable.cut();
                    awaitPlayed(market.port(), 100);
                    cable.mend();
                    awaitMore(db, 300);
                }
            }
            new Judge(market.port(), folder).assertWhole(db, "seed 1");
            try (History history = History.open(db)) {
                assertEquals(List.of(), history.gaps(TAPE), "nothing had to be given up");
            }
        }
    }

    @Test
    void aHoleThatIsGivenUpIsFilledLaterAndTheRowsAreComputedAnew() throws Exception {
        Path db = folder.resolve("tape.db");
        try (Exchange market = market(2, 20);
                Cable cable = new Cable(market.port())) {
            RepairSettings impatient = // nobody fills a hole while the tape would wait for it
                    RepairSettings.DEFAULTS.withHoldBack(Duration.ZERO, Duration.ofDays(1));
            try (Running running = recorder(db, market.port(), cable.port(), impatient)) {
                awaitMore(db, 300);
                for (int round = 0; round < 3; round++) {
                    cable.cut();
                    awaitPlayed(market.port(), 300);
                    cable.mend();
                    awaitMore(db, 300);
                }
                await().atMost(PATIENCE).until(() -> whole(db));
                awaitMore(db, 300);
                await().atMost(PATIENCE).until(() -> whole(db));
            }
            new Judge(market.port(), folder).assertWhole(db, "seed 2");
            try (History history = History.open(db)) {
                List<LedgerEntry> ledger = history.gaps(TAPE);
                assertTrue(!ledger.isEmpty(), "a hole was given up");
                for (LedgerEntry entry : ledger) {
                    assertEquals(Cause.MISSED, entry.cause());
                    assertEquals(Optional.of("rest"), entry.repairedBy());
                }
            }
        }
    }
}
