package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.Progress;
import io.tapekeeper.exchange.faults.Schedule;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.series.Preset;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.LedgerEntry;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** History that is fetched is as if it had been recorded without interruption. */
@Timeout(120)
@Isolated("reads what the process prints")
class BackfillCommandTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SEED = 11;
    private static final String CONTEXT = "market of seed " + SEED;
    private static final String EVER = "2020-01-01";

    @TempDir
    Path folder;

    private Path db;

    @BeforeEach
    void name() {
        db = folder.resolve("tape.db");
    }

    /** A market that has played some thousand trades and goes on. */
    private Exchange market(Fault... faults) throws IOException {
        Exchange market = Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(SEED, Optional.empty()))
                .withSpeed(new Speed(200))
                .withFaults(FaultPlan.of(SEED, faults)));
        await().atMost(PATIENCE).until(() -> lastId(market) - firstId(market) >= 4_000);
        return market;
    }

    private long firstId(Exchange market) {
        return new Judge(market.port(), folder).firstPlayed();
    }

    private long lastId(Exchange market) {
        return new Judge(market.port(), folder).lastPlayed();
    }

    private Said backfill(Exchange market, String from, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "backfill",
                "BTCUSDT",
                "--db",
                db.toString(),
                "--rest-url",
                "http://127.0.0.1:" + market.port(),
                "--from",
                from));
        words.addAll(List.of(more));
        return Said.by(words.toArray(String[]::new));
    }

    private static void assertSays(Said said, int exitCode, String... parts) {
        assertEquals(exitCode, said.exitCode(), said.out());
        for (String part : parts) {
            assertTrue(said.out().contains(part), said.out() + " should contain: " + part);
        }
    }

    private void assertWhole(Exchange market) {
        new Judge(market.port(), folder).assertWhole(db, CONTEXT);
        Said said = Said.by("verify", "--db", db.toString(), "--rest-url", "http://127.0.0.1:" + market.port());
        assertSays(said, 0, "100 %");
    }

    /** The time of the market's n-th trade, or of the next one where that is blanked. */
    private String timeOf(Exchange market, long n) {
        long id = firstId(market) + n;
        long micros = new Judge(market.port(), folder)
                .tape(TAPE, id, id + 100)
                .getFirst()
                .venueTime();
        return Instant.ofEpochSecond(0, micros * 1_000).toString();
    }

    private List<LedgerEntry> open() {
        try (History history = History.open(db)) {
            return history.openGaps(TAPE);
        }
    }

    @Test
    void allOfAMarketsHistoryIsRecordedAsIfNothingHadEverBeenMissing() throws Exception {
        try (Exchange market = market()) {
            assertSays(backfill(market, EVER, "--to", "2100-01-01"), 0, "trades fetched");
            assertWhole(market);
            try (Running running = new Running(
                    RecordOptions.of("BTCUSDT"),
                    db,
                    market.port(),
                    market.port(),
                    Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS))) {
                // On the tape, not just stored: what the market traded since is there before.
                await().atMost(PATIENCE).until(() -> running.counted("trades_total") > 1_000);
                running.goOn(Duration.ofMillis(1));
            }
            assertWhole(market);
            assertEquals(List.of(), open(), "run went on behind it without a hole");
        }
    }

    @Test
    void aStretchThatTouchesNothingLeavesAHoleThatTheLedgerNamesAndTheNextOneFills() throws Exception {
        try (Exchange market = market()) {
            backfill(market, timeOf(market, 2_500), "--to", timeOf(market, 3_000));
            Said older = backfill(market, EVER, "--to", timeOf(market, 1_000));
            assertSays(older, 0, "lie between this and what is stored");
            assertEquals(1, open().size());
            long missing = open().getFirst().gap().missing();
            List<Trade> tape = new Judge(market.port(), folder).tape(TAPE, firstId(market), firstId(market) + 3_000);
            long from = tape.get(1_000).venueTime();
            long to = tape.get(2_500).venueTime();
            // Many trades may share the millisecond at either end.
            long between = tape.stream()
                    .filter(t -> isBetween(t, from + 1_000, to - 1_000))
                    .count();
            long around = tape.stream()
                    .filter(t -> isBetween(t, from - 1_000, to + 1_000))
                    .count();
            assertTrue(
                    between <= missing && missing <= around,
                    "%d are missing, %d to %d expected".formatted(missing, between, around));
            assertSays(backfill(market, EVER, "--to", timeOf(market, 3_500)), 0, "fetched");
            assertEquals(List.of(), open());
            assertWhole(market);
            Said again = backfill(market, EVER, "--to", timeOf(market, 3_500));
            assertSays(again, 0, "stored already");
        }
    }

    private static boolean isBetween(Trade trade, long fromMicros, long toMicros) {
        return trade.venueTime() >= fromMicros && trade.venueTime() <= toMicros;
    }

    @Test
    void oneThatWasKilledWhileItFetchedGoesOn() throws Exception {
        goesOnBehind(1_200);
    }

    @Test
    void oneThatWasKilledBeforeItComputedTheRowsComputesThem() throws Exception {
        goesOnBehind(3_001);
    }

    /** Leaves a store as a backfill does that is killed behind so many of its 3,001 trades. */
    private void goesOnBehind(int trades) throws IOException {
        try (Exchange market = market()) {
            long first = firstId(market);
            List<Trade> tape = new Judge(market.port(), folder).tape(TAPE, first, first + 3_000);
            Instrument instrument = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);
            try (Recorder recorder = Recorder.open(db, Durability.NORMAL)) {
                recorder.session(TAPE, instrument, "backfill", 0, "");
                recorder.gap(TAPE, new Gap(first, first + 3_000, 0, 1), GapCause.MISSED);
                tape.stream().limit(trades).forEach(trade -> recorder.trade(TAPE, trade));
            }
            // Several trades may have the time of the last one.
            String end = Instant.parse(timeOf(market, 3_000)).plusMillis(1).toString();
            assertSays(backfill(market, EVER, "--to", end), 0, "complete");
            assertEquals(List.of(), open());
            try (History history = History.open(db)) {
                assertTrue(
                        history.series().stream()
                                .anyMatch(series -> series.preset().equals(Preset.CLASSIC.label())
                                        && series.interval().equals(Interval.SECOND)),
                        "rows were computed");
            }
            assertWhole(market);
        }
    }

    @Test
    void whatTheVenueHasBlankedIsPassedAndNamed() throws Exception {
        try (Exchange market = market(new Fault.Blank(100))) {
            assertSays(backfill(market, EVER, "--to", timeOf(market, 3_000)), 0, "fetched");
            assertWhole(market);
            try (History history = History.open(db)) {
                assertTrue(
                        history.gaps(TAPE).stream().anyMatch(entry -> entry.cause() == GapCause.BLANKED),
                        CONTEXT + ": " + history.gaps(TAPE));
            }
        }
    }

    @Test
    void rawTradesThatTheHostDoesNotServeAreNamedAndComeWhereItDoes() throws Exception {
        TapeId raw = new TapeId("binance", "BTCUSDT", TapeKind.RAW, true);
        Schedule once = Schedule.AT_ONCE.lasting(Progress.requests(1)).only("historicalTrades");
        try (Exchange market = market(new Fault.Status(once, 404, Duration.ZERO))) {
            String to = timeOf(market, 1_500);
            Said named = backfill(market, EVER, "--to", to, "--tape", "raw");
            assertSays(
                    named,
                    1,
                    "0 trades fetched",
                    "not complete",
                    "trades exist that 127.0.0.1:" + market.port() + " does not serve",
                    "ask --rest-url https://api.binance.com");
            assertNamed(market, raw);
            assertSays(backfill(market, EVER, "--to", to, "--tape", "raw"), 0, "are complete");
            try (History history = History.open(db)) {
                assertEquals(List.of(), history.openGaps(raw));
                assertTrue(history.tradeCount(raw) >= 1_500);
            }
        }
    }

    /** That the ledger says of each trade of the market, and of no other, that it exists. */
    private void assertNamed(Exchange market, TapeId tape) {
        try (History history = History.open(db)) {
            assertEquals(0, history.tradeCount(tape));
            LedgerEntry entry = history.gaps(tape).getFirst();
            assertEquals(List.of(entry), history.openGaps(tape));
            assertEquals(GapCause.UNRESOLVED, entry.cause());
            Gap gap = entry.gap();
            List<Trade> there = new Judge(market.port(), folder).tape(tape, gap.firstId(), gap.lastId());
            assertEquals(gap.missing(), there.size(), CONTEXT + ": " + entry);
        }
    }

    @Test
    void whatCannotBeIsToldInOneSentence() throws Exception {
        try (Exchange market = market()) {
            assertSays(backfill(market, "yesterday"), 2, "'yesterday' is no time");
            assertSays(backfill(market, "2026-01-02", "--to", "2026-01-01"), 2, "--from must be before --to");
            assertSays(backfill(market, "2100-01-01"), 2, "no trades of BTCUSDT from 2100-01-01");
            Said unknown = Said.by(
                    "backfill",
                    "BTCUSDX",
                    "--db",
                    db.toString(),
                    "--rest-url",
                    "http://127.0.0.1:" + market.port(),
                    "--from",
                    EVER);
            assertSays(unknown, 2, "BTCUSDX", "BTCUSDT");
            try (Recorder other = Recorder.open(db, Durability.NORMAL)) {
                other.flush();
                String pid = Long.toString(ProcessHandle.current().pid());
                assertSays(backfill(market, EVER), 3, "being recorded by process " + pid);
            }
        }
    }
}
