package io.tapekeeper.store;

import io.tapekeeper.bar.Bar;
import io.tapekeeper.market.Amount;
import java.util.List;

/** The columns of a bar, which tables {@code bar} and {@code rollup} share: their names, and what stands in them. */
final class BarColumns {
    /** Which bar of its tape or series it is. */
    static final String KEY = "interval, start";

    /** What is in the bar. */
    static final String VALUES =
            "open, high, low, close, volume, quote_volume, trades, taker_buy_volume, complete, carried";

    /** Of key and values. */
    static final int COUNT = 12;

    private BarColumns() {}

    /**
     * Key and values, in the order in which {@link RowMapper#bar} reads them.
     *
     * @param complete the name of the column {@code complete} where another table, or the row around the bar, has one
     */
    static String names(String complete) {
        return KEY + ", " + VALUES.replace("complete", complete);
    }

    /** Adds what stands in these columns to the values of a row. */
    static void add(List<Object> values, Bar bar) {
        values.add(bar.interval().micros());
        values.add(bar.start());
        values.add(bar.open());
        values.add(bar.high());
        values.add(bar.low());
        values.add(bar.close());
        values.add(ColumnValues.sum(bar.volume(), Amount.SIZE_PLACES));
        values.add(ColumnValues.sum(bar.quoteVolume(), Amount.QUOTE_PLACES));
        values.add(bar.trades());
        values.add(ColumnValues.sum(bar.takerBuyVolume(), Amount.SIZE_PLACES));
        values.add(ColumnValues.flag(bar.complete()));
        values.add(ColumnValues.flag(bar.carried()));
    }
}
