package io.tapekeeper.app;

import io.tapekeeper.app.terminal.AtomicFile;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.Intervals;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.CsvExport;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export}: what was recorded, as CSV. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes what was recorded as CSV.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper export trades --out trades.csv",
            "  ./tapekeeper export bars --interval 1m --symbol BTCUSDT --db data/demo.db"
        })
final class ExportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "WHAT", description = "${COMPLETION-CANDIDATES}.")
    private What what;

    @Mixin
    private StoreOption store = new StoreOption();

    @Option(
            names = "--symbol",
            paramLabel = "SYMBOL",
            description = "Which symbol; may be left out where the store has one.")
    private String symbol;

    @Option(
            names = "--tape",
            paramLabel = "KIND",
            description = "aggregate, raw or poll; may be left out where the symbol has one of them.")
    private String tape;

    @Option(
            names = "--interval",
            paramLabel = "INTERVAL",
            converter = Intervals.class,
            description = "Length of the bars, such as 1s, 1m, 1h (default: as recorded).")
    private Interval interval;

    @Option(names = "--format", paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES} (default: csv).")
    private Format format = Format.csv;

    @Option(names = "--out", paramLabel = "FILE", description = "Where the rows go (default: standard output).")
    private Path out;

    /** Named as the user writes them. */
    enum What {
        trades,
        bars,
        features,
        alerts,
        signals,
        gaps
    }

    /** Named as the user writes them. */
    enum Format {
        csv
    }

    @Override
    public Integer call() {
        try (History history = History.open(store.path())) {
            List<Series> series = choose(history.series());
            AtomicFile.writeText(out, writer -> {
                CsvExport export = switch (format) {
                    case csv -> new CsvExport(history, writer);
                };
                switch (what) {
                    case trades -> export.trades(series);
                    case bars -> bars(export, series);
                    case features -> export.features(series);
                    case alerts -> export.alerts(series);
                    case signals -> export.signals(series);
                    case gaps -> export.gaps(series);
                }
            });
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        } catch (IOException e) {
            throw CommandFailure.outside("the rows cannot be written: " + e.getMessage(), e);
        }
        return CommandFailure.FINE;
    }

    private void bars(CsvExport export, List<Series> series) {
        if (interval == null) {
            export.bars(series);
            return;
        }
        try {
            export.bars(series, interval);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--interval " + interval + ": " + e.getMessage());
        }
    }

    private List<Series> choose(List<Series> all) {
        String wanted = symbol == null ? null : symbol.toUpperCase(Locale.ROOT);
        List<Series> chosen = all.stream()
                .filter(one -> wanted == null || one.tape().symbol().equals(wanted))
                .filter(one -> tape == null || one.tape().kind().label().equals(tape))
                .toList();
        if (chosen.isEmpty()) {
            throw CommandFailure.usage(
                    all.isEmpty()
                            ? store.path() + " holds nothing yet: record something first"
                            : "%s holds nothing of that kind; it has %s".formatted(store.path(), names(all)));
        }
        if (chosen.stream().map(Series::tape).distinct().count() > 1) {
            throw CommandFailure.usage(
                    "%s holds %s: choose one with --symbol and --tape".formatted(store.path(), names(chosen)));
        }
        return chosen;
    }

    private static String names(List<Series> series) {
        return series.stream()
                .map(one -> one.tape().symbol() + " (" + one.tape().kind().label() + ")")
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
