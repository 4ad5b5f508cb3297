package io.tapekeeper.app;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.analyst.FeatureRow;
import io.tapekeeper.dashboard.HistorySource;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Series;
import java.util.List;
import java.util.function.Consumer;

/** The store as the dashboard reads it. */
record RecordedHistory(History history) implements HistorySource {
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
    public List<Alert> alerts(Series series, int limit) {
        return history.alerts(series, limit);
    }

    @Override
    public long tradeCount(Series series) {
        return history.tradeCount(series.tape());
    }

    @Override
    public long dataVersion() {
        return history.dataVersion();
    }
}
