package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.app.RecorderProcess.Patience;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The venue ends every connection at an age, here that of one minute of the tape: a tape recorded over it has every
 * trade once, whether the recorder is cut off or changes sockets in time. The market runs sixty times faster than life.
 */
class RotationTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final int SPEED = 60;
    private static final Duration AGE = Duration.ofMinutes(1).dividedBy(SPEED);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"SIXTIETH", "SIXTIETH_ROTATING"})
    @Timeout(180)
    void threeMinutesWithARotationEachLoseNothing(Patience patience) throws Exception {
        record(3, 11, patience);
    }

    @ParameterizedTest
    @EnumSource(names = {"SIXTIETH", "SIXTIETH_ROTATING"})
    @Tag("long")
    @Timeout(600)
    void anHourWithARotationEveryMinuteLosesNothing(Patience patience) throws Exception {
        record(60, System.nanoTime(), patience);
    }

    private void record(int minutes, long seed, Patience patience) throws Exception {
        Path db = folder.resolve("tape.db");
        String context = "seed " + seed;
        try (Exchange market =
                Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.empty()))
                        .withSpeed(new Speed(SPEED))
                        .withFaults(FaultPlan.of(seed, new Fault.Rotate(AGE))))) {
            try (RecorderProcess recorder = RecorderProcess.tuned(db, market, patience, TAPE.symbol())) {
                await(context)
                        .atMost(AGE.multipliedBy(minutes).plusSeconds(90))
                        .until(() -> !recorder.isAlive()
                                || (RecorderProcess.length(db, TAPE).toMinutes() >= minutes
                                        && RecorderProcess.whole(db, TAPE)));
                recorder.stop();
            }
            new Judge(market.port(), folder).assertWhole(db, context);
            long connections = market.traffic().upgradeAttempts();
            assertTrue(connections > minutes / 3, context + ": only " + connections + " sockets");
        }
    }
}
