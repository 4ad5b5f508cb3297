package io.tapekeeper.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.StatusLine;
import io.tapekeeper.live.Metric;
import io.tapekeeper.live.Metric.Sample;
import io.tapekeeper.recorder.Page;
import io.tapekeeper.recorder.Recording;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.Surroundings;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.limit.RateGovernor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A recorder in this process, without a page, until it is closed. */
final class Running implements AutoCloseable {
    private final Shutdown stop = new Shutdown();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Recording recording;
    private final Thread thread;
    private volatile Throwable failure;

    Running(RecordOptions options, Path db, int restPort, int streamPort, Tuning tuning) {
        recording = new Recording(
                options.plan(db),
                () -> tuning.open(restPort, streamPort),
                tuning.settings(),
                stop,
                new Surroundings(
                        new StatusLine(new PrintStream(out, true, UTF_8), Clocks.SYSTEM), Page.NONE, Optional.empty()));
        thread = Thread.ofPlatform()
                .uncaughtExceptionHandler((t, e) -> failure = e)
                .start(this::record);
    }

    /** With a governor that forgets at its end. */
    static Tuning tuning(ConnectionSettings venue, RepairSettings repair) {
        return new Tuning(venue, repair, url -> RateGovernor.inMemory(url.getAuthority(), InstantSource.system()));
    }

    private void record() {
        try {
            recording.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything that it counts. */
    List<Metric> metrics() {
        return recording.metrics();
    }

    /** What it has counted under a name of the metrics, all symbols together. */
    long counted(String name) {
        return (long) recording.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .flatMap(metric -> metric.source().get().stream())
                .mapToDouble(Sample::value)
                .sum();
    }

    /** What it has said on the terminal so far. */
    String said() {
        return out.toString(UTF_8);
    }

    /** Lets it run; fails where it ends by itself. */
    void goOn(Duration time) throws InterruptedException {
        if (thread.join(time)) {
            throw new AssertionError("the recorder ended by itself", failure);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop.request();
        thread.join();
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }
}
