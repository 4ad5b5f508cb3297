package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Series;
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

    /**
     * The rows whose bars start in [{@code fromStart}, {@code toStart}), epoch microseconds, oldest
     * first.
     */
    void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out);

    /** The newest {@code limit} alerts, in any order. */
    List<Alert> alerts(Series series, int limit);

    /** How many trades of its tape are stored. */
    long tradeCount(Series series);

    /**
     * A hole of a tape as the ledger has it.
     *
     * @param open whether somebody still tries to fill it
     * @param missing ids of it that are not stored
     */
    record Hole(Gap gap, boolean open, long missing) {
        /** Whether all of it came, and what was computed without it is corrected. */
        boolean filled() {
            return !open && missing == 0;
        }
    }

    /** The holes of its tape, those included that were filled. */
    List<Hole> holes(Series series);

    /** Another number after each commit. */
    long dataVersion();

    /** A store file of this machine. The caller closes it. */
    static HistorySource of(History history) {
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
            public void features(
                    Series series, long fromStart, long toStart, Consumer<FeatureRow> out) {
                history.features(series, fromStart, toStart, out);
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
                            long missing =
                                    entry.repairedBy().isPresent()
                                            ? 0
                                            : history.missing(series.tape(), entry.gap());
                            return new Hole(entry.gap(), entry.isOpen(), missing);
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
