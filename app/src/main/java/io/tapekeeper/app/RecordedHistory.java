package io.tapekeeper.app;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.dashboard.HistorySource;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Series;
import io.tapekeeper.store.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The store as the dashboard reads it. */
record RecordedHistory(History history) implements HistorySource {
    @Override
    public List<Series> series() throws IOException {
        return read(history::series);
    }

    @Override
    public List<FeatureRow> latestFeatures(Series series, int limit) throws IOException {
        return read(() -> history.latestFeatures(series, limit));
    }

    @Override
    public void features(Series series, long fromStart, long toStart, Consumer<FeatureRow> out)
            throws IOException {
        read(
                () -> {
                    history.features(series, fromStart, toStart, out);
                    return series;
                });
    }

    @Override
    public List<Alert> alerts(Series series, int limit) throws IOException {
        return read(() -> history.alerts(series, limit));
    }

    @Override
    public long dataVersion() throws IOException {
        return read(history::dataVersion);
    }

    private static <T> T read(Supplier<T> reading) throws IOException {
        try {
            return reading.get();
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
