package io.tapekeeper.bar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollupTest {
    private static final Interval FIVE = Interval.parse("5s");

    private static Bar second(long at, long price, boolean complete) {
        return Bar.flat(Interval.SECOND, at * 1_000_000, price, complete, false);
    }

    @Test
    void isCompleteOnlyWithAllItsPartsComplete() {
        List<Bar> out = new ArrayList<>();
        Rollup rollup = new Rollup(FIVE, out::add);
        for (long at = 0; at < 5; at++) {
            rollup.add(second(at, 1, true));
        }
        for (long at = 5; at < 10; at++) {
            rollup.add(second(at, 1, at != 7));
        }
        for (long at = 10; at < 15; at += 2) { // 10, 12, 14: two are missing
            rollup.add(second(at, 1, true));
        }
        assertEquals(
                List.of(true, false, false), out.stream().map(Bar::complete).toList());
    }

    @Test
    void closesWithItsLastPartOrWithAPartOfALaterOne() {
        List<Bar> out = new ArrayList<>();
        Rollup rollup = new Rollup(FIVE, out::add);
        rollup.add(second(3, 1, true));
        assertEquals(0, out.size());
        rollup.add(second(4, 1, true));
        assertEquals(1, out.size());
        rollup.add(second(6, 1, true));
        rollup.add(second(11, 1, true));
        assertEquals(2, out.size());
        assertEquals(5_000_000, out.get(1).start());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void givesTheSameBarsAsBuildingThemFromTheTrades(long seed) {
        Random random = new Random(seed);
        List<Bar> fromTrades = new ArrayList<>();
        List<Bar> rolled = new ArrayList<>();
        BarBuilder direct = new BarBuilder(FIVE, fromTrades::add);
        Rollup rollup = new Rollup(FIVE, rolled::add);
        BarBuilder seconds = new BarBuilder(Interval.SECOND, rollup::add);
        long time = 12_345_678;
        for (long id = 0; id < 20_000; id++) {
            time += random.nextInt(10) == 0 ? random.nextInt(4_000_000) : random.nextInt(100_000);
            Side side = random.nextBoolean() ? Side.BUY : Side.SELL;
            long price = Decimals.ONE * (100 + random.nextInt(50));
            Trade trade = new Trade(id, price, 1 + random.nextInt(1_000_000), side, time, time, 1);
            direct.add(trade);
            seconds.add(trade);
        }
        int both = Math.min(fromTrades.size(), rolled.size());
        assertEquals(fromTrades.subList(0, both), rolled.subList(0, both), "seed " + seed);
        assertEquals(fromTrades.size(), both, 1, "seed " + seed);
    }

    @Test
    void refusesPartsThatDoNotFit() {
        Rollup rollup = new Rollup(Interval.parse("3s"), bar -> {});
        assertThrows(
                IllegalArgumentException.class, () -> rollup.add(Bar.flat(Interval.parse("2s"), 0, 1, true, false)));
    }

    @Test
    void intervalsReadAndPrintAlike() {
        for (String text : List.of("1s", "5s", "1m", "15m", "1h", "1d")) {
            assertEquals(text, Interval.parse(text).toString());
        }
        assertThrows(IllegalArgumentException.class, () -> Interval.parse("0s"));
        assertThrows(IllegalArgumentException.class, () -> Interval.parse("1 second"));
    }
}
