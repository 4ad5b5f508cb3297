package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Durations;
import io.tapekeeper.app.terminal.Intervals;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.recorder.Page;
import io.tapekeeper.recorder.RecordingPlan;
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
public final class RecordOptions {
    @Option(
            names = "--symbols",
            paramLabel = "SYMBOL",
            split = ",",
            description = "Symbols to record, separated by commas (default: ${DEFAULT-VALUE}).")
    public List<String> symbols = List.of("BTCUSDT");

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "stream: every trade as it happens; poll: the price at every boundary of"
                    + " --every (default: stream).")
    public Mode mode = Mode.stream;

    @Option(
            names = "--tape",
            paramLabel = "KIND",
            description = "aggregate: fills of one taker order at one price as one trade; raw: every"
                    + " match (default: aggregate).")
    Tape tape = Tape.aggregate;

    @Option(
            names = "--every",
            paramLabel = "INTERVAL",
            converter = Intervals.class,
            description = "Interval of poll mode, such as 1s, 5s, 1m (default: 1s).")
    public Interval every = Interval.SECOND;

    @Option(
            names = "--until-idle",
            paramLabel = "TIME",
            converter = Durations.class,
            description =
                    "End when nothing came for that long after the first trade and the venue has" + " nothing newer.")
    public Duration untilIdle;

    @Option(names = "--for", paramLabel = "TIME", converter = Durations.class, description = "End after that long.")
    public Duration forTime;

    @Option(names = "--db", paramLabel = "FILE", description = "The store.")
    Path db;

    @Option(
            names = "--fsync",
            paramLabel = "WHEN",
            description = "normal: a killed process loses nothing committed, a power cut at most the last"
                    + " commits; full: nothing either way (default: normal).")
    Fsync fsync = Fsync.normal;

    @Option(
            names = "--keep",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Delete trades and rows that are older than this, such as 30d (default: keep" + " all).")
    public Duration keep;

    @Option(names = "--redundant", description = "Two sockets all the time: when one fails nothing has to be fetched.")
    public boolean redundant;

    @Option(names = "--no-dashboard", description = "Record only, show no page.")
    public boolean noDashboard;

    @Mixin
    public PageOptions page = new PageOptions();

    @Mixin
    public WatchOptions watch = new WatchOptions();

    /** Options whose symbols, where none are named, are these. */
    static RecordOptions of(String... symbols) {
        RecordOptions options = new RecordOptions();
        options.symbols = List.of(symbols);
        return options;
    }

    /** Named as the user writes them. */
    public enum Mode {
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
    RecordingPlan plan(Path store) {
        Preset preset = watch.preset();
        check();
        return new RecordingPlan(
                store,
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
            throw CommandFailure.usage("--symbols names none: write for example --symbols BTCUSDT");
        }
        if (mode == Mode.poll && untilIdle != null) {
            throw CommandFailure.usage("--until-idle never comes in poll mode: use --for");
        }
        if (mode == Mode.poll && Interval.DAY.micros() % every.micros() != 0) {
            throw CommandFailure.usage("--every %s does not divide a day: use 5s, 10s, 1m".formatted(every));
        }
    }

    public TapeKind kind() {
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
