package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.RollupRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.Gap;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.IdRange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Reads a result row by row, and each row column after column in the order of its SELECT. */
final class RowMapper {
    static final String SERIES = "symbol, venue, price_step, size_step, kind, simulated, preset, interval";
    static final String TRADE = "id, price, size, side, time, received, raw";
    static final String BAR = BarColumns.names("bar.complete") + ", bar.revision";
    static final String VALUES = String.join(", ", Feature.columns(Feature.all()));
    static final String FEATURES = BAR + ", " + VALUES + ", signal, rules, feature.complete, feature.revision";
    static final String ROLLUP = BarColumns.names("bar_complete") + ", " + extremes() + ", signal, rules, complete";
    static final String ALERT = "rule, opened, closed, value, threshold, reason";
    static final String SIGNAL = "model, time, signal, price, zscore";
    static final String GAP = "first_id, last_id, before, after, cause, opened, closed, repaired_by";
    static final String CHECKPOINT = "last_trade_id, last_bar_start, state";

    private static final int MOST_DIGITS = 18; // of a long, whatever they are
    private static final long[] POWERS = new long[MOST_DIGITS + 1]; // of ten

    static {
        POWERS[0] = 1;
        for (int at = 1; at < POWERS.length; at++) {
            POWERS[at] = 10 * POWERS[at - 1];
        }
    }

    /** Makes one row into what it stands for. */
    interface Reading<T> {
        T of(RowMapper row) throws SQLException;
    }

    private final ResultSet result;
    private int column;

    /** Of each feature that is rolled up its lowest and its highest value. */
    private static String extremes() {
        return RollupRow.FEATURES.stream()
                .map(feature -> "%1$s_low, %1$s_high".formatted(feature.column()))
                .collect(Collectors.joining(", "));
    }

    RowMapper(ResultSet result) {
        this.result = result;
    }

    /** Goes to the next row; false after the last. */
    boolean next() throws SQLException {
        column = 0;
        return result.next();
    }

    /** All rows that a statement finds for these values, one after the other. */
    static <T> List<T> all(PreparedStatement statement, Reading<T> reading, Object... values) throws SQLException {
        bind(statement, values);
        List<T> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            RowMapper row = new RowMapper(result);
            while (row.next()) {
                rows.add(reading.of(row));
            }
        }
        return rows;
    }

    /** The number that a statement without values finds. */
    static long numberOf(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return all(statement, RowMapper::number).getFirst();
        }
    }

    static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    Series series() throws SQLException {
        String symbol = text();
        String venue = text();
        Instrument instrument = new Instrument(venue, symbol, whole(), whole());
        TapeId tape = new TapeId(venue, symbol, TapeKind.parse(text()), flag());
        return new Series(tape, instrument, text(), new Interval(whole()));
    }

    /** @param timeBase of its tape */
    Trade trade(long timeBase) throws SQLException {
        long id = whole();
        long price = whole();
        long size = whole();
        Side side = side();
        long time = timeBase + whole();
        return new Trade(id, price, size, side, time, time + whole(), (int) whole());
    }

    IdRange ids() throws SQLException {
        return new IdRange(whole(), whole());
    }

    StoredBar bar() throws SQLException {
        return new StoredBar(barAlone(), (int) whole());
    }

    private Bar barAlone() throws SQLException {
        return new Bar(
                new Interval(whole()),
                whole(),
                whole(),
                whole(),
                whole(),
                whole(),
                amount(Amount.SIZE_PLACES),
                amount(Amount.QUOTE_PLACES),
                whole(),
                amount(Amount.SIZE_PLACES),
                flag(),
                flag());
    }

    StoredRow features() throws SQLException {
        Bar bar = bar().bar();
        double[] values = new double[Feature.all().size()];
        for (int at = 0; at < values.length; at++) {
            values[at] = real();
        }
        FeatureRow row = new FeatureRow(bar, FeatureValues.of(values), signal(), (int) whole(), flag());
        return new StoredRow(row, (int) whole());
    }

    RollupRow rollup() throws SQLException {
        Bar bar = barAlone();
        double[] low = new double[RollupRow.FEATURES.size()];
        double[] high = new double[low.length];
        for (int at = 0; at < low.length; at++) {
            low[at] = real();
            high[at] = real();
        }
        return new RollupRow(
                bar,
                FeatureValues.of(RollupRow.FEATURES, low),
                FeatureValues.of(RollupRow.FEATURES, high),
                signal(),
                (int) whole(),
                flag());
    }

    Alert alert() throws SQLException {
        Rule rule = ClassicRules.named(text());
        long opened = whole();
        long closed = whole(); // NULL reads as 0, which is OPEN
        return new Alert(rule, opened, closed, real(), real(), text());
    }

    SignalChange signalChange() throws SQLException {
        return new SignalChange(text(), whole(), signal(), whole(), real());
    }

    LedgerEntry gap() throws SQLException {
        Gap gap = new Gap(whole(), whole(), whole(), whole());
        GapCause cause = GapCause.parse(text());
        return new LedgerEntry(gap, cause, whole(), optional(), Optional.ofNullable(text()));
    }

    Checkpoint checkpoint() throws SQLException {
        return new Checkpoint(whole(), whole(), bytes());
    }

    byte[] bytes() throws SQLException {
        return result.getBytes(++column);
    }

    /** A number, null where it is NULL. */
    Long number() throws SQLException {
        long value = whole();
        return result.wasNull() ? null : value;
    }

    /** A number, empty where it is NULL. */
    OptionalLong optional() throws SQLException {
        long value = whole();
        return result.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private long whole() throws SQLException {
        return result.getLong(++column);
    }

    private String text() throws SQLException {
        return result.getString(++column);
    }

    private boolean flag() throws SQLException {
        return whole() != 0;
    }

    double real() throws SQLException {
        double value = result.getDouble(++column);
        return value == 0 && result.wasNull() ? Double.NaN : value; // asking costs as much again
    }

    /** Of few digits, as nearly all are, it is read without a BigDecimal: a range has thousands. */
    private Amount amount(int places) throws SQLException {
        String text = text();
        long digits = 0;
        int afterPoint = -1; // digits; -1 = the point has not come
        boolean plain = text.length() <= MOST_DIGITS;
        for (int at = 0; at < text.length() && plain; at++) {
            char c = text.charAt(at);
            if (c == '.' && afterPoint < 0) {
                afterPoint = 0;
            } else {
                plain = c >= '0' && c <= '9';
                digits = digits * 10 + (c - '0');
                afterPoint += afterPoint < 0 ? 0 : 1;
            }
        }
        int missing = places - Math.max(afterPoint, 0);
        return plain && missing >= 0 && missing < POWERS.length
                ? Amount.product(digits, POWERS[missing])
                : Amount.of(new BigDecimal(text).movePointRight(places).toBigIntegerExact());
    }

    private Side side() throws SQLException {
        return whole() == 1 ? Side.BUY : Side.SELL;
    }

    private Signal signal() throws SQLException {
        return switch (Long.signum(whole())) {
            case 1 -> Signal.BUY;
            case -1 -> Signal.SELL;
            default -> Signal.NEUTRAL;
        };
    }
}
