package io.tapekeeper.bar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarBuilderTest {
    private final List<Bar> bars = new ArrayList<>();
    private final BarBuilder builder = new BarBuilder(Interval.SECOND, bars::add);
    private long id;

    private void trade(double second, String price, String size, Side side) {
        long time = Math.round(second * 1_000_000);
        builder.add(new Trade(id++, Decimals.parse(price), Decimals.parse(size), side, time, time, 1));
    }

    private void trade(double second, String price) {
        trade(second, price, "1", Side.BUY);
    }

    @Test
    void sumsASecondExactly() {
        trade(9.5, "90");
        trade(10.0, "100", "0.1", Side.BUY);
        trade(10.4, "103", "0.2", Side.SELL);
        trade(10.9, "99", "0.3", Side.BUY);
        trade(11.0, "101");
        Bar bar = bars.get(1);
        assertEquals(10_000_000, bar.start());
        assertEquals("100.00000000", Decimals.format(bar.open()));
        assertEquals("103.00000000", Decimals.format(bar.high()));
        assertEquals("99.00000000", Decimals.format(bar.low()));
        assertEquals("99.00000000", Decimals.format(bar.close()));
        assertEquals("0.60000000", bar.volume().format(Amount.SIZE_PLACES));
        // 100 · 0.1 + 103 · 0.2 + 99 · 0.3 = 10 + 20.6 + 29.7
        assertEquals("60.30000000", bar.quoteVolume().format(Amount.QUOTE_PLACES));
        assertEquals("0.40000000", bar.takerBuyVolume().format(Amount.SIZE_PLACES));
        assertEquals(3, bar.trades());
        assertTrue(bar.complete());
    }

    @Test
    void theFirstBarOfATapeIsNotComplete() {
        trade(1.0, "1");
        trade(2.0, "1");
        trade(3.0, "1");
        assertFalse(bars.get(0).complete());
        assertTrue(bars.get(1).complete());
    }

    @Test
    void aBarClosesOnlyWhenTheTapeShowsATradeAtOrAfterItsEnd() {
        trade(1.0, "1");
        trade(1.999999, "1");
        assertEquals(List.of(), bars);
        trade(2.0, "1");
        assertEquals(1, bars.size());
    }

    @Test
    void aSecondWithoutTradesCarriesThePreviousCloseWithVolumeZero() {
        trade(1.0, "5");
        trade(1.5, "7");
        trade(4.0, "9");
        assertEquals(3, bars.size());
        assertEquals(Bar.flat(Interval.SECOND, 3_000_000, Decimals.parse("7"), true, false), bars.get(2));
    }

    @Test
    void aTradeWhoseTimeStepsBackCountsAtTheLatestTimeSeen() {
        trade(1.0, "5");
        trade(2.0, "6");
        trade(1.9, "7");
        trade(3.0, "8");
        assertEquals(2, bars.get(1).trades());
        assertEquals("7.00000000", Decimals.format(bars.get(1).close()));
    }

    @Test
    void oneTimeFarAheadClosesNoBarButTenInARowAreBelieved() {
        trade(1.0, "5");
        trade(2.0, "6");
        trade(20 * 365 * 86_400.0, "7");
        trade(2.5, "8");
        trade(3.0, "9");
        assertEquals(2, bars.size());
        assertEquals(3, bars.get(1).trades());
        double later = 3 + 2 * 86_400.0;
        for (int again = 0; again < 9; again++) {
            trade(later, "9");
        }
        assertEquals(2, bars.size());
        trade(later, "9");
        assertEquals(2 + 2 * 86_400, bars.size());
    }

    @Test
    void aHoleTouchesTheBarsOnBothSidesAndSecondsInsideItGiveNone() {
        trade(1.0, "5");
        trade(2.0, "5");
        builder.skipGap();
        trade(6.5, "9");
        trade(7.0, "9");
        trade(8.0, "9");
        assertEquals(
                List.of(1_000_000L, 2_000_000L, 6_000_000L, 7_000_000L),
                bars.stream().map(Bar::start).toList());
        assertEquals(
                List.of(false, false, false, true),
                bars.stream().map(Bar::complete).toList());
    }

    @Test
    void aHoleInsideOneSecondTouchesThatBarAlone() {
        trade(1.0, "5");
        trade(2.0, "5");
        builder.skipGap();
        trade(2.5, "9");
        trade(3.0, "9");
        trade(4.0, "9");
        assertEquals(
                List.of(false, false, true), bars.stream().map(Bar::complete).toList());
    }
}
