package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.SECOND;
import static io.tapekeeper.store.Samples.START;
import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.bars;
import static io.tapekeeper.store.Samples.features;
import static io.tapekeeper.store.Samples.row;
import static io.tapekeeper.store.Samples.signals;
import static io.tapekeeper.store.Samples.trades;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripTest {
    @TempDir
    Path folder;

    private Recorder recorder() {
        return Recorder.open(folder.resolve("tape.db"), Durability.NORMAL);
    }

    private History history() {
        return History.open(folder.resolve("tape.db"));
    }

    @Test
    void keepsEveryFieldOfATrade() {
        List<Trade> said = List.of(
                new Trade(0, 1, 1, Side.SELL, START, START - 7, 1),
                new Trade(1, Long.MAX_VALUE, Long.MAX_VALUE, Side.BUY, -5, START, 999),
                new Trade(Long.MAX_VALUE - 1, 6_183_763_000_000L, 123, Side.BUY, START, 0, Integer.MAX_VALUE));
        try (Recorder recorder = recorder()) {
            said.forEach(trade -> recorder.trade(TAPE, trade));
        }
        try (History history = history()) {
            assertEquals(said, trades(history, TAPE, 0));
            assertEquals(3, history.tradeCount(TAPE));
            assertEquals(Long.MAX_VALUE - 1, history.lastTradeId(TAPE).orElseThrow());
        }
    }

    @Test
    void keepsVolumesOf128Bits() throws SQLException {
        Amount most = Amount.of(BigInteger.TWO.pow(127).subtract(BigInteger.ONE));
        Bar bar = new Bar(Interval.SECOND, START, 2, 4, 1, 3, most, most, Long.MAX_VALUE, Amount.of(1), false, true);
        try (Recorder recorder = recorder()) {
            recorder.row(CLASSIC, row(bar));
        }
        try (History history = history()) {
            List<StoredBar> read = bars(history, Interval.SECOND, START, START + SECOND);
            assertEquals(List.of(new StoredBar(bar, 0)), read);
        }
        assertEquals(
                "1701411834604692317316873037158.84105727",
                Samples.ask(folder.resolve("tape.db"), "SELECT volume FROM bar"));
    }

    @Test
    void keepsVolumesOfAnyNumberOfDigits() {
        List<FeatureRow> said = new ArrayList<>();
        for (int digits = 0; digits < 38; digits++) {
            for (int first : new int[] {1, 9}) {
                Amount amount = Amount.of(BigInteger.TEN.pow(digits).multiply(BigInteger.valueOf(first)));
                Bar flat = Bar.flat(Interval.SECOND, START + said.size() * SECOND, 5, true, false);
                said.add(row(
                        new Bar(flat.interval(), flat.start(), 5, 5, 5, 5, amount, amount, 1, amount, true, false)));
            }
        }
        try (Recorder recorder = recorder()) {
            said.forEach(row -> recorder.row(CLASSIC, row));
        }
        try (History history = history()) {
            assertEquals(said, history.latestFeatures(CLASSIC, 100));
        }
    }

    @Test
    void takesSixBytesForATimeThatIsNearTheFirstTradeOfItsTape() throws SQLException {
        try (Recorder recorder = recorder()) {
            recorder.trade(TAPE, Samples.trade(1));
            recorder.trade(TAPE, Samples.trade(11));
        }
        Path file = folder.resolve("tape.db");
        assertEquals("1000000", Samples.ask(file, "SELECT time FROM trade WHERE id = 11"));
        assertEquals(Long.toString(Samples.trade(1).venueTime()), Samples.ask(file, "SELECT time_base FROM tape"));
    }

    @Test
    void keepsEveryStatisticToTheBit() {
        long seed = 20_250_101;
        Random random = new Random(seed);
        List<FeatureRow> said = new ArrayList<>();
        double[] edges = {0.0, Double.MIN_VALUE, Double.MAX_VALUE, 1, -3, 1e300, Double.NaN};
        for (int n = 0; n < 1_000; n++) {
            double[] v = new double[Feature.all().size()];
            for (int i = 0; i < v.length; i++) {
                double any = Double.longBitsToDouble(random.nextLong());
                v[i] = n < edges.length ? edges[n] : Double.isFinite(any) ? any : Double.NaN;
            }
            FeatureValues values = FeatureValues.of(v);
            Signal signal = Signal.ofZScore(n % 3 - 1, 0.5);
            said.add(new FeatureRow(Samples.bar(n), values, signal, n % 8, n % 2 == 0));
        }
        try (Recorder recorder = recorder()) {
            said.forEach(row -> recorder.row(CLASSIC, row));
        }
        try (History history = history()) {
            List<FeatureRow> read = history.latestFeatures(CLASSIC, 1_000);
            assertEquals(1_000, read.size());
            for (int n = 0; n < 1_000; n++) {
                // Records compare doubles by their bits, all NaN alike.
                assertEquals(said.get(n), read.get(n), "row " + n + ", seed " + seed);
            }
            assertEquals(said.subList(10, 20), features(history, START + 10 * SECOND, START + 20 * SECOND));
        }
    }

    @Test
    void makesNegativeZeroZero() {
        FeatureValues values = FeatureValues.of(-0.0, 0, 0, 0, 0, 0);
        try (Recorder recorder = recorder()) {
            recorder.row(CLASSIC, new FeatureRow(Samples.bar(0), values, Signal.NEUTRAL, 0, true));
        }
        try (History history = history()) {
            double read = history.latestFeatures(CLASSIC, 1).getFirst().values().of(Feature.RETURN);
            assertEquals("0.0", Double.toString(read));
        }
    }

    @Test
    void keepsAlertsOpenAndClosed() {
        Alert closed = new Alert(ClassicRules.Z_LOW, START, START + SECOND, -3.5, -3, "it said \"no\",\nthen δ");
        Alert open = new Alert(ClassicRules.VOLATILITY_SPIKE, START + SECOND, Alert.OPEN, 0.1 + 0.2, Double.NaN, "");
        try (Recorder recorder = recorder()) {
            recorder.alertOpened(CLASSIC, Samples.alert(ClassicRules.Z_LOW, START));
            recorder.alertClosed(CLASSIC, closed);
            recorder.alertOpened(CLASSIC, open);
        }
        try (History history = history()) {
            assertEquals(List.of(open, closed), history.alerts(CLASSIC, 10));
            assertEquals(List.of(open), history.alerts(CLASSIC, 1));
        }
    }

    @Test
    void keepsSignalsInOrder() {
        List<SignalChange> said = List.of(
                new SignalChange("classic", START, Signal.BUY, 5, -1.25),
                new SignalChange("classic", START + SECOND, Signal.NEUTRAL, 6, Double.NaN),
                new SignalChange("classic", START + 2 * SECOND, Signal.SELL, 7, 1.1));
        try (Recorder recorder = recorder()) {
            said.reversed().forEach(change -> recorder.signalChanged(CLASSIC, change));
        }
        try (History history = history()) {
            assertEquals(said, signals(history));
        }
    }

    @Test
    void keepsTheLedgerAndWhatIsStillMissing() {
        Gap gap = new Gap(11, 20, START, START + SECOND);
        try (Recorder recorder = recorder()) {
            recorder.gap(TAPE, gap, GapCause.MISSED);
            recorder.gap(TAPE, gap, GapCause.MISSED);
            recorder.gap(TAPE, new Gap(1, 1, START, START), GapCause.MISSED);
            recorder.trade(TAPE, Samples.trade(12));
            recorder.trade(TAPE, Samples.trade(20));
            recorder.trade(TAPE, Samples.trade(21));
        }
        try (History history = history()) {
            List<LedgerEntry> ledger = history.gaps(TAPE);
            assertEquals(2, ledger.size());
            assertEquals(gap, ledger.get(1).gap());
            assertEquals(GapCause.MISSED, ledger.get(1).cause());
            assertTrue(ledger.get(1).opened() > START);
            assertEquals(8, history.missing(TAPE, gap));
        }
    }

    @Test
    void keepsTheNewestThreeCheckpointsAndGivesTheNewest() throws SQLException {
        try (Recorder recorder = recorder()) {
            for (int n = 1; n <= 5; n++) {
                recorder.checkpoint(CLASSIC, n, START + n, new byte[] {0, -1, (byte) n});
            }
            // A recomputation begins earlier: the newest is the one said last.
            recorder.checkpoint(CLASSIC, 2, START + 2, new byte[] {7});
        }
        try (History history = history()) {
            Checkpoint newest = history.checkpoint(CLASSIC).orElseThrow();
            assertEquals(2, newest.lastTradeId());
            assertEquals(START + 2, newest.lastBarStart());
            assertArrayEquals(new byte[] {7}, newest.state());
        }
        assertEquals("3", Samples.ask(folder.resolve("tape.db"), "SELECT count(*) FROM checkpoint"));
    }

    @Test
    void keepsTapesAndSeriesApart() {
        TapeId simulated = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
        TapeId raw = new TapeId("binance", "BTCUSDT", TapeKind.RAW, false);
        Instrument eth = new Instrument("binance", "ETHUSDT", 1_000_000, 0);
        TapeId polled = new TapeId("binance", "ETHUSDT", TapeKind.POLL, false);
        Series other = new Series(TAPE, Samples.BTCUSDT, "classic-12345678", Interval.SECOND);
        Series slow = new Series(polled, eth, "classic", Interval.MINUTE);
        try (Recorder recorder = recorder()) {
            recorder.trade(TAPE, Samples.trade(1));
            recorder.trade(simulated, Samples.trade(2));
            recorder.trade(raw, Samples.trade(3));
            recorder.row(CLASSIC, row(0));
            recorder.row(other, row(0));
            recorder.row(other, row(1));
            recorder.row(slow, row(Bar.flat(Interval.MINUTE, START, 5, false, true)));
        }
        try (History history = history()) {
            assertEquals(List.of(Samples.trade(1)), trades(history, TAPE, 0));
            assertEquals(List.of(Samples.trade(2)), trades(history, simulated, 0));
            assertEquals(List.of(Samples.trade(3)), trades(history, raw, 0));
            assertEquals(List.of(CLASSIC, other, slow), history.series());
            assertEquals(1, history.latestFeatures(CLASSIC, 9).size());
            assertEquals(2, history.latestFeatures(other, 9).size());
            assertTrue(history.latestFeatures(slow, 9).getFirst().bar().carried());
        }
    }

    @Test
    void keepsTheLastStepsThatWereSaidOfAnInstrument() {
        Instrument finer = new Instrument("binance", "BTCUSDT", 100, 10);
        try (Recorder recorder = recorder()) {
            recorder.row(CLASSIC, row(0));
            recorder.session(TAPE, finer, "started", START, "");
        }
        try (History history = history()) {
            assertEquals(finer, history.series().getFirst().instrument());
        }
    }

    @Test
    void keepsSessionsForWhoeverAsksInSql() throws SQLException {
        try (Recorder recorder = recorder()) {
            recorder.session(TAPE, Samples.BTCUSDT, "started", START, "at 9443");
            recorder.session(TAPE, Samples.BTCUSDT, "stopped", START + 1, "");
        }
        String all = "SELECT group_concat(event || ' ' || time || ' ' || detail) FROM session";
        assertEquals(
                "started 1735689600000000 at 9443,stopped 1735689600000001 ",
                Samples.ask(folder.resolve("tape.db"), all));
    }

    @Test
    void givesNothingForWhatItDoesNotHave() {
        try (Recorder recorder = recorder()) {
            recorder.flush();
        }
        try (History history = history()) {
            assertEquals(List.of(), history.series());
            assertTrue(history.lastTradeId(TAPE).isEmpty());
            assertEquals(0, history.tradeCount(TAPE));
            assertEquals(List.of(), trades(history, TAPE, 0));
            assertEquals(List.of(), bars(history, Interval.MINUTE, 0, Long.MAX_VALUE));
            assertEquals(List.of(), history.latestFeatures(CLASSIC, 5));
            assertEquals(List.of(), history.alerts(CLASSIC, 5));
            assertEquals(List.of(), history.gaps(TAPE));
            assertTrue(history.checkpoint(CLASSIC).isEmpty());
        }
    }
}
