package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.FeatureValues;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.market.Side;
import io.tapekeeper.market.Trade;
import io.tapekeeper.signal.Signal;
import io.tapekeeper.tape.TapeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;

/**
 * What each {@link Entry} is in SQL. Every statement may be run again with the same values without
 * changing anything, so that a restart may say again what it said before.
 *
 * <p>The writer thread owns it.
 */
final class Statements implements AutoCloseable {
    /** A tape's key, and how many of its trades were added since the last commit. */
    private static final class TapeRow {
        private final int id;
        private long added;

        TapeRow(int id) {
            this.id = id;
        }
    }

    /** How many checkpoints of a series are kept: one is enough, more tell what happened. */
    private static final int CHECKPOINTS = 3;

    // Both hold one entry for each tape and series of the configuration.
    private final Map<TapeId, TapeRow> tapes = new HashMap<>();
    private final Map<Series, Integer> series = new HashMap<>();

    private final Connection connection;
    private final PreparedStatement trade;
    private final PreparedStatement bar;
    private final PreparedStatement feature;
    private final PreparedStatement alert;
    private final PreparedStatement signal;
    private final PreparedStatement count;

    Statements(Connection connection) throws SQLException {
        this.connection = connection;
        trade =
                connection.prepareStatement(
                        """
                        INSERT INTO trade (tape, id, price, size, time, received, side, raw)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
                        """);
        bar =
                connection.prepareStatement(
                        """
                        INSERT INTO bar (tape, interval, start, open, high, low, close, volume,
                            quote_volume, taker_buy_volume, trades, complete, carried)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET (open, high, low, close, volume, quote_volume,
                            taker_buy_volume, trades, complete, carried, revision)
                          = (excluded.open, excluded.high, excluded.low, excluded.close,
                            excluded.volume, excluded.quote_volume, excluded.taker_buy_volume,
                            excluded.trades, excluded.complete, excluded.carried, revision + 1)
                        WHERE (open, high, low, close, volume, quote_volume, taker_buy_volume,
                            trades, complete, carried)
                          IS NOT (excluded.open, excluded.high, excluded.low, excluded.close,
                            excluded.volume, excluded.quote_volume, excluded.taker_buy_volume,
                            excluded.trades, excluded.complete, excluded.carried)\
                        """);
        feature =
                connection.prepareStatement(
                        """
                        INSERT INTO feature (series, start, return, log_return, volatility,
                            volatility_annual, baseline, zscore, signal, rules, complete)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET (return, log_return, volatility,
                            volatility_annual, baseline, zscore, signal, rules, complete, revision)
                          = (excluded.return, excluded.log_return, excluded.volatility,
                            excluded.volatility_annual, excluded.baseline, excluded.zscore,
                            excluded.signal, excluded.rules, excluded.complete, revision + 1)
                        WHERE (return, log_return, volatility, volatility_annual, baseline, zscore,
                            signal, rules, complete)
                          IS NOT (excluded.return, excluded.log_return, excluded.volatility,
                            excluded.volatility_annual, excluded.baseline, excluded.zscore,
                            excluded.signal, excluded.rules, excluded.complete)\
                        """);
        alert =
                connection.prepareStatement(
                        """
                        INSERT INTO alert (series, opened, rule, severity, closed, value, threshold,
                            reason)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET (severity, closed, value, threshold, reason,
                            withdrawn)
                          = (excluded.severity, excluded.closed, excluded.value,
                            excluded.threshold, excluded.reason, 0)\
                        """);
        signal =
                connection.prepareStatement(
                        """
                        INSERT INTO signal (series, time, model, signal, price, zscore)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET (model, signal, price, zscore, withdrawn)
                          = (excluded.model, excluded.signal, excluded.price, excluded.zscore, 0)\
                        """);
        count = connection.prepareStatement("UPDATE tape SET trades = trades + ? WHERE id = ?");
    }

