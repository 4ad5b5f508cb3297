package io.tapekeeper.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.signal.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowRollupTest {
    private static final Interval TEN = new Interval(10_000_000);
    private static final Interval MINUTE = Interval.MINUTE;

    /** The row of second {@code n}: price 100 + n, return n / 100, z-score -n. */
    private static RollupRow row(int n, int rules) {
        long price = 100L + n;
        Bar bar = new Bar(
                Interval.SECOND,
                n * 1_000_000L,
                price,
                price + 1,
                price - 1,
                price,
                Amount.of(2),
                Amount.product(2, price),
                1,
                Amount.of(1),
                true,
                false);
        FeatureValues values = FeatureValues.of(n / 100.0, 0, Double.NaN, 0, n, -n);
        Signal signal = n % 2 == 0 ? Signal.BUY : Signal.SELL;
        return RollupRow.of(new FeatureRow(bar, values, signal, rules, true));
    }

    private static List<RollupRow> rolledUp(Interval interval, List<RollupRow> parts) {
        List<RollupRow> wholes = new ArrayList<>();
        RowRollup rollup = new RowRollup(interval, wholes::add);
        parts.forEach(rollup::add);
        rollup.finish();
        return wholes;
    }

    @Test
    void keepsTheExtremesOfAllItsRows() {
        List<RollupRow> parts = new ArrayList<>();
        for (int n = 0; n < 10; n++) {
            parts.add(row(n, n == 4 ? 2 : n == 7 ? 1 : 0));
        }
        RollupRow whole = rolledUp(TEN, parts).getFirst();
        double none = Double.NaN; // of the volatility, and of what is not rolled up
        assertEquals(FeatureValues.of(0, none, none, none, 0, -9), whole.low());
        assertEquals(FeatureValues.of(0.09, none, none, none, 9, 0), whole.high());
        assertEquals(3, whole.rules());
        assertEquals(Signal.SELL, whole.signal());
        assertEquals(99, whole.bar().low());
        assertEquals(110, whole.bar().high());
        assertEquals(10, whole.bar().trades());
        assertTrue(whole.complete());
    }

    @Test
    void isNotCompleteWhereARowIsMissing() {
        List<RollupRow> wholes = rolledUp(TEN, List.of(row(0, 0), row(9, 0), row(13, 4)));
        assertEquals(2, wholes.size());
        assertFalse(wholes.get(0).complete());
        assertFalse(wholes.get(1).complete());
        assertEquals(0, wholes.get(0).rules(), "the rule of a later row is not told here");
        assertEquals(4, wholes.get(1).rules());
    }

    @Test
    void givesTheSameInOneStepAndInTwo() {
        long seed = 4_711;
        Random random = new Random(seed);
        List<RollupRow> parts = new ArrayList<>();
        for (int n = 0; n < 5_000; n += random.nextInt(50) == 0 ? random.nextInt(100) + 1 : 1) {
            parts.add(row(n, random.nextInt(8)));
        }
        assertEquals(rolledUp(MINUTE, parts), rolledUp(MINUTE, rolledUp(TEN, parts)), "seed " + seed);
    }
}
