package io.tapekeeper.exchange.market;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MinuteBlockTest {
    private final MinuteBlock.Builder builder = new MinuteBlock.Builder(0, 50);
    private long nextId = 7;

    private void trade(long price, long time, boolean sold) {
        builder.add(new RawTrade(nextId++, price, 10, time, sold), time);
    }

    @Test
    void joinsConsecutiveTradesOfOneTimePriceAndSide() {
        trade(100, 1_000, false);
        trade(100, 1_000, false);
        trade(100, 1_000, true); // the other side
        trade(101, 1_000, true); // another price
        trade(101, 2_000, true); // another time
        trade(101, 2_000, true);
        MinuteBlock block = builder.build();
        assertEquals(4, block.aggregates());
        assertEquals(new Aggregate(50, 100, 20, 7, 8, 1_000, false), block.aggregate(0));
        assertEquals(new Aggregate(51, 100, 10, 9, 9, 1_000, true), block.aggregate(1));
        assertEquals(new Aggregate(52, 101, 10, 10, 10, 1_000, true), block.aggregate(2));
        assertEquals(new Aggregate(53, 101, 20, 11, 12, 2_000, true), block.aggregate(3));
    }

    @Test
    void doesNotJoinOverAHoleInTheIds() {
        trade(100, 1_000, false);
        nextId++;
        trade(100, 1_000, false);
        assertEquals(2, builder.build().aggregates());
    }

    @Test
    void keepsAQuoteOnlyWhereTheBookChanges() {
        builder.add(new Quote(0, 1, 1, 100, 5, 101, 5));
        trade(101, 2, false);
        builder.add(new Quote(0, 2, 2, 100, 5, 101, 5));
        builder.add(new Quote(0, 2, 3, 100, 5, 101, 4));
        MinuteBlock block = builder.build();
        assertEquals(2, block.quotes());
        assertEquals(0, block.quote(0).tradesBefore());
        assertEquals(new Quote(1, 2, 3, 100, 5, 101, 4), block.quote(1));
    }
}
