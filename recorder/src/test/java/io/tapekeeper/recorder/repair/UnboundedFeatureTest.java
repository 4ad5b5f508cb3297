package io.tapekeeper.recorder.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.exchange.market.Listing;
import io.tapekeeper.exchange.market.RawTrade;
import io.tapekeeper.exchange.synthetic.SyntheticMarket;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.recorder.audit.TapeAudit;
import io.tapekeeper.recorder.tape.TapePipeline;
import io.tapekeeper.recorder.tape.TapeTrim;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features that depend on every close since the tape began, over upgrades, retention and history that comes late. */
class UnboundedFeatureTest {
    private static final Listing BTC = SyntheticMarket.listings().getFirst();
    private static final Series SERIES = new Series(
            new TapeId("binance", BTC.symbol(), TapeKind.RAW, true),
            new Instrument("binance", BTC.symbol(), BTC.tickSize(), BTC.stepSize()),
            Preset.CLASSIC.label(),
            Interval.SECOND);

    /** What a state keeps of the further features: a count, and of the one there is name, length and two numbers. */
    private static final int FURTHER_BYTES = 4 + 2 + "ewma_volatility".length() + 4 + 16;

    @TempDir
    Path folder;

    private final List<Trade> tape = market(5, 12_000);

    private static List<Trade> market(long seed, int trades) {
        SyntheticMarket market = new SyntheticMarket(seed, BTC, 1_700_000_000_000_000L);
        List<Trade> tape = new ArrayList<>();
        for (int i = 0; i < trades; i++) {
            RawTrade raw = market.next();
            Side side = raw.buyerIsMaker() ? Side.SELL : Side.BUY;
            tape.add(new Trade(raw.id(), raw.price(), raw.size(), side, raw.time(), raw.time(), 1));
        }
        return tape;
    }

    private Path db() {
        return folder.resolve("tape.db");
    }

    private static TapePipeline pipeline(Recorder recorder) {
        LiveView view = new LiveView(100, System::nanoTime);
        view.addSeries(SERIES, SeriesInfo.live(SERIES, Preset.CLASSIC));
        return new TapePipeline(SERIES, Preset.CLASSIC, recorder, view, HoldLimit.none());
    }

