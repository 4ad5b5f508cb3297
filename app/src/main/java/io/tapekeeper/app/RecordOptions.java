package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.Durations;
import io.tapekeeper.app.terminal.Intervals;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.recorder.Page;
import io.tapekeeper.recorder.RecordingPlan;
import io.tapekeeper.recorder.RecordingSettings;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.series.Preset;
import io.tapekeeper.store.Durability;
import io.tapekeeper.tape.TapeKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is recorded, and how. */
final class RecordOptions {
    @Option(
            names = "--symbols",
            paramLabel = "SYMBOL",
            split = ",",
            description = "Symbols to record, separated by commas (default: ${DEFAULT-VALUE}).")
    private List<String> symbols = List.of("BTCUSDT");

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description =
                    "stream: every trade as it happens; poll: the price at every boundary of --every (default: stream).")
    Mode mode = Mode.stream;

    @Option(
            names = "--tape",
            paramLabel = "KIND",
            description = "aggregate: the fills of one taker order at one price count as one trade; raw: every match"
                    + " (default: aggregate).")
    Tape tape = Tape.aggregate;

    @Option(
            names = "--every",
            paramLabel = "INTERVAL",
            converter = Intervals.class,
            description = "Interval of poll mode, such as 1s, 5s, 1m (default: 1s).")
    private Interval every = Interval.SECOND;

    @Option(
            names = "--until-idle",
            paramLabel = "TIME",
            converter = Durations.class,
            description =
                    "End once nothing has come for this long after the first trade and the venue has nothing newer.")
    private Duration untilIdle;

    @Option(names = "--for", paramLabel = "TIME", converter = Durations.class, description = "End after this long.")
    private Duration forTime;

    @Mixin
    private StoreOption store = new StoreOption();

    @Option(
            names = "--fsync",
            paramLabel = "WHEN",
            description = "normal: a killed process loses nothing that was committed, a power cut at most the last"
                    + " commits; full: neither loses anything (default: normal).")
    private Fsync fsync = Fsync.normal;

    @Option(
            names = "--keep",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Delete trades and rows older than this, such as 30d (default: keep all).")
    private Duration keep;

    @Option(
            names = "--redundant",
            description = "Keep two sockets open all the time: when one fails, nothing has to be fetched.")
    boolean redundant;

    @Option(names = "--no-dashboard", description = "Record only; show no page.")
    private boolean noDashboard;

    @Mixin
    private PageOptions page = new PageOptions();

    @Mixin
    private WatchOptions watch = new WatchOptions();

    /** Options whose symbols, where none are named, are these. */
    static RecordOptions of(String... symbols) {
        RecordOptions options = new RecordOptions();
        options.symbols = List.of(symbols);
        return options;
    }

    /** Named as the user writes them. */
    enum Mode {
        stream,
        poll
    }

    /** Named as the user writes them. */
    enum Tape {
        aggregate,
        raw
    }

    /** Named as the user writes them. */
    enum Fsync {
        normal,
        full
    }

    /**
     * What these options ask to record into a store.
     *
     * @throws CommandFailure where they make no sense together
     */
    RecordingPlan plan(Path db) {
        Preset preset = watch.preset();
        check();
        return new RecordingPlan(
                db,
                symbols,
                kind(),
                mode == Mode.poll ? every : Interval.SECOND,
                preset,
                fsync == Fsync.full ? Durability.FULL : Durability.NORMAL,
                redundant,
                Optional.ofNullable(keep),
                Optional.ofNullable(forTime),
                Optional.ofNullable(untilIdle));
    }

    /** The usual patience, on this machine's clocks. */
    static RecordingSettings settings() {
        return new RecordingSettings(RepairSettings.DEFAULTS, Clocks.SYSTEM.wall(), Clocks.SYSTEM.nanos());
    }

    /** The store that was named, or {@code otherwise}. */
    Path store(Path otherwise) {
        return store.path(otherwise);
    }

    /** Where the recording is shown. */
    Page page() {
        return noDashboard ? Page.NONE : page::start;
    }

    private void check() {
        symbols = symbols.stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        if (symbols.isEmpty()) {
            throw CommandFailure.usage("--symbols names no symbol: write for example --symbols BTCUSDT");
        }
        if (mode == Mode.poll && untilIdle != null) {
            throw CommandFailure.usage("--until-idle never comes in poll mode: use --for");
        }
        if (mode == Mode.poll && Interval.DAY.micros() % every.micros() != 0) {
            throw CommandFailure.usage("--every %s does not divide a day: use 5s, 10s, 1m".formatted(every));
        }
    }

    TapeKind kind() {
        return switch (mode) {
            case poll -> TapeKind.POLL;
            case stream ->
                switch (tape) {
                    case aggregate -> TapeKind.AGGREGATE;
                    case raw -> TapeKind.RAW;
                };
        };
    }
}
