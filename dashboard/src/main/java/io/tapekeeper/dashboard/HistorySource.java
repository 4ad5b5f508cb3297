package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.RowRange;
import io.tapekeeper.tape.Gap;
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

    /** The rows whose bars start in [{@code fromStart}, {@code toStart}), epoch microseconds, oldest first. */
    void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out);

    /** The newest {@code limit} rows whose bars start before {@code toStart}, oldest first. */
    List<FeatureRow> featuresBefore(Series series, long toStart, int limit);

    /** The rows of a stretch of time, rolled up to at most {@code points}. */
    RowRange range(Series series, long from, long to, int points);

    /** The newest {@code limit} alerts, in any order. */
    List<Alert> alerts(Series series, int limit);

    /** How many trades of its tape are stored. */
    long tradeCount(Series series);

    /**
     * A hole of a tape as the ledger has it.
     *
     * @param open whether somebody still tries to fill it
     * @param missing ids of an open one that are not stored, counted a moment ago where counting them takes long; of
     *     others nobody counts them: 0
     */
    record Hole(Gap gap, boolean open, long missing) {}

    /** The holes of its tape, those included that are settled. */
    List<Hole> holes(Series series);

    /** Another number after each commit. */
    long dataVersion();

    /** A store file of this machine. The caller closes it. */
    static HistorySource of(History history) {
        MissingCounts counts = new MissingCounts(history);
        return new HistorySource() {
            @Override
            public List<Series> series() {
                return history.series();
            }

            @Override
            public List<FeatureRow> latestFeatures(Series series, int limit) {
                return history.latestFeatures(series, limit);
            }

            @Override
            public void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out) {
                history.features(series, fromStart, toStart, out);
            }

            @Override
            public List<FeatureRow> featuresBefore(Series series, long toStart, int limit) {
                return history.featuresBefore(series, toStart, limit);
            }

            @Override
            public RowRange range(Series series, long from, long to, int points) {
                return history.range(series, from, to, points);
            }

            @Override
            public List<Alert> alerts(Series series, int limit) {
                return history.alerts(series, limit);
            }

            @Override
            public long tradeCount(Series series) {
                return history.tradeCount(series.tape());
            }

            @Override
            public List<Hole> holes(Series series) {
                return history.gaps(series.tape()).stream()
                        .map(entry -> {
                            boolean open = entry.isOpen();
                            long missing = open ? counts.of(series.tape(), entry.gap()) : 0;
                            return new Hole(entry.gap(), open, missing);
                        })
                        .toList();
            }

            @Override
            public long dataVersion() {
                return history.dataVersion();
            }
        };
    }
}
