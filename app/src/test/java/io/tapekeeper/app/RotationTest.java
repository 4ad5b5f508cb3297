package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The venue ends every connection at an age, here that of one minute of the tape: a tape recorded
 * over it has every trade once. The market runs sixty times faster than life.
 */
class RotationTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final int SPEED = 60;
    private static final Duration AGE = Duration.ofMinutes(1).dividedBy(SPEED);

    @TempDir Path folder;

    @Test
    @Timeout(180)
    void threeMinutesWithARotationEachLoseNothing() throws Exception {
        record(3, 11);
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void anHourWithARotationEveryMinuteLosesNothing() throws Exception {
        record(60, System.nanoTime());
    }

    private void record(int minutes, long seed) throws Exception {
        Path db = folder.resolve("tape.db");
        String context = "seed " + seed;
        try (Exchange market =
                Exchange.start(
                        ExchangeConfig.of(
                                        new ExchangeConfig.Source.Synthetic(seed, Optional.empty()))
                                .withSpeed(new Speed(SPEED))
                                .withFaults(FaultPlan.of(seed, new Fault.Rotate(AGE))))) {
            try (RecorderProcess recorder =
                    RecorderProcess.tuned(
                            db, market, RecorderProcess.Patience.SIXTIETH, TAPE.symbol())) {
                await(context)
                        .atMost(AGE.multipliedBy(minutes).plusSeconds(90))
                        .until(() ->
                                !recorder.isAlive()
                                        || (RecorderProcess.length(db, TAPE).toMinutes() >= minutes
                                                && RecorderProcess.whole(db, TAPE)));
                recorder.stop();
            }
            new Judge(market.port(), folder).assertWhole(db, context);
            long rotations = market.faultsInjected().get("rotate");
            System.out.println(rotations + " rotations");
            assertTrue(rotations >= minutes / 3, context + ": only " + rotations + " rotations");
        }
    }
}
