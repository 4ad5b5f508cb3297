package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.Progress;
import io.tapekeeper.exchange.faults.Schedule;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A recorder may be killed at any moment: in its start, in the middle of a commit, while it waits at a hole, while rows
 * are being computed anew. In the end its store is the one of a recorder that was never killed. The market goes on
 * whether it is recorded or not, its sockets break now and then, and some of its answers are slow, so that there is
 * always something to repair.
 */
class KilledRecorderTest {
    private static final String SYMBOLS = "BTCUSDT,ETHUSDT";
    private static final List<TapeId> TAPES = List.of(
            new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true),
            new TapeId("binance", "ETHUSDT", TapeKind.AGGREGATE, true));
    private static final int SPEED = 8;
    private static final int LATEST_MILLIS = 3_000;
    private static final int MOST_STOPS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path db;
    private String context;

    @Test
    @Timeout(180)
    void sixKillsLeaveNoTrace() throws Exception {
        kill(6, 20_260_101, Duration.ofMinutes(1));
    }

    @Test
    @Tag("long")
    @Timeout(1_800)
    void aHundredKillsLeaveNoTrace() throws Exception {
        Kills kills = kill(100, System.nanoTime(), Duration.ofMinutes(20));
        System.out.println(kills);
        assertTrue(kills.beforeATrade > 0 && kills.atAHole > 0, context + ": " + kills);
    }

    @Test
    @Timeout(120)
    void aHoleFilledByWhoWasKilledBeforeTheRowsWereComputedIsComputedAnew() throws Exception {
        db = folder.resolve("tape.db");
        context = "seed 5";
        try (Exchange market = market(5)) {
            Judge judge = new Judge(market.port(), folder);
            for (TapeId tape : TAPES) {
                await().atMost(PATIENCE).until(() -> played(judge, tape).size() > 200);
            }
            try (Recorder recorder = Recorder.open(db, Durability.NORMAL)) {
                for (TapeId tape : TAPES) {
                    record(recorder, tape, played(judge, tape));
                }
            }
            finish(market, Duration.ZERO);
            judge.assertWhole(db, context);
        }
    }

    private static List<Trade> played(Judge judge, TapeId tape) {
        return judge.tape(tape, 0, Long.MAX_VALUE);
    }

    /** A hole is given up, and filled behind that. */
    private static void record(Recorder recorder, TapeId tape, List<Trade> trades) {
        Series series = new Series(
                tape,
                new Instrument(
                        tape.venue(),
                        tape.symbol(),
                        Decimals.parse("0.01"),
                        Decimals.parse(tape.symbol().equals("BTCUSDT") ? "0.00001" : "0.0001")),
                Preset.CLASSIC.label(),
                Interval.SECOND);
        LiveView view = new LiveView(100, System::nanoTime);
        view.addSeries(series, SeriesInfo.live(series, Preset.CLASSIC));
        TapePipeline watch = new TapePipeline(series, Preset.CLASSIC, recorder, view, HoldLimit.none());
        List<Trade> late = trades.subList(50, 150);
        trades.stream().filter(trade -> !late.contains(trade)).forEach(it -> watch.traded(it, 0));
        late.forEach(trade -> recorder.trade(tape, trade));
    }

    /** What the recorders were doing when they were killed. */
    private record Kills(int beforeATrade, int atAHole, int inTheLedger) {}

    private Kills kill(int times, long seed, Duration length) throws Exception {
        db = folder.resolve("tape.db");
        context = "seed " + seed;
        SplittableRandom random = new SplittableRandom(seed);
        try (Exchange market = market(seed)) {
            int beforeATrade = 0;
            int atAHole = 0;
            int inTheLedger = 0;
            for (int round = 1; round <= times; round++) {
                context = "seed %d, kill %d".formatted(seed, round);
                long before = stored();
                try (RecorderProcess recorder = start(market, random.nextBoolean())) {
                    if (random.nextBoolean()) { // else the moment may be one of its start
                        await(context + ": a trade is stored")
                                .atMost(PATIENCE)
                                .until(() -> stored() > before || !recorder.isAlive());
                    }
                    recorder.killAfter(Duration.ofMillis(random.nextInt(LATEST_MILLIS)));
                }
                beforeATrade += stored() == before ? 1 : 0;
                atAHole += Files.exists(db) && stored() > 0 && !whole() ? 1 : 0;
                inTheLedger += stored() > 0 && hasOpenEntries() ? 1 : 0;
            }
            context = "seed " + seed;
            finish(market, length);
            new Judge(market.port(), folder).assertWhole(db, context);
            return new Kills(beforeATrade, atAHole, inTheLedger);
        }
    }

    private static Exchange market(long seed) throws IOException {
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.empty()))
                .withSpeed(new Speed(SPEED))
                .withFaults(FaultPlan.of(
                        seed,
                        new Fault.Drop(Schedule.each(Progress.trades(700)), Fault.Drop.How.RESET),
                        new Fault.Slow(Schedule.each(Progress.requests(4)), Duration.ofMillis(400)))));
    }

    /** As a user does, or one that leaves every hole to the ledger. */
    private RecorderProcess start(Exchange market, boolean patient) throws IOException {
        return patient
                ? RecorderProcess.run(
                        db, market, RecorderProcess.QUICK_START, Map.of(), "--symbols", SYMBOLS, "--no-dashboard")
                : RecorderProcess.tuned(db, market, RecorderProcess.Patience.NONE, SYMBOLS);
    }

    /** Records on until the tape is long enough and whole, and ends as it should. */
    private void finish(Exchange market, Duration length) throws Exception {
        for (int stops = 0; stops < MOST_STOPS; stops++) {
            long before = stored();
            try (RecorderProcess recorder = start(market, true)) {
                await(context + ": the tape is whole")
                        .atMost(length.dividedBy(SPEED).plus(PATIENCE))
                        .pollInterval(Duration.ofMillis(250))
                        .until(() -> !recorder.isAlive() || (stored() > before && isAsLongAs(length) && whole()));
                recorder.stop();
            }
            if (whole()) { // a socket may have broken just before the stop
                return;
            }
        }
        throw new AssertionError(context + ": no stop found the tape whole");
    }

    private long stored() {
        return TAPES.stream()
                .mapToLong(tape -> RecorderProcess.stored(db, tape))
                .sum();
    }

    private boolean whole() {
        return TAPES.stream().allMatch(tape -> RecorderProcess.whole(db, tape));
    }

    private boolean hasOpenEntries() {
        try (History history = History.open(db)) {
            return TAPES.stream().anyMatch(tape -> !history.openGaps(tape).isEmpty());
        }
    }

    private boolean isAsLongAs(Duration length) {
        return TAPES.stream().allMatch(tape -> RecorderProcess.length(db, tape).compareTo(length) >= 0);
    }
}
