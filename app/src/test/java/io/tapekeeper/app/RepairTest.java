package io.tapekeeper.app;

import static io.tapekeeper.tape.GapCause.UNRESOLVED;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.FaultPlanReader;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is missed comes later, and then it is as if it had never been missing. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class RepairTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Exchange market(long seed, int speed) throws IOException {
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.empty()))
                .withSpeed(new Speed(speed)));
    }

    private static Running recorder(Path db, int restPort, int streamPort, RepairSettings repair) {
        return new Running(
                RecordOptions.of("BTCUSDT"),
                db,
                restPort,
                streamPort,
                Running.tuning(ConnectionSettings.defaults(), repair));
    }

    private static long stored(Path db, TapeId tape) {
        if (!db.toFile().exists()) {
            return 0;
        }
        try (History history = History.open(db)) {
            return history.tradeCount(tape);
        } catch (io.tapekeeper.store.StoreException e) {
            return 0; // it is just being made
        }
    }

    private static boolean whole(Path db) {
        return whole(db, TAPE);
    }

    private static boolean whole(Path db, TapeId tape) {
        try (History history = History.open(db)) {
            return history.openGaps(tape).isEmpty();
        }
    }

    private static void awaitMore(Path db, int trades) {
        awaitMore(db, TAPE, trades);
    }

    private static void awaitMore(Path db, TapeId tape, int trades) {
        long target = stored(db, tape) + trades;
        await().atMost(PATIENCE).until(() -> stored(db, tape) >= target);
    }

    /** So many more trades are on the tape, which passes no hole that may still be filled. */
    private static void awaitOnTape(Running running, int trades) {
        long target = running.counted("trades_total") + trades;
        await().atMost(PATIENCE).until(() -> running.counted("trades_total") >= target);
    }

    private void awaitPlayed(int port, int trades) {
        new Judge(port, folder).awaitPlayed(trades, PATIENCE);
    }

    @Test
    void aHoleThatIsFilledInTimeIsNeverSeen() throws Exception {
        Path db = folder.resolve("tape.db");
        try (Exchange market = market(1, 20);
                Cable cable = new Cable(market.port())) {
            try (Running running = recorder(db, market.port(), cable.port(), RepairSettings.DEFAULTS)) {
                awaitOnTape(running, 300);
                for (int round = 0; round < 3; round++) {
                    cable.cut();
                    awaitPlayed(market.port(), 100);
                    cable.mend();
                    awaitOnTape(running, 400); // the hole is among them
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
                    assertEquals(GapCause.MISSED, entry.cause());
                    assertEquals(Optional.of("rest"), entry.repairedBy());
                }
            }
        }
    }

    @Test
    void aHostWithoutRawTradesByIdLeavesOpenJustThoseThatExist() throws Exception {
        TapeId raw = new TapeId("binance", "BTCUSDT", TapeKind.RAW, true);
        FaultPlan plan = FaultPlanReader.parse("""
                        faults:
                          - rest: {status: 404, endpoint: historicalTrades, after: 1 requests, for: 1h}
                          - late-ids: {one-in: 3, by: 100ms}
                          - venue-holes: {one-in: 100}
                        """, "plan");
        Path db = folder.resolve("tape.db");
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(3, Optional.empty()))
                .withSpeed(new Speed(20))
                .withWeightPerMinute(100_000) // a denial costs eight questions
                .withFaults(plan);
        RecordOptions options = RecordOptions.of("BTCUSDT");
        options.tape = RecordOptions.Tape.raw;
        try (Exchange market = Exchange.start(config);
                Cable cable = new Cable(market.port())) {
            Tuning tuning = Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS.faster(60));
            try (Running running = new Running(options, db, market.port(), cable.port(), tuning)) {
                awaitMore(db, raw, 300);
                cable.cut();
                awaitPlayed(market.port(), 200);
                cable.mend();
                awaitMore(db, raw, 300);
                long passed = lastStored(db, raw);
                await().atMost(PATIENCE).until(() -> named(db, raw).keySet().containsAll(lacking(db, raw, passed)));
                Map<Long, GapCause> causes = named(db, raw);
                Set<Long> there = new HashSet<>();
                new Judge(market.port(), folder).tape(raw, 0, passed).forEach(trade -> there.add(trade.id()));
                long unresolved = 0;
                for (long id : lacking(db, raw, passed)) {
                    GapCause cause = there.contains(id) ? UNRESOLVED : GapCause.ABSENT;
                    assertEquals(cause, causes.get(id), "id " + id);
                    unresolved += cause == UNRESOLVED ? 1 : 0;
                }
                assertTrue(unresolved >= 200, unresolved + " exist and cannot be had");
                assertTrue(causes.containsValue(GapCause.ABSENT), "the market itself lacks some");
                assertThatWhatNothingFilledIsClosedByItsParts(db, raw);
            }
        }
    }

    private static void assertThatWhatNothingFilledIsClosedByItsParts(Path db, TapeId tape) {
        int byParts = 0;
        try (History history = History.open(db)) {
            for (LedgerEntry entry : history.gaps(tape)) {
                if (!entry.isOpen() && entry.cause() == GapCause.MISSED) {
                    boolean came =
                            history.missing(tape, entry.gap()) < entry.gap().missing();
                    String by = came ? "rest" : LedgerEntry.BY_PARTS;
                    assertEquals(Optional.of(by), entry.repairedBy(), entry.toString());
                    byParts += came ? 0 : 1;
                }
            }
        }
        assertTrue(byParts > 0, "there was none");
    }

    @Test
    void anOutageHoweverLongLeavesNothingUnresolved() throws Exception {
        FaultPlan plan = FaultPlanReader.parse("""
                        faults:
                          - rest: {status: 503, endpoint: aggTrades, after: 1 requests, for: 200 requests}
                        """, "plan");
        Path db = folder.resolve("tape.db");
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(5, Optional.empty()))
                .withSpeed(new Speed(20))
                .withFaults(plan);
        RepairSettings hasty = RepairSettings.DEFAULTS.faster(600); // doubts after a second
        try (Exchange market = Exchange.start(config);
                Cable cable = new Cable(market.port());
                Running running = recorder(db, market.port(), cable.port(), hasty)) {
            awaitMore(db, 100);
            cable.cut();
            awaitPlayed(market.port(), 100);
            cable.mend();
            await().atMost(PATIENCE).until(() -> !ledger(db).isEmpty());
            await().atMost(PATIENCE).until(() -> {
                for (LedgerEntry entry : ledger(db)) {
                    assertEquals(GapCause.MISSED, entry.cause());
                }
                return whole(db);
            });
            LedgerEntry first = ledger(db).getFirst();
            long open = first.closed().orElseThrow() - first.opened();
            assertTrue(open > hasty.doubtAfter().toNanos() / 1_000, "open for " + open + " us");
        }
    }

    private static List<LedgerEntry> ledger(Path db) {
        try (History history = History.open(db)) {
            return history.gaps(TAPE);
        }
    }

    /** 403 is a firewall's, and says nothing of what is served; 404 may pass as well. */
    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void aRefusalOfRawTradesByIdThatPassesLeavesNoHole(int status) throws Exception {
        TapeId raw = new TapeId("binance", "BTCUSDT", TapeKind.RAW, true);
        FaultPlan plan = FaultPlanReader.parse("""
                        faults:
                          - rest: {status: %d, endpoint: historicalTrades, after: 1 requests, for: 4s}
                        """.formatted(status), "plan");
        Path db = folder.resolve("tape.db");
        ExchangeConfig config = ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(4, Optional.empty()))
                .withSpeed(new Speed(20))
                .withFaults(plan);
        RecordOptions options = RecordOptions.of("BTCUSDT");
        options.tape = RecordOptions.Tape.raw;
        try (Exchange market = Exchange.start(config);
                Cable cable = new Cable(market.port())) {
            Tuning tuning = Running.tuning(shortPauses(), RepairSettings.DEFAULTS.faster(200));
            try (Running running = new Running(options, db, market.port(), cable.port(), tuning)) {
                awaitMore(db, raw, 300);
                cable.cut();
                awaitPlayed(market.port(), 200);
                cable.mend();
                awaitMore(db, raw, 300);
                long passed = lastStored(db, raw);
                await().atMost(PATIENCE).until(() -> lacking(db, raw, passed).isEmpty());
                await().atMost(PATIENCE).until(() -> whole(db, raw));
                assertTrue(market.faultsInjected().get("rest") >= 1, "none was refused");
            }
        }
    }

    private static ConnectionSettings shortPauses() {
        ConnectionSettings usual = ConnectionSettings.defaults();
        return new ConnectionSettings(
                usual.clock(),
                usual.requestTimeout(),
                usual.pollTimeout(),
                usual.firstRetry(),
                usual.longestRetry(),
                Duration.ofSeconds(1),
                usual.sockets());
    }

    private static long lastStored(Path db, TapeId tape) {
        try (History history = History.open(db)) {
            return history.lastTradeId(tape).orElseThrow();
        }
    }

    /** Ids that are not stored, from the first one of the tape on. */
    private static Set<Long> lacking(Path db, TapeId tape, long upTo) {
        Set<Long> ids = new HashSet<>();
        try (History history = History.open(db)) {
            history.missingRanges(
                    tape,
                    history.firstTradeId(tape).orElseThrow(),
                    upTo,
                    range -> LongStream.rangeClosed(range.first(), range.last()).forEach(ids::add));
        }
        return ids;
    }

    /** What the ledger knows of the single ids, those left out that somebody still looks for. */
    private static Map<Long, GapCause> named(Path db, TapeId tape) {
        Map<Long, GapCause> causes = new HashMap<>();
        try (History history = History.open(db)) {
            for (LedgerEntry entry : history.gaps(tape)) {
                if (entry.cause() != GapCause.MISSED) {
                    LongStream.rangeClosed(entry.gap().firstId(), entry.gap().lastId())
                            .forEach(id -> causes.put(id, entry.cause()));
                }
            }
        }
        return causes;
    }
}
