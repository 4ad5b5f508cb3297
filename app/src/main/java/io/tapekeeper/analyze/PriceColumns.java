package io.tapekeeper.analyze;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where a table has its times and prices.
 *
 * @param named whether its first line says so, and is no row
 */
record PriceColumns(int time, int price, boolean named) {
    /** Time and price, in this order, unless the first line names columns as time and price. */
    static PriceColumns of(String firstLine) {
        List<String> names = Arrays.stream(firstLine.split(",", -1))
                .map(cell -> cell.replace("\uFEFF", "").strip()) // a BOM
                .map(cell -> cell.toLowerCase(Locale.ROOT))
                .toList();
        return names.contains("time") && names.contains("price")
                ? new PriceColumns(names.indexOf("time"), names.indexOf("price"), true)
                : new PriceColumns(0, 1, false);
    }

    /** The later of the two: a line needs more columns than this. */
    int last() {
        return Math.max(time, price);
    }
}