    /** Puts one entry into the transaction. */
    void run(Entry entry) throws SQLException {
        switch (entry) {
            case Entry.Traded(TapeId tape, Trade said) -> trade(tape(tape), said);
            case Entry.Closed closed -> closed(closed);
            case Entry.Alerted(Series of, Alert said) -> alert(series(of), said);
            case Entry.Signalled said -> signal(said);
            case Entry.Withdrawn said -> withdraw(said);
            case Entry.Missed said -> missed(said);
            case Entry.Saved(Series of, Checkpoint said) -> checkpoint(series(of), said);
            case Entry.Happened said -> happened(said);
            case Entry.Barrier barrier -> {} // concerns the queue, not the file
            case Entry.Stop stop -> {}
        }
    }

    /**
     * Ends the transaction.
     *
     * @return how many trades it added
     */
    long commit() throws SQLException {
        long all = 0;
        for (TapeRow tape : tapes.values()) {
            if (tape.added > 0) {
                count.setLong(1, tape.added);
                count.setInt(2, tape.id);
                count.executeUpdate();
                all += tape.added;
                tape.added = 0;
            }
        }
        connection.commit();
        return all;
    }

    private void trade(TapeRow tape, Trade said) throws SQLException {
        trade.setInt(1, tape.id);
        trade.setLong(2, said.id());
        trade.setLong(3, said.price());
        trade.setLong(4, said.size());
        trade.setLong(5, said.venueTime());
        trade.setLong(6, said.receivedTime() - said.venueTime());
        trade.setInt(7, said.aggressor() == Side.BUY ? 1 : 0);
        trade.setInt(8, said.rawTrades());
        tape.added += trade.executeUpdate();
    }

    private void closed(Entry.Closed closed) throws SQLException {
        Bar said = closed.row().bar();
        bar.setInt(1, tape(closed.series().tape()).id);
        bar.setLong(2, said.interval().micros());
        bar.setLong(3, said.start());
        bar.setLong(4, said.open());
        bar.setLong(5, said.high());
        bar.setLong(6, said.low());
        bar.setLong(7, said.close());
        bar.setString(8, said.volume().format(Amount.SIZE_PLACES));
        bar.setString(9, said.quoteVolume().format(Amount.QUOTE_PLACES));
        bar.setString(10, said.takerBuyVolume().format(Amount.SIZE_PLACES));
        bar.setLong(11, said.trades());
        bar.setInt(12, said.complete() ? 1 : 0);
        bar.setInt(13, said.carried() ? 1 : 0);
        bar.executeUpdate();

        FeatureValues values = closed.row().values();
        feature.setInt(1, series(closed.series()));
        feature.setLong(2, said.start());
        setReal(feature, 3, values.change());
        setReal(feature, 4, values.logReturn());
        setReal(feature, 5, values.volatility());
        setReal(feature, 6, values.annualised());
        setReal(feature, 7, values.baseline());
        setReal(feature, 8, values.zScore());
        feature.setInt(9, position(closed.row().signal()));
        feature.setInt(10, closed.row().rules());
        feature.setInt(11, closed.row().complete() ? 1 : 0);
        feature.executeUpdate();
    }

    private void alert(int id, Alert said) throws SQLException {
        alert.setInt(1, id);
        alert.setLong(2, said.opened());
        alert.setString(3, said.rule().label());
        alert.setString(4, said.rule().severity().label());
        if (said.isOpen()) {
            alert.setNull(5, Types.BIGINT);
        } else {
            alert.setLong(5, said.closed());
        }
        setReal(alert, 6, said.value());
        setReal(alert, 7, said.threshold());
        alert.setString(8, said.reason());
        alert.executeUpdate();
    }

    private void signal(Entry.Signalled said) throws SQLException {
        signal.setInt(1, series(said.series()));
        signal.setLong(2, said.change().time());
        signal.setString(3, said.change().model());
        signal.setInt(4, position(said.change().signal()));
        signal.setLong(5, said.change().price());
        setReal(signal, 6, said.change().zScore());
        signal.executeUpdate();
    }

