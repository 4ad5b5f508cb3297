package io.tapekeeper.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnalystTest {
    private static final Instrument BTC = new Instrument("binance", "BTCUSDT", 1_000_000, 1_000);

    /** Writes down what an Analyst says. */
    private static final class Said implements TapeListener {
        final List<FeatureRow> rows = new ArrayList<>();
        final List<Alert> opened = new ArrayList<>();
        final List<Alert> closed = new ArrayList<>();
        final List<SignalChange> signals = new ArrayList<>();

        @Override
        public void row(FeatureRow row) {
            rows.add(row);
        }

        @Override
        public void alertOpened(Alert alert) {
            opened.add(alert);
        }

        @Override
        public void alertClosed(Alert alert) {
            closed.add(alert);
        }

        @Override
        public void signalChanged(SignalChange change) {
            signals.add(change);
        }

        List<Object> everything() {
            List<Object> all = new ArrayList<>(rows);
            all.addAll(opened);
            all.addAll(closed);
            all.addAll(signals);
            return all;
        }
    }

    private final Said said = new Said();
    private final Analyst analyst = new Analyst(BTC, Interval.SECOND, Preset.CLASSIC, said);

    private static Trade trade(long id, double price, long time) {
        return new Trade(id, Math.round(price * 100) * 1_000_000, 100_000, Side.BUY, time, time, 1);
    }

    /** One trade a second from second {@code from} on; a bar closes with the trade behind it. */
    private void closes(int from, double... prices) {
        for (int i = 0; i < prices.length; i++) {
            analyst.trade(trade(from + i, prices[i], (from + i) * 1_000_000L));
        }
    }

    private static double[] wave(int length) {
        double[] prices = new double[length];
        for (int i = 0; i < length; i++) {
            prices[i] = i % 2 == 0 ? 100 : 101;
        }
        return prices;
    }

    @Test
    void hasNoValueUntilTheWindowsAreFull() {
        closes(0, wave(130));
        assertTrue(Double.isNaN(said.rows.get(0).values().of(Feature.RETURN)));
        assertEquals(0.01, said.rows.get(1).values().of(Feature.RETURN), 1e-12);
        assertEquals(Math.log(1.01), said.rows.get(1).values().of(Feature.LOG_RETURN), 1e-12);
        assertTrue(Double.isNaN(said.rows.get(18).values().of(Feature.ZSCORE)));
        assertFalse(Double.isNaN(said.rows.get(19).values().of(Feature.ZSCORE))); // 20 closes
        assertTrue(Double.isNaN(said.rows.get(19).values().of(Feature.VOLATILITY)));
        assertFalse(Double.isNaN(said.rows.get(20).values().of(Feature.VOLATILITY))); // 20 returns
        assertTrue(Double.isNaN(said.rows.get(118).values().of(Feature.BASELINE)));
        assertFalse(Double.isNaN(said.rows.get(119).values().of(Feature.BASELINE))); // 100 volatilities
    }

    @Test
    void anAlertOpensWithItsRuleAndClosesWithIt() {
        closes(0, wave(40));
        closes(40, 110, 100, 101);
        Alert alert = said.opened.getFirst();
        assertEquals(ClassicRules.Z_HIGH, alert.rule());
        assertEquals(41_000_000, alert.opened()); // the end of second 40
        assertEquals(3, alert.threshold());
        // the last 20: ten times 101, nine times 100, once 110: mean 101, Σ(x − mean)² = 90
        assertEquals(9 / Math.sqrt(90.0 / 19), alert.value(), 1e-12);
        assertEquals("price 110.00 is 4.14 σ above its 20s mean of 101.00 (threshold 3)", alert.reason());
        assertEquals(alert.closedAt(42_000_000), said.closed.getFirst());
    }

    @Test
    void theSignalIsWrittenDownWhereItChangesAndBeginsNeutral() {
        closes(0, wave(40));
        closes(40, 110, 90, 100, 101);
        assertEquals(Signal.SELL, said.signals.get(0).signal());
        assertEquals(41_000_000, said.signals.get(0).time());
        assertEquals("classic", said.signals.get(0).model());
        assertEquals(Signal.BUY, said.signals.get(1).signal());
        assertEquals(Signal.NEUTRAL, said.signals.get(2).signal());
    }

    @Test
    void aFlatMarketHasZeroVolatilityAndNoZScore() {
        double[] flat = new double[50];
        Arrays.fill(flat, 100.1);
        closes(0, flat);
        FeatureRow last = said.rows.getLast();
        assertEquals(0, last.values().of(Feature.VOLATILITY));
        assertTrue(Double.isNaN(last.values().of(Feature.ZSCORE)));
        assertEquals(Signal.NEUTRAL, last.signal());
    }

    @Test
    void nothingIsComputedAcrossAHoleAndRowsWithinReachOfItAreNotComplete() {
        closes(0, wave(200));
        analyst.gap(new Gap(200, 299, 199_000_000, 300_000_000));
        closes(300, wave(200));
        int behind = 200; // rows 0 to 199, then second 300
        assertEquals(300_000_000, said.rows.get(behind).bar().start());
        assertFalse(said.rows.get(behind - 1).complete(), "the close before the hole is in doubt");
        assertTrue(Double.isNaN(said.rows.get(behind).values().of(Feature.RETURN)));
        assertTrue(Double.isNaN(said.rows.get(behind + 18).values().of(Feature.ZSCORE)));
        assertFalse(Double.isNaN(said.rows.get(behind + 19).values().of(Feature.ZSCORE)));
        assertFalse(said.rows.get(behind + 119).complete());
        assertTrue(said.rows.get(behind + 120).complete());
    }

    @Test
    void noAlertOpensWithinReachOfAHole() {
        closes(0, wave(200));
        analyst.gap(new Gap(200, 299, 199_000_000, 300_000_000));
        closes(300, wave(60));
        closes(360, 120, 100, 101);
        assertTrue((said.rows.get(260).rules() & ClassicRules.Z_HIGH.bit()) != 0, "the rule is true");
        assertEquals(List.of(), said.opened);
    }

    @Test
    void aHoleInsideOneSecondLeavesTheClosesAsTheyAre() {
        closes(0, wave(150));
        long same = 149_500_000;
        analyst.gap(new Gap(150, 151, 149_000_000, same));
        analyst.trade(trade(152, 101, same));
        closes(153, wave(1)); // seconds 150 to 152 follow without a trade
        assertEquals(153, said.rows.size());
        FeatureRow touched = said.rows.get(149);
        assertFalse(touched.complete());
        assertFalse(Double.isNaN(touched.values().of(Feature.RETURN)));
        assertFalse(Double.isNaN(touched.values().of(Feature.ZSCORE)));
    }

    @Test
    void continuesBitForBitFromASavedStateWhereverItWasSaved() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Trade> tape = new ArrayList<>();
            double price = 61_000;
            long time = random.nextInt(100_000_000);
            for (int id = 0; id < 2_000; id++) {
                price += random.nextGaussian() * (random.nextInt(200) == 0 ? 50 : 0.3);
                time += random.nextInt(500_000);
                tape.add(trade(id, price, time));
            }
            int hole = 500 + random.nextInt(500);
            int save = random.nextInt(2_000);
            Said whole = new Said();
            Analyst unbroken = new Analyst(BTC, Interval.SECOND, Preset.CLASSIC, whole);
            Said parts = new Said();
            Analyst current = new Analyst(BTC, Interval.SECOND, Preset.CLASSIC, parts);
            for (int at = 0; at < tape.size(); at++) {
                if (at == save) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    current.save(new DataOutputStream(bytes));
                    current = new Analyst(BTC, Interval.SECOND, Preset.CLASSIC, parts);
                    current.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
                }
                if (at == hole) {
                    Gap gap = new Gap(
                            at,
                            at + 20,
                            tape.get(at - 1).venueTime(),
                            tape.get(at + 21).venueTime());
                    unbroken.gap(gap);
                    current.gap(gap);
                }
                if (at < hole || at > hole + 20) {
                    unbroken.trade(tape.get(at));
                    current.trade(tape.get(at));
                }
            }
            assertEquals(whole.everything(), parts.everything(), "seed " + seed);
            assertFalse(whole.rows.isEmpty(), "seed " + seed);
        }
    }

    @Test
    void aCarriedSampleIsNotCompleteAndRaisesNoAlert() {
        for (int at = 0; at < 40; at++) {
            analyst.bar(
                    Bar.flat(Interval.SECOND, at * 1_000_000L, Decimals.ONE * (at % 2 == 0 ? 100 : 101), true, false));
        }
        analyst.bar(Bar.flat(Interval.SECOND, 40_000_000, Decimals.ONE * 110, false, true));
        assertFalse(said.rows.getLast().complete());
        assertEquals(List.of(), said.opened);
        analyst.bar(Bar.flat(Interval.SECOND, 41_000_000, Decimals.ONE * 100, true, false));
        assertTrue(said.rows.getLast().complete());
    }

    @Test
    void refusesASettingThatCanNeverFire() {
        String message = assertThrows(IllegalArgumentException.class, () -> new Preset(10, 100, 3, 2, 1))
                .getMessage();
        assertTrue(message.contains("at most 2.846"), message); // 9 / √10
        assertEquals("classic", Preset.CLASSIC.label());
        assertTrue(new Preset(30, 100, 3, 2, 1).label().matches("classic-[0-9a-f]{8}"));
    }

    @Test
    void aStateOfTheVersionBeforeLacksTheFurtherFeaturesAndNothingElse() throws IOException {
        closes(0, wave(300));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        analyst.save(new DataOutputStream(bytes));
        byte[] state = bytes.toByteArray();
        assertEquals(4, ByteBuffer.wrap(state).getInt());
        ByteBuffer.wrap(state).putInt(3); // which ended where the further features begin
        Said continued = new Said();
        Analyst later = new Analyst(BTC, Interval.SECOND, Preset.CLASSIC, continued);
        later.restore(new DataInputStream(new ByteArrayInputStream(state)));
        int before = said.rows.size();
        for (int second = 300; second < 340; second++) {
            Trade trade = trade(second, 100 + second % 3, second * 1_000_000L);
            analyst.trade(trade);
            later.trade(trade);
        }
        assertEquals(40, continued.rows.size());
        for (int at = 0; at < 40; at++) {
            FeatureRow whole = said.rows.get(before + at);
            FeatureRow row = continued.rows.get(at);
            assertFalse(row.values().isWhole());
            assertTrue(whole.values().isWhole());
            assertEquals(whole.values().only(Feature.allClassic()), row.values());
        }
    }
}
