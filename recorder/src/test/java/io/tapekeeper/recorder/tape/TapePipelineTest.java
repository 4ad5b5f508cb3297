package io.tapekeeper.recorder.tape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.CsvExport;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.tape.HoldLimit;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.FeedEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TapePipelineTest {
    private static final Listing BTC = SyntheticMarket.listings().getFirst();
    private static final Instrument INSTRUMENT =
            new Instrument("binance", BTC.symbol(), BTC.tickSize(), BTC.stepSize());

    @TempDir
    Path folder;

    private static Series series(TapeKind kind) {
        return new Series(
                new TapeId("binance", BTC.symbol(), kind, true), INSTRUMENT, Preset.CLASSIC.label(), Interval.SECOND);
    }

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

    /** One run of the recorder: goes on where the store ends, and ends with or without grace. */
    private void run(Path db, Series series, List<FeedEvent> events, boolean graceful) {
        LiveView view = new LiveView(100, System::nanoTime);
        view.addSeries(series, SeriesInfo.live(series, Preset.CLASSIC));
        try (Recorder recorder = Recorder.open(db, Durability.NORMAL);
                History history = History.open(db)) {
            TapePipeline watch = new TapePipeline(series, Preset.CLASSIC, recorder, view, new HoldLimit(0, 1_000));
            watch.resume(history, () -> false, () -> 0);
            for (FeedEvent event : events) {
                switch (event) {
                    case FeedEvent.Traded traded -> watch.traded(traded.trade(), 0);
                    case FeedEvent.Polled polled -> watch.polled(polled);
                    case FeedEvent.Connected connected -> {}
                    case FeedEvent.Disconnected disconnected -> {}
                }
            }
            if (graceful) {
                watch.checkpoint();
            }
        }
    }

    private static List<FeedEvent> traded(List<Trade> trades) {
        return trades.stream()
                .<FeedEvent>map(trade -> new FeedEvent.Traded(INSTRUMENT, trade))
                .toList();
    }

    private static String everything(Path db, Series series) {
        StringBuilder rows = new StringBuilder();
        try (History history = History.open(db)) {
            CsvExport export = new CsvExport(history, rows);
            List<Series> all = List.of(series);
            export.trades(all);
            export.bars(all);
            export.features(all);
            export.alerts(all);
            export.signals(all);
        }
        return rows.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void restartsAtAnyTradeGiveTheSameRowsToTheBit(long seed) {
        Series series = series(TapeKind.RAW);
        List<Trade> tape = market(seed, 12_000);
        Path whole = folder.resolve("whole.db");
        run(whole, series, traded(tape), true);

        Path broken = folder.resolve("broken.db");
        Random random = new Random(seed);
        int at = 0;
        while (at < tape.size()) {
            int next = Math.min(tape.size(), at + 1 + random.nextInt(3_000));
            int again = Math.max(0, at - random.nextInt(50)); // a venue may send some twice
            run(broken, series, traded(tape.subList(again, next)), random.nextBoolean());
            at = next;
        }
        String expected = everything(whole, series);
        assertEquals(expected, everything(broken, series), "seed " + seed);
        assertTrue(expected.contains(",z-"), "the market was worth watching");
    }

    /** What an earlier version computed with other formulas is not mixed with what this one does. */
    @Test
    void aStateOfAnotherVersionHasAllRowsComputedAnew() throws SQLException {
        Series series = series(TapeKind.RAW);
        List<FeedEvent> tape = traded(market(6, 6_000));
        Path whole = folder.resolve("whole.db");
        run(whole, series, tape, true);
        Path older = folder.resolve("older.db");
        run(older, series, tape, true);
        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + older);
                Statement sql = store.createStatement()) {
            // Behind the tape's id and time, 16 bytes, stands the version.
            int states = sql.executeUpdate("""
                            UPDATE checkpoint SET state = CAST(
                                substr(state, 1, 16) || x'00000001' || substr(state, 21) AS BLOB)
                            """);
            assertTrue(states > 1);
            assertTrue(sql.executeUpdate("UPDATE feature SET zscore = zscore * 1.000001") > 100);
        }
        assertNotEquals(features(whole), features(older));
        run(older, series, List.of(), true);
        assertEquals(features(whole), features(older));
    }

    /** All rows of features but for their revisions. */
    private static List<String> features(Path db) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + db);
                Statement sql = store.createStatement();
                ResultSet found = sql.executeQuery("SELECT * FROM feature ORDER BY start")) {
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                StringBuilder row = new StringBuilder();
                for (int column = 1; column <= columns; column++) {
                    if (!found.getMetaData().getColumnName(column).equals("revision")) {
                        row.append(found.getObject(column)).append(' ');
                    }
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }

    @Test
    void whatComesFromBeforeTheFirstTradeIsNotOnTheTape() {
        Series series = series(TapeKind.RAW);
        List<Trade> tape = market(4, 3_000);
        Path whole = folder.resolve("whole.db");
        run(whole, series, traded(tape.subList(20, 3_000)), true);

        List<Trade> behind = new ArrayList<>(tape.subList(20, 30));
        behind.addAll(tape.subList(10, 3_000)); // a slower source begins earlier
        Path both = folder.resolve("both.db");
        run(both, series, traded(behind.subList(0, 1_000)), false);
        run(both, series, traded(tape), false);
        assertEquals(everything(whole, series), everything(both, series));
    }

    @Test
    void aPolledTapeGoesOnBehindItsLastSampleAndBreaksWhereNothingRan() {
        Series series = series(TapeKind.POLL);
        List<FeedEvent> samples = new ArrayList<>();
        for (int second = 0; second < 200; second++) {
            long price = (6_000_000 + second % 7) * 1_000_000L;
            samples.add(new FeedEvent.Polled(INSTRUMENT, second * 1_000_000L, price, second == 150));
        }
        Path whole = folder.resolve("whole.db");
        run(whole, series, samples, true);
        Path broken = folder.resolve("broken.db");
        run(broken, series, samples.subList(0, 90), false);
        run(broken, series, samples.subList(89, 200), false); // one boundary is asked for again
        assertEquals(everything(whole, series), everything(broken, series));

        Path paused = folder.resolve("paused.db");
        run(paused, series, samples.subList(0, 90), true);
        run(paused, series, samples.subList(120, 200), true);
        try (History history = History.open(paused)) {
            var behind = history.latestFeatures(series, 80).getFirst();
            assertEquals(120_000_000L, behind.bar().start());
            assertTrue(Double.isNaN(behind.values().of(Feature.RETURN)), "no return across the pause");
            assertTrue(!behind.complete(), "within reach of the pause");
        }
    }
}
