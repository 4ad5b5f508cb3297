package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.Progress;
import io.tapekeeper.exchange.faults.Schedule;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.venue.ConnectionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --redundant}: every trade comes twice, and is stored once. */
class RedundantSocketsTest {
    private static final long SEED = 12;
    private static final int ENOUGH = 2_000;
    private static final Duration LOOK = Duration.ofMillis(50);

    @TempDir
    Path folder;

    @Test
    @Timeout(60)
    void twoSocketsThatBreakAndLoseTradesMakeOneWholeTape() throws Exception {
        Schedule often = Schedule.after(Progress.trades(500)).repeated(Progress.trades(900), 3);
        FaultPlan plan = FaultPlan.of(
                SEED,
                new Fault.Drop(often, Fault.Drop.How.RESET),
                new Fault.Frame(often, Fault.Frame.Trick.SKIP),
                new Fault.Frame(often, Fault.Frame.Trick.DUPLICATE));
        Path db = folder.resolve("tape.db");
        RecordOptions options = RecordOptions.of("BTCUSDT");
        options.redundant = true;
        Tuning tuning = Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS.faster(20));
        try (Exchange market =
                Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(SEED, Optional.empty()))
                        .withSpeed(new Speed(30))
                        .withFaults(plan))) {
            long taken;
            try (Running running = new Running(options, db, market.port(), market.port(), tuning)) {
                do {
                    running.goOn(LOOK);
                    taken = running.counted("trades_total");
                } while (taken < ENOUGH
                        || market.tradesSent() < 3 * taken / 2 // one socket alone: never
                        || market.faultsInjected().getOrDefault("drop", 0L) == 0
                        || !Judge.isWhole(db));
            }
            new Judge(market.port(), folder).assertWhole(db, "seed " + SEED);
            assertTrue(market.traffic().upgradeAttempts() >= 3, "two, and one again");
            assertEquals(0, market.traffic().answers().getOrDefault(429, 0L));
        }
    }
}
