package io.tapekeeper.store;

import io.tapekeeper.market.Amount;
import io.tapekeeper.signal.Signal;

/** How values stand in columns; {@link RowMapper} reads them back. */
final class ColumnValues {
    private ColumnValues() {}

    /** A sum as exact decimal text, with one zero after the point at most: on disk each costs a byte. */
    static String sum(Amount amount, int places) {
        String text = amount.format(places);
        int end = text.length();
        while (text.charAt(end - 1) == '0' && text.charAt(end - 2) != '.') {
            end--;
        }
        return text.substring(0, end);
    }

    static int flag(boolean value) {
        return value ? 1 : 0;
    }

    /** A statistic; NaN, which is no value, becomes NULL. */
    static Double real(double value) {
        return Double.isNaN(value) ? null : value;
    }

    /** The position that a signal asks for. */
    static int position(Signal signal) {
        return switch (signal) {
            case BUY -> 1;
            case SELL -> -1;
            case NEUTRAL -> 0;
        };
    }
}
