package io.tapekeeper.store;

import io.tapekeeper.feature.Feature;
import io.tapekeeper.series.FeatureRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Bars and their features, within the transaction of {@link TransactionWriter}; its thread owns it. */
final class RowInserts {
    /** Bars an INSERT, and rows of features: the same for those of a tape that is fast. */
    private static final int AT_ONCE = 8;

    private static final String BAR = bars(1);
    private static final String BARS = bars(AT_ONCE);
    private static final int BAR_COLUMNS = 1 + BarColumns.COUNT;

    private static final String FEATURE = features(1);
    private static final String FEATURES = features(AT_ONCE);
    /** Of the classic features alone: what the others have stays. */
    private static final String CLASSIC = features(1, Feature.allClassic());

    private static final int FEATURE_COLUMNS = 5 + Feature.all().size();

    private final WriterConnection sql;
    private final List<Object> bars = new ArrayList<>(AT_ONCE * BAR_COLUMNS);
    private final List<Object> features = new ArrayList<>(AT_ONCE * FEATURE_COLUMNS);

    RowInserts(WriterConnection sql) {
        this.sql = sql;
    }

    private static String bars(int count) {
        return revised("bar", "tape, " + BarColumns.KEY, BarColumns.VALUES, count);
    }

    private static String features(int count) {
        return features(count, Feature.all());
    }

    private static String features(int count, List<Feature> features) {
        String values = String.join(", ", Feature.columns(features));
        return revised("feature", "series, start", values + ", signal, rules, complete", count);
    }

    /** An insert that changes a row, and its revision, where the key is there with other values. */
    private static String revised(String table, String key, String values, int count) {
        return Upsert.of(table, key, values, count, ", revision = revision + 1")
                + " WHERE (%s) IS NOT (%s)".formatted(numbers(values), numbers(Upsert.excluded(values)));
    }

    /** Sums are text, and earlier versions wrote all zeros of eight places. */
    private static String numbers(String columns) {
        return columns.replaceAll("(excluded\\.)?\\w*volume", "rtrim($0, '0')");
    }

    /**
     * A bar that closed, and its features.
     *
     * @return false where a row that lacks features was there already, with the same values
     */
    boolean add(int tape, int series, FeatureRow row) throws SQLException {
        bars.add(tape);
        BarColumns.add(bars, row.bar());
        boolean changed = true;
        if (row.values().isWhole()) {
            add(features, series, row, Feature.all());
        } else {
            List<Object> columns = new ArrayList<>();
            add(columns, series, row, Feature.allClassic());
            changed = sql.update(CLASSIC, columns.toArray()) > 0;
        }
        if (bars.size() == AT_ONCE * BAR_COLUMNS) {
            sql.update(BARS, bars.toArray());
            bars.clear();
        }
        if (features.size() == AT_ONCE * FEATURE_COLUMNS) {
            sql.update(FEATURES, features.toArray());
            features.clear();
        }
        return changed;
    }

    /** The rows that are too few for an INSERT of many. */
    void insertRest() throws SQLException {
        for (int at = 0; at < bars.size(); at += BAR_COLUMNS) {
            sql.update(BAR, bars.subList(at, at + BAR_COLUMNS).toArray());
        }
        for (int at = 0; at < features.size(); at += FEATURE_COLUMNS) {
            sql.update(FEATURE, features.subList(at, at + FEATURE_COLUMNS).toArray());
        }
        clear();
    }

    /** Forgets what was not inserted yet. */
    void clear() {
        bars.clear();
        features.clear();
    }

    private static void add(List<Object> columns, int series, FeatureRow row, List<Feature> features) {
        columns.add(series);
        columns.add(row.bar().start());
        for (Feature feature : features) {
            columns.add(ColumnValues.real(row.values().of(feature)));
        }
        columns.add(ColumnValues.position(row.signal()));
        columns.add(row.rules());
        columns.add(ColumnValues.flag(row.complete()));
    }
}