    private static void record(Path db, List<Trade> trades) {
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                History history = History.open(db)) {
            TapePipeline live = pipeline(recorder);
            live.resume(history, () -> false, () -> 0);
            trades.forEach(trade -> live.traded(trade, 0));
        }
    }

    private static List<FeatureRow> rows(Path db) {
        List<FeatureRow> rows = new ArrayList<>();
        try (History history = History.open(db)) {
            history.features(SERIES, Long.MIN_VALUE, Long.MAX_VALUE, rows::add);
        }
        return rows;
    }

    /** The rows of a tape that was recorded at one go. */
    private List<FeatureRow> rowsOf(List<Trade> trades) {
        Path whole = folder.resolve("whole.db");
        record(whole, trades);
        return rows(whole);
    }

    private static TapeAudit audit(Path db) {
        try (History history = History.open(db)) {
            TapeAudit audit = new TapeAudit(history, SERIES, Preset.CLASSIC, id -> {});
            audit.run();
            return audit;
        }
    }

    private static void sql(Path db, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }

    /** As the version before the feature left it: no column, and no state of it in any checkpoint. */
    private static void backToBeforeTheFeature(Path db) throws SQLException {
        sql(
                db,
                "ALTER TABLE feature DROP COLUMN ewma_volatility",
                "ALTER TABLE rollup DROP COLUMN ewma_volatility_low",
                "ALTER TABLE rollup DROP COLUMN ewma_volatility_high",
                "DELETE FROM uncomputed",
                "PRAGMA user_version = 5");
        Map<Long, byte[]> states = new HashMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement statement = connection.createStatement();
                ResultSet all = statement.executeQuery("SELECT id, state FROM checkpoint")) {
            while (all.next()) {
                byte[] state = all.getBytes(2);
                ByteBuffer without = ByteBuffer.allocate(state.length - FURTHER_BYTES + 4);
                without.put(state, 0, state.length - FURTHER_BYTES).putInt(0);
                states.put(all.getLong(1), without.array());
            }
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
                PreparedStatement update =
                        connection.prepareStatement("UPDATE checkpoint SET state = ? WHERE id = ?")) {
            for (Map.Entry<Long, byte[]> state : states.entrySet()) {
                update.setBytes(1, state.getValue());
                update.setLong(2, state.getKey());
                assertEquals(1, update.executeUpdate());
            }
        }
    }

    private static void until(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "never came true: " + what);
            Thread.onSpinWait();
        }
    }

    private static void untilComputed(Recorder recorder, History history) {
        recorder.flush();
        long newest = history.latestFeatures(SERIES, 1).getFirst().bar().start();
        until(
                "all rows are computed",
                () -> recorder.computed(SERIES)
                        .filter(computed -> computed.lastBarStart() >= newest)
                        .isPresent());
    }

    @Test
    void anOlderStoreIsNotYetComputedThenFilledAndTheLiveTapeTakesItOver() throws SQLException {
        List<FeatureRow> expected = rowsOf(tape);
        record(db(), tape.subList(0, 6_000));
        backToBeforeTheFeature(db());
        Recorder.open(db(), Durability.NORMAL).close();
        // So few rows are filled at once; this is what the migration leaves.
        sql(
                db(),
                "UPDATE feature SET ewma_volatility = NULL",
                "INSERT OR REPLACE INTO uncomputed SELECT id, NULL, NULL FROM series");
        TapeAudit upgraded = audit(db());
        assertEquals(0, upgraded.rowsDiffering());
        assertTrue(upgraded.rowsUncomputed() > 0, "not yet computed");
        try (Recorder recorder = Recorder.open(db(), Durability.NORMAL);
                History history = History.open(db())) {
            TapePipeline live = pipeline(recorder);
            live.resume(history, () -> false, () -> 0);
            tape.subList(6_000, 6_500).forEach(trade -> live.traded(trade, 0));
            untilComputed(recorder, history);
            tape.subList(6_500, tape.size()).forEach(trade -> live.traded(trade, 0));
            until("nothing is left", () -> history.uncomputedFrom(SERIES).isEmpty());
        }
        assertEquals(expected, rows(db()));
        TapeAudit filled = audit(db());
        assertEquals(List.of(0L, 0L), List.of(filled.rowsDiffering(), filled.rowsUncomputed()));
        assertEquals(expected.size(), filled.rows());
    }

    @Test
    void tradesThatComeLateToAnOlderStoreEndAsIfNothingHadBeenMissing() throws SQLException {
        List<FeatureRow> expected = rowsOf(tape);
        List<Trade> late = tape.subList(3_000, 3_400);
        List<Trade> first = new ArrayList<>(tape.subList(0, 3_000));
        first.addAll(tape.subList(3_400, 6_000));
        record(db(), first);
        backToBeforeTheFeature(db());
        try (Recorder recorder = Recorder.open(db(), Durability.NORMAL);
                History history = History.open(db())) {
            TapePipeline live = pipeline(recorder);
            live.resume(history, () -> false, () -> 0);
            tape.subList(6_000, 6_500).forEach(trade -> live.traded(trade, 0));
            untilComputed(recorder, history);
            tape.subList(6_500, 7_000).forEach(trade -> live.traded(trade, 0));
            late.forEach(trade -> recorder.trade(SERIES.tape(), trade));
            recorder.flush();
            long fromId = late.getFirst().id();
            Rebuild rebuild = new Rebuild(
                    SERIES, Preset.CLASSIC, tools(recorder, history), new Rebuild.Added(fromId, List.of()), true);
            rebuild.upTo(live.lastId(), () -> false);
            live.adopt(rebuild.state());
            rebuild.finish(); // from a state that lacks the feature
            tape.subList(7_000, 7_500).forEach(trade -> live.traded(trade, 0));
            untilComputed(recorder, history);
            tape.subList(7_500, tape.size()).forEach(trade -> live.traded(trade, 0));
            until("nothing is left", () -> history.uncomputedFrom(SERIES).isEmpty());
        }
        assertEquals(expected, rows(db()));
    }

    private void trim(long before) {
        try (Recorder recorder = Recorder.open(db(), Durability.NORMAL);
                History history = History.open(db())) {
            TapeTrim trim = new TapeTrim(history, recorder, SERIES, Preset.CLASSIC);
            for (boolean more = true; more; recorder.flush()) {
                more = trim.forget(before);
            }
            long first = history.beginning(SERIES).orElseThrow().lastTradeId() + 1;
            until(
                    "the old trades are gone",
                    () -> history.firstTradeId(SERIES.tape()).orElseThrow() == first);
            long start = history.beginning(SERIES).orElseThrow().lastBarStart();
            until("the old rows are gone", () -> rows(db()).getFirst().bar().start() > start);
        }
    }

    @Test
    void afterRetentionEveryRowThatIsLeftIsProven() throws SQLException {
        List<FeatureRow> all = rowsOf(tape);
        record(db(), tape);
        for (int trade : new int[] {4_000, 7_000}) { // the second time from the beginning that the first one left
            trim(tape.get(trade).venueTime());
            List<FeatureRow> left = rows(db());
            assertEquals(all.subList(all.size() - left.size(), all.size()), left);
            TapeAudit audit = audit(db());
            assertEquals(List.of(0L, 0L), List.of(audit.rowsDiffering(), audit.lacking()), "trade " + trade);
            assertEquals(left.size(), audit.rows(), "each row is compared");
        }
        sql(db(), "DELETE FROM checkpoint");
        record(db(), List.of()); // a start that has to compute all that is left
        List<FeatureRow> left = rows(db());
        assertEquals(all.subList(all.size() - left.size(), all.size()), left);
        sql(db(), "DELETE FROM beginning"); // as a version without it left a store
        assertEquals(0, audit(db()).rowsDiffering());
    }

    @Test
    void historyThatIsAddedBeforeTheFirstTradeGivesAllThatFollowsAnew() {
        List<FeatureRow> expected = rowsOf(tape);
        record(db(), tape.subList(2_000, tape.size()));
        trim(tape.get(5_000).venueTime());
        FeatureRow newest = rows(db()).getLast();
        try (Recorder recorder = Recorder.open(db(), Durability.NORMAL);
                History history = History.open(db())) {
            tape.subList(0, 6_000).forEach(trade -> recorder.trade(SERIES.tape(), trade));
            recorder.flush();
            long fromId = tape.getFirst().id();
            Rebuild rebuild = new Rebuild(
                    SERIES, Preset.CLASSIC, tools(recorder, history), new Rebuild.Added(fromId, List.of()), false);
            rebuild.upTo(tape.getLast().id(), () -> false);
            rebuild.finish();
            recorder.flush();
            assertTrue(history.beginning(SERIES).isEmpty(), "the tape begins earlier now");
        }
        assertEquals(expected, rows(db()));
        assertFalse(
                newest.values().of(Feature.EWMA_VOLATILITY)
                        == rows(db()).getLast().values().of(Feature.EWMA_VOLATILITY),
                "it depends on what came before");
        TapeAudit audit = audit(db());
        assertEquals(List.of(0L, 0L), List.of(audit.rowsDiffering(), audit.lacking()));
    }

    private static RepairTools tools(Recorder recorder, History history) {
        return new RepairTools(null, recorder, history, RepairSettings.DEFAULTS, () -> 0);
    }
}
