package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Small rows whose numbers can be checked by hand, and SQL that bypasses the classes tested. */
final class Samples {
    static final Instrument BTCUSDT =
            new Instrument("binance", "BTCUSDT", Decimals.parse("0.01"), Decimals.parse("0.00001"));
    static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, false);
    static final Series CLASSIC = new Series(TAPE, BTCUSDT, "classic", Interval.SECOND);

    /** 2025-01-01T00:00:00Z, the start of a second, a minute and a day. */
    static final long START = 1_735_689_600_000_000L;

    static final long SECOND = 1_000_000L;

    private Samples() {}

    /** Trade number {@code id}: 60,000 + id dollars, one id-th of a second after START. */
    static Trade trade(long id) {
        long time = START + id * SECOND / 10;
        return new Trade(
                id,
                Decimals.parse("60000") + id * Decimals.ONE,
                Decimals.parse("0.001"),
                id % 2 == 0 ? Side.BUY : Side.SELL,
                time,
                time + 25_000,
                1);
    }

    /** The bar of second number {@code n} after START: close 100 + n, volume 2, one of it bought. */
    static Bar bar(long n) {
        long close = (100 + n) * Decimals.ONE;
        return new Bar(
                Interval.SECOND,
                START + n * SECOND,
                close - Decimals.ONE,
                close + Decimals.ONE,
                close - 2 * Decimals.ONE,
                close,
                Amount.of(2 * Decimals.ONE),
                Amount.product(2 * Decimals.ONE, close),
                3,
                Amount.of(Decimals.ONE),
                true,
                false);
    }

    static FeatureRow row(Bar bar) {
        FeatureValues values = FeatureValues.of(0.5, 0.25, 0.125, 2, 0.0625, -1.5);
        return new FeatureRow(bar, values, Signal.BUY, 0, true);
    }

    static FeatureRow row(long n) {
        return row(bar(n));
    }

    static Alert alert(Rule rule, long opened) {
        return new Alert(rule, opened, Alert.OPEN, 3.5, 3, "price 104 is 3.50 σ above");
    }

    static List<Trade> trades(History history, TapeId tape, long fromId) {
        List<Trade> all = new ArrayList<>();
        history.trades(tape, fromId, all::add);
        return all;
    }

    static List<StoredBar> bars(History history, Interval interval, long from, long to) {
        List<StoredBar> all = new ArrayList<>();
        history.bars(TAPE, interval, from, to, all::add);
        return all;
    }

    static List<FeatureRow> features(History history, long from, long to) {
        List<FeatureRow> all = new ArrayList<>();
        history.features(CLASSIC, from, to, all::add);
        return all;
    }

    static List<SignalChange> signals(History history) {
        List<SignalChange> all = new ArrayList<>();
        history.signals(CLASSIC, all::add);
        return all;
    }

    /** What each version of the schema has added, taken away again; from version 2 on. */
    private static final List<List<String>> REMOVALS = List.of(
            List.of(
                    "DROP INDEX open_gap",
                    "ALTER TABLE gap DROP COLUMN closed",
                    "ALTER TABLE gap DROP COLUMN repaired_by"),
            List.of(
                    "DROP TABLE rollup",
                    "ALTER TABLE series DROP COLUMN unrolled",
                    "ALTER TABLE tape DROP COLUMN time_base"),
            List.of(
                    "DROP TRIGGER trade_deleted",
                    "ALTER TABLE tape DROP COLUMN first_id",
                    "ALTER TABLE tape DROP COLUMN last_id"),
            List.of("DROP TABLE uncomputed", "DROP TABLE beginning"),
            List.of(
                    "ALTER TABLE feature DROP COLUMN ewma_volatility",
                    "ALTER TABLE rollup DROP COLUMN ewma_volatility_low",
                    "ALTER TABLE rollup DROP COLUMN ewma_volatility_high"));

    /** Makes a store one of an earlier version. */
    static void backTo(Path file, int version) throws Exception {
        for (int from = Schema.SCRIPTS.size(); from > version; from--) {
            sql(file, REMOVALS.get(from - 2).toArray(String[]::new));
        }
        sql(file, "PRAGMA user_version = " + version);
    }

    /** Runs statements on a file with SQLite itself. */
    static void sql(Path file, String... statements) throws SQLException {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }

    /** The first column of the first row, as text. */
    static String ask(Path file, String sql) throws SQLException {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** Waits until it holds; fails after half a minute. */
    static void until(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never came true: " + what);
            }
            Thread.onSpinWait();
        }
    }
}
