package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holes that cost more than a few questions, while repairs have used up their share. */
@Timeout(120)
class LongHoleTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);

    /** A hole must not grow for as long as a cable that is mended has to wait for an attempt. */
    private static final ConnectionSettings SOON_BACK = new ConnectionSettings(
            ConnectionSettings.defaults().clock(),
            ConnectionSettings.defaults().requestTimeout(),
            ConnectionSettings.defaults().pollTimeout(),
            ConnectionSettings.defaults().firstRetry(),
            ConnectionSettings.defaults().firstRetry(),
            ConnectionSettings.defaults().refusedPause(),
            ConnectionSettings.defaults().sockets());

    private static final Duration PATIENCE = Duration.ofSeconds(25); // below a minute's share

    @TempDir
    Path folder;

    private final AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Instant.now().plus(passed.get());
    private final RateGovernor governor = RateGovernor.inMemory("the-venue", clock);

    @AfterEach
    void close() {
        governor.close();
    }

    private static Exchange market(long seed, int speed) throws IOException {
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.empty()))
                .withSpeed(new Speed(speed)));
    }

    private Running recorder(RecordOptions options, Path db, int rest, int streams, RepairSettings repair) {
        return new Running(options, db, rest, streams, new Tuning(SOON_BACK, repair, url -> governor));
    }

    private void useUpTheRepairs() {
        while (governor.waitFor(1, Priority.REPAIR).isZero()) {
            governor.take(1, Priority.REPAIR);
        }
    }

    private void awaitPlayed(Exchange market, int trades) {
        new Judge(market.port(), folder).awaitPlayed(trades, PATIENCE);
    }

    private static List<LedgerEntry> ledger(Path db) {
        if (!Files.exists(db)) {
            return List.of();
        }
        try (History history = History.open(db)) {
            return history.gaps(TAPE);
        } catch (StoreException e) {
            return List.of(); // it is just being made
        }
    }

    @Test
    void aLongHoleThatWaitsForItsTurnMakesNoOtherTapeWait() throws Exception {
        RepairSettings usual = RepairSettings.DEFAULTS;
        RepairSettings patient = new RepairSettings(
                Duration.ofMinutes(2), // longer than repairs have to wait
                usual.reach(),
                usual.look(),
                usual.askAgain(),
                usual.believe(),
                usual.firstRetry(),
                usual.longestRetry(),
                Duration.ofDays(1), // without a socket nothing comes
                usual.followEvery(),
                usual.doubtAfter());
        try (Exchange market = market(8, 200);
                Cable cable = new Cable(market.port());
                Running running = recorder(
                        RecordOptions.of("BTCUSDT", "SOLUSDT"), // a third as busy
                        folder.resolve("tape.db"),
                        market.port(),
                        cable.port(),
                        patient)) {
            await().atMost(PATIENCE).until(() -> running.counted("trades_total") >= 1_000);
            useUpTheRepairs();
            long before = running.counted("repaired_trades_total");
            cable.cut();
            awaitPlayed(market, 12_000);
            cable.mend();
            await("the short hole is filled while the long one waits")
                    .atMost(PATIENCE)
                    .until(() -> running.counted("repaired_trades_total") > before);
        }
    }

    @Test
    void aHoleThatIsTooLongAtAStartIsAGapAtOnceAndFilledInTheBackground() throws Exception {
        // It began 20 minutes of the tape ago, which is out of reach, and ends with the start.
        RepairSettings settings = RepairSettings.DEFAULTS.within(Duration.ofMinutes(10));
        Path db = folder.resolve("tape.db");
        try (Exchange market = market(9, 200)) {
            try (Running running = recorder(RecordOptions.of("BTCUSDT"), db, market.port(), market.port(), settings)) {
                await().atMost(PATIENCE).until(() -> running.counted("trades_total") >= 1_000);
            }
            awaitPlayed(market, 15_000); // a few pages of them may come as live
            useUpTheRepairs(); // for a minute: longer than a tape waits
            try (Running running = recorder(RecordOptions.of("BTCUSDT"), db, market.port(), market.port(), settings)) {
                await("live goes on at once").atMost(PATIENCE).until(() -> running.counted("trades_total") >= 1_000);
                await().atMost(PATIENCE).until(() -> !ledger(db).isEmpty());
                LedgerEntry hole = ledger(db).getFirst();
                assertTrue(hole.isOpen(), hole.toString());
                assertEquals(GapCause.MISSED, hole.cause());
                assertTrue(hole.gap().missing() >= 10_000, hole.toString());

                passed.set(Duration.ofSeconds(64)); // the share of repairs is free again
                await().atMost(PATIENCE).until(() -> ledger(db).stream().noneMatch(LedgerEntry::isOpen));
                running.goOn(Duration.ofMillis(1));
            }
            new Judge(market.port(), folder).assertWhole(db, "seed 9");
        }
    }
}