    private void withdraw(Entry.Withdrawn said) throws SQLException {
        int id = series(said.series());
        rarely(
                "UPDATE alert SET withdrawn = 1 WHERE series = ? AND opened >= ? AND opened < ?",
                id,
                said.from(),
                said.to());
        rarely(
                "UPDATE signal SET withdrawn = 1 WHERE series = ? AND time >= ? AND time < ?",
                id,
                said.from(),
                said.to());
    }

    private void missed(Entry.Missed said) throws SQLException {
        rarely(
                """
                INSERT INTO gap (tape, first_id, last_id, before, after, cause, opened)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
                """,
                tape(said.tape()).id,
                said.gap().firstId(),
                said.gap().lastId(),
                said.gap().before(),
                said.gap().after(),
                said.cause(),
                said.opened());
    }

    private void checkpoint(int id, Checkpoint said) throws SQLException {
        rarely(
                """
                INSERT INTO checkpoint (series, last_trade_id, last_bar_start, state)
                VALUES (?, ?, ?, ?)\
                """,
                id,
                said.lastTradeId(),
                said.lastBarStart(),
                said.state());
        rarely(
                """
                DELETE FROM checkpoint WHERE series = ? AND id NOT IN
                    (SELECT id FROM checkpoint WHERE series = ? ORDER BY id DESC LIMIT ?)\
                """,
                id,
                id,
                CHECKPOINTS);
    }

    private void happened(Entry.Happened said) throws SQLException {
        int id = tape(said.tape()).id;
        learnSteps(id, said.instrument());
        rarely(
                "INSERT INTO session (tape, time, event, detail) VALUES (?, ?, ?, ?)",
                id,
                said.time(),
                said.event(),
                said.detail());
    }

    private TapeRow tape(TapeId tape) throws SQLException {
        TapeRow known = tapes.get(tape);
        if (known == null) {
            Object[] key = {
                tape.venue(), tape.symbol(), tape.kind().label(), tape.simulated() ? 1 : 0
            };
            rarely(
                    """
                    INSERT INTO tape (venue, symbol, kind, simulated)
                    VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING\
                    """,
                    key);
            known = new TapeRow(id(History.TAPE_ID, key));
            tapes.put(tape, known);
        }
        return known;
    }

    private int series(Series of) throws SQLException {
        Integer known = series.get(of);
        if (known == null) {
            int tape = tape(of.tape()).id;
            learnSteps(tape, of.instrument());
            Object[] key = {tape, of.preset(), of.interval().micros()};
            rarely(
                    """
                    INSERT INTO series (tape, preset, interval)
                    VALUES (?, ?, ?) ON CONFLICT DO NOTHING\
                    """,
                    key);
            known = id("SELECT id FROM series WHERE tape = ? AND preset = ? AND interval = ?", key);
            series.put(of, known);
        }
        return known;
    }

    /** Venues change their steps now and then: the last ones said are kept. */
    private void learnSteps(int tape, Instrument instrument) throws SQLException {
        rarely(
                """
                UPDATE tape SET (price_step, size_step) = (?1, ?2)
                WHERE id = ?3 AND (price_step, size_step) IS NOT (?1, ?2)\
                """,
                instrument.priceStep(),
                instrument.sizeStep(),
                tape);
    }

    /** For what happens so seldom that keeping the statement prepared is not worth a field. */
    private void rarely(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            statement.executeUpdate();
        }
    }

    private int id(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private PreparedStatement prepare(String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private static void setReal(PreparedStatement statement, int at, double value)
            throws SQLException {
        if (Double.isNaN(value)) {
            statement.setNull(at, Types.DOUBLE);
        } else {
            statement.setDouble(at, value);
        }
    }

    private static int position(Signal signal) {
        return switch (signal) {
            case BUY -> 1;
            case SELL -> -1;
            case NEUTRAL -> 0;
        };
    }

    @Override
    public void close() throws SQLException {
        connection.close(); // and with it every statement
    }
}
