package io.tapekeeper.store;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.FurtherFeatures;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Computes the features that rows of earlier versions lack, within the transactions of {@link TransactionWriter}: from
 * the closes that are stored, in order of time, with the classes that the live tape uses, at most {@value #ROWS} rows a
 * transaction and a tenth of the writer's time. How far it is stands in the table {@code uncomputed}, so a restart goes
 * on from there.
 *
 * <p>Such a feature may depend on every close since the tape began, so a row that changes before that point makes it
 * begin again. It ends where rows come that have the features already: when the live tape has taken over what was
 * {@linkplain #computed computed}.
 *
 * <p>The writer thread owns it; any thread may read {@link #computed}.
 */
final class FeatureFill {
    /** Rows in one transaction: about ten milliseconds. */
    private static final int ROWS = 1_000;

    private static final int SHARE = 10;

    private static final List<Feature> FEATURES = Feature.allFurther();

    private static final String COLUMNS = String.join(", ", Feature.columns(FEATURES));

    private static final String SET = "UPDATE feature SET (%s) = (%s) WHERE series = ? AND start = ?"
            .formatted(COLUMNS, COLUMNS.replaceAll("\\w+", "?"));

    private static final long ALL = Long.MIN_VALUE; // before every row
    private static final long NEVER = Long.MAX_VALUE;

    /** A close of a row, and whether there is a return to it from the one before. */
    private record Close(long start, long price, boolean hasReturn) {}

    /** One series that lacks features. */
    private static final class Filling {
        private final long id;
        private final long tape;
        private final Interval interval;
        private FurtherFeatures features;
        private long next; // start of the next row, or before it
        private long last = ALL; // start of the last row that is counted in; ALL = none
        private Series series; // null until a row of it comes
        private long knownFrom = NEVER; // rows from this start on come with the features
        private boolean idle; // all rows there are were filled

        Filling(long id, long tape, long interval) {
            this.id = id;
            this.tape = tape;
            this.interval = new Interval(interval);
        }
    }

    private final WriterConnection sql;
    private final RollupWriter rollups;
    private final Map<Series, ComputedFeatures> computed = new ConcurrentHashMap<>();
    private Map<Long, Filling> fillings; // null until they are read
    private long restUntil = System.nanoTime();

    FeatureFill(WriterConnection sql, RollupWriter rollups) {
        this.sql = sql;
        this.rollups = rollups;
    }

    /** How far a series is, where rows of it came that lack features; null otherwise. */
    ComputedFeatures computed(Series series) {
        return computed.get(series);
    }

    /** Forgets what it knows: a transaction was taken back. */
    void rollback() {
        fillings = null;
    }

    /** Whether {@link #step} would do something now. */
    boolean isDue() {
        return fillings != null
                && System.nanoTime() - restUntil >= 0
                && fillings.values().stream().anyMatch(filling -> !filling.idle);
    }

    /** A row was written; {@code changed} where it is new or has other values than before. */
    void row(long id, Series series, FeatureRow row, boolean changed) throws SQLException {
        long start = row.bar().start();
        Filling filling = fillings().get(id);
        if (row.values().isWhole()) {
            if (filling != null) {
                filling.knownFrom = Math.min(filling.knownFrom, start);
                filling.idle = false;
            }
            return;
        }
        if (filling == null) {
            sql.update("INSERT INTO uncomputed (series) VALUES (?)", id);
            filling = read(id);
            fillings.put(id, filling);
        }
        if (filling.series == null) {
            filling.series = series;
            publish(filling);
        }
        filling.knownFrom = NEVER;
        filling.idle = false;
        if (changed && start < filling.next) {
            begin(filling);
        }
    }

    /** The rows of a series up to this start are about to be deleted; its state there is stored. */
    void beginsAfter(long id, long lastBarStart) throws SQLException {
        Filling filling = fillings().get(id);
        if (filling != null && filling.next <= lastBarStart) {
            begin(filling);
        }
    }

    private Map<Long, Filling> fillings() throws SQLException {
        if (fillings == null) {
            fillings = new HashMap<>();
            for (long id : sql.rows("SELECT series FROM uncomputed", RowMapper::number)) {
                fillings.put(id, read(id));
            }
        }
        return fillings;
    }

    private Filling read(long id) throws SQLException {
        String key = "SELECT id, tape, interval FROM series WHERE id = ?";
        Filling filling = sql.rows(key, row -> new Filling(row.number(), row.number(), row.number()), id)
                .getFirst();
        OptionalLong start = sql.number("SELECT start FROM uncomputed WHERE series = ?", id);
        byte[] state = state("SELECT state FROM uncomputed WHERE series = ?", id);
        if (start.isPresent() && restore(filling, state)) {
            filling.next = start.getAsLong();
            filling.last = filling.next - filling.interval.micros();
        } else {
            begin(filling);
        }
        return filling;
    }

    /** From the first row whose close follows from trades that are stored. */
    private void begin(Filling filling) throws SQLException {
        OptionalLong before = sql.number("SELECT last_bar_start FROM beginning WHERE series = ?", filling.id);
        byte[] state = state("SELECT further FROM beginning WHERE series = ?", filling.id);
        if (before.isPresent()) {
            filling.next = before.getAsLong() + 1;
            if (!restore(filling, state)) {
                filling.features.beginUnknown();
            }
        } else {
            OptionalLong first = sql.number(Selects.FIRST_TRADE_TIME, filling.tape);
            filling.next = first.isPresent() ? filling.interval.startOf(first.getAsLong()) : ALL;
            filling.features = new FurtherFeatures();
        }
        filling.idle = false;
        filling.last = ALL;
        publish(filling);
        sql.update("UPDATE uncomputed SET (start, state) = (NULL, NULL) WHERE series = ?", filling.id);
    }

    private byte[] state(String select, long id) throws SQLException {
        List<byte[]> states = sql.rows(select, RowMapper::bytes, id);
        return states.isEmpty() ? null : states.getFirst();
    }

    /** False where the state lacks one of the features. */
    private static boolean restore(Filling filling, byte[] state) {
        try {
            filling.features = state == null ? new FurtherFeatures() : FurtherFeatures.of(state);
            return state != null && filling.features.areKnown();
        } catch (IOException e) { // cut short: as if there were none
            filling.features = new FurtherFeatures();
            return false;
        }
    }

    /** Fills some rows where there are any to fill; before the roll-ups are written. */
    void step() throws SQLException {
        fillings();
        if (!isDue()) {
            return;
        }
        long began = System.nanoTime();
        for (Filling filling : List.copyOf(fillings.values())) {
            if (!filling.idle) {
                fill(filling);
                break; // the next one has its turn when this one is idle
            }
        }
        long now = System.nanoTime();
        restUntil = now + SHARE * (now - began);
    }

    private void fill(Filling filling) throws SQLException {
        List<Close> closes = sql.rows(
                Selects.CLOSES_FROM,
                row -> new Close(row.number(), row.number(), !Double.isNaN(row.real())),
                filling.id,
                filling.next,
                ROWS);
        for (Close close : closes) {
            long number = filling.interval.numberOf(close.start);
            filling.features.update(number, Decimals.toDouble(close.price), close.hasReturn);
            write(filling, close.start);
        }
        if (!closes.isEmpty()) {
            note(filling, closes.getLast().start);
        }
        filling.idle = closes.size() < ROWS;
        if (filling.idle && filling.next >= filling.knownFrom) {
            sql.update("DELETE FROM uncomputed WHERE series = ?", filling.id);
            fillings.remove(filling.id);
            filling.last = ALL;
            publish(filling);
        }
    }

    private void write(Filling filling, long start) throws SQLException {
        Object[] values = new Object[FEATURES.size() + 2];
        for (int at = 0; at < FEATURES.size(); at++) {
            values[at] = ColumnValues.real(filling.features.value(at));
        }
        values[FEATURES.size()] = filling.id;
        values[FEATURES.size() + 1] = start;
        sql.update(SET, values);
        rollups.touch(filling.tape, filling.interval, filling.id, start);
    }

    private void note(Filling filling, long lastStart) throws SQLException {
        byte[] state = filling.features.state();
        filling.last = lastStart;
        filling.next = lastStart + filling.interval.micros();
        sql.update("UPDATE uncomputed SET (start, state) = (?, ?) WHERE series = ?", filling.next, state, filling.id);
        publish(filling);
    }

    private void publish(Filling filling) {
        if (filling.series != null && filling.last != ALL) {
            computed.put(filling.series, new ComputedFeatures(filling.last, filling.features.state()));
        } else if (filling.series != null) {
            computed.remove(filling.series);
        }
    }
}
