package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** A store file with its recorder: what a test puts in is committed when the call returns. */
final class RecordedStore implements AutoCloseable {
    private final Recorder recorder;
    private final History history;

    RecordedStore(Path file) {
        recorder = Recorder.open(file, Durability.NORMAL);
        history = History.open(file);
    }

    Recorder recorder() {
        return recorder;
    }

    History history() {
        return history;
    }

    void add(Series series, FeatureRow row) {
        addAll(series, List.of(row));
    }

    void addAll(Series series, Collection<FeatureRow> rows) {
        rows.forEach(row -> recorder.row(series, row));
        recorder.flush();
    }

    void add(Series series, Alert alert) {
        recorder.alertOpened(series, alert);
        recorder.flush();
    }

    @Override
    public void close() {
        history.close();
        recorder.close();
    }
}
