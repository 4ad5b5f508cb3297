package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.store.Series;
import java.util.List;
import java.util.function.Consumer;

/**
 * What was recorded, as the dashboard reads it. Called by many threads at once. All methods throw a
 * {@link io.tapekeeper.store.StoreException} where the store cannot be read.
 */
public interface HistorySource {
    /** Every series that has rows. */
    List<Series> series();

    /** The newest {@code limit} rows, oldest first. */
    List<FeatureRow> latestFeatures(Series series, int limit);

    /**
     * The rows whose bars start in [{@code fromStart}, {@code toStart}), epoch microseconds, oldest
     * first.
     */
    void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out);

    /** The newest {@code limit} alerts, in any order. */
    List<Alert> alerts(Series series, int limit);

    /** How many trades of its tape are stored. */
    long tradeCount(Series series);

    /** Another number after each commit. */
    long dataVersion();
}
