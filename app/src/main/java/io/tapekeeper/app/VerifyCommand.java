package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Progress;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.recorder.VenueProfile;
import io.tapekeeper.recorder.audit.KlineAudit;
import io.tapekeeper.recorder.audit.TapeAudit;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.Binance;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code verify}: is the tape complete, and is what is stored true? */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Proves that a stored tape is complete and true: every id from the first to the last, the"
                    + " rows computed anew from the trades, the bars against the exchange's own"
                    + " klines.",
            "Exit code 1 where trades are missing or something differs."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./tapekeeper verify", "  ./tapekeeper verify --db data/demo.db --klines off --json"})
final class VerifyCommand implements Callable<Integer> {
    private static final int MOST_SHOWN = 20;

    /** A longer hole is named by its first and its last id only. */
    private static final int MOST_IDS_NAMED = 20;

    /** They fit into 80 columns. */
    private static final int IDS_A_LINE = 4;

    @Option(names = "--db", paramLabel = "FILE", description = "The store.")
    private Path db = RunCommand.DEFAULT_DB;

    @Option(names = "--symbol", paramLabel = "SYMBOL", description = "Of one symbol only (default: all in the store).")
    private String symbol;

    @Option(
            names = "--klines",
            paramLabel = "INTERVAL",
            description = "Bars of this length, one of the exchange's own, are compared with its klines;"
                    + " off: they are not (default: 1m).")
    private String klines = "1m";

    @Option(
            names = "--rest-url",
            paramLabel = "URL",
            description = "REST API (default: ${DEFAULT-VALUE}).",
            defaultValue = "https://api.binance.com")
    private URI restUrl;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    private final PrintStream out = System.out;

    /** What was found of one tape. */
    private record Report(Series series, TapeAudit audit, Optional<KlineAudit> klines, String klinesProblem) {
        boolean wrong() {
            return audit.lacking() > 0
                    || audit.duplicates() > 0
                    || audit.rowsDiffering() > 0
                    || klines.map(one -> one.differing() > 0).orElse(false);
        }

        /** Of the ids that ought to be there, how many are; never rounded up to 100. */
        BigDecimal completeness() {
            long there = audit.stored();
            long all = there + audit.lacking();
            return all == 0
                    ? BigDecimal.ZERO
                    : BigDecimal.valueOf(there)
                            .multiply(BigDecimal.valueOf(100))
                            .divide(BigDecimal.valueOf(all), 6, RoundingMode.DOWN)
                            .stripTrailingZeros();
        }
    }

    /** @param leftOut what the tapes were watched with of which nothing was proven */
    private record Found(List<Report> reports, List<Series> leftOut) {}

    @Override
    public Integer call() {
        RunCommand.checkUrl("--rest-url", restUrl, "http");
        Optional<Interval> interval = interval();
        try {
            Optional<String> damage = damage();
            // Of a damaged file nothing that is read can be trusted.
            Found found = damage.isEmpty() ? found(interval) : new Found(List.of(), List.of());
            if (json) {
                out.println(JsonMapper.shared().writeValueAsString(asJson(damage, found)));
            } else {
                damage.ifPresent(this::printDamage);
                found.reports.forEach(this::print);
                found.leftOut.forEach(this::printLeftOut);
            }
            boolean wrong = damage.isPresent() || found.reports.stream().anyMatch(Report::wrong);
            return wrong ? CommandFailure.FOUND_WRONG : CommandFailure.FINE;
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
    }

    private Found found(Optional<Interval> interval) {
        List<Report> reports = new ArrayList<>();
        try (History history = History.open(db)) {
            List<Series> chosen = chosen(history);
            if (interval.isPresent()) {
                refuseAnotherMarket(history);
            }
            for (Series series : chosen) {
                reports.add(report(history, series, interval));
            }
            return new Found(reports, leftOut(history, chosen));
        }
    }

    /** Tapes that were asked for but watched with other settings: nothing was proven of them. */
    private List<Series> leftOut(History history, List<Series> chosen) {
        Set<TapeId> seen = chosen.stream().map(Series::tape).collect(Collectors.toSet());
        return history.series().stream()
                .filter(this::isWanted)
                .filter(series -> !seen.contains(series.tape()))
                .toList();
    }

    private boolean isWanted(Series series) {
        return series.tape().kind() != TapeKind.POLL
                && (symbol == null || series.tape().symbol().equalsIgnoreCase(symbol));
    }

    /** Before anything long: the trades of one market say nothing about the klines of another. */
    private void refuseAnotherMarket(History history) {
        try (Venue venue = Binance.at(restUrl)) {
            VenueProfile.refuseComparing(db, history, venue);
        } catch (VenueException e) {
            // It is asked again for its klines, and what it says then is told.
        }
    }

    private Optional<String> damage() {
        try (Progress.Bar bar = Progress.bar("file", 0)) {
            return StoreMaintenance.quickCheck(db, () -> {
                bar.pulse();
                return false;
            });
        }
    }

    private Optional<Interval> interval() {
        if (klines.equals("off")) {
            return Optional.empty();
        }
        try {
            Interval interval = Interval.parse(klines);
            if (!Binance.KLINE_INTERVALS.contains(interval.toString())) {
                throw CommandFailure.usage("--klines: the exchange has no klines of %s: name one of %s, or off"
                        .formatted(interval, String.join(", ", Binance.KLINE_INTERVALS)));
            }
            return Optional.of(interval);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--klines: " + e.getMessage() + ", or off");
        }
    }

    /** One series a tape: that of the preset asked for, where it has one. */
    private List<Series> chosen(History history) {
        String preset = watch.preset().label();
        Map<Object, Series> byTape = new LinkedHashMap<>();
        for (Series series : history.series()) {
            if (isWanted(series) && series.preset().equals(preset)) {
                byTape.put(series.tape(), series);
            }
        }
        if (byTape.isEmpty()) {
            throw CommandFailure.usage("%s has no trades%s with features of preset %s to verify"
                    .formatted(db, symbol == null ? "" : " of " + symbol, preset));
        }
        return List.copyOf(byTape.values());
    }

    private Report report(History history, Series series, Optional<Interval> interval) {
        String name = series.tape().symbol();
        long first = history.firstTradeId(series.tape()).orElse(0);
        long last = history.lastTradeId(series.tape()).orElse(0);
        TapeAudit audit;
        try (Progress.Bar bar = Progress.bar(name + " trades", last - first + 1)) {
            audit = new TapeAudit(history, series, watch.preset(), id -> bar.at(id - first));
            audit.run();
        }
        if (interval.isEmpty()) {
            return new Report(series, audit, Optional.empty(), "not asked for");
        }
        try (Venue venue = Binance.at(restUrl);
                Progress.Bar bar = Progress.bar(name + " klines", 0)) {
            KlineAudit bars =
                    new KlineAudit(history, series, interval.get(), venue, audit.blanked(), start -> bar.pulse());
            String problem = "";
            try {
                bars.run(0, Long.MAX_VALUE);
            } catch (VenueException e) {
                problem = e.getMessage();
            }
            boolean some = problem.isEmpty() || bars.compared() > 0;
            return new Report(series, audit, some ? Optional.of(bars) : Optional.empty(), problem);
        }
    }

    private void printDamage(String what) {
        line(false, "file", "damaged: " + what);
        line(true, "", "run sets it aside and goes on in a new one; a backup brings it back");
    }

    private void printLeftOut(Series series) {
        out.printf("%s %s%n", series.tape().symbol(), series.tape().kind().label());
        line(
                "note",
                "left out",
                "watched with preset %s, not %s: verify it with the settings that it was watched with"
                        .formatted(series.preset(), watch.preset().label()));
    }

    private void print(Report report) {
        TapeAudit audit = report.audit;
        out.printf(
                "%s %s%s%n",
                report.series.tape().symbol(),
                report.series.tape().kind().label(),
                report.series.tape().simulated() ? " SIMULATED" : "");
        line(true, "ids", "%,d to %,d".formatted(audit.firstId(), audit.lastId()));
        line(
                audit.lacking() == 0 && audit.duplicates() == 0,
                "complete",
                "%s %%: %,d trades stored, %,d missing, %,d doubled"
                        .formatted(
                                report.completeness().toPlainString(),
                                audit.stored(),
                                audit.lacking(),
                                audit.duplicates()));
        audit.missing().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> line(true, "", "%,d %s".formatted(entry.getValue(), entry.getKey())));
        audit.holes().stream().limit(MOST_SHOWN).forEach(this::hole);
        more(audit.holeCount(), "holes");
        line(
                audit.rowsDiffering() == 0,
                "rows",
                "%,d computed anew from the trades, %,d differ".formatted(audit.rows(), audit.rowsDiffering()));
        audit.differing().stream().limit(MOST_SHOWN).forEach(start -> line(true, "", KlineAudit.time(start)));
        more(audit.rowsDiffering(), "rows");
        if (audit.rowsUncomputed() > 0) {
            line(
                    "note",
                    "features",
                    "%,d rows not yet computed: %s; run computes them"
                            .formatted(
                                    audit.rowsUncomputed(), String.join(", ", Feature.columns(Feature.allFurther()))));
        }
        if (report.klines.isEmpty()) {
            line("note", "klines", "not compared: " + report.klinesProblem);
            return;
        }
        KlineAudit bars = report.klines.get();
        line(
                bars.compared() == 0 ? "note" : bars.differing() == 0 ? "ok" : "WRONG",
                "klines",
                "%s%,d bars of %s equal, %,d differ; %,d incomplete left out%s"
                        .formatted(
                                bars.compared() == 0 ? "nothing to compare: " : "",
                                bars.equal(),
                                klines,
                                bars.differing(),
                                bars.incomplete(),
                                bars.unknown() == 0
                                        ? ""
                                        : ", %,d without trades unknown to the venue".formatted(bars.unknown())));
        if (!report.klinesProblem.isEmpty()) {
            line("note", "", "not all were compared: " + report.klinesProblem);
        }
        bars.differences().stream()
                .limit(MOST_SHOWN)
                .forEach(one -> line(true, "", KlineAudit.time(one.start()) + " " + one.what()));
        more(bars.differing(), "bars");
    }

    private void hole(TapeAudit.Hole hole) {
        if (hole.ids() > MOST_IDS_NAMED) {
            String ids = "ids %d to %d (%,d): ".formatted(hole.firstId(), hole.lastId(), hole.ids());
            line(true, "", ids + hole.cause());
            return;
        }
        for (long first = hole.firstId(); first <= hole.lastId(); first += IDS_A_LINE) {
            long last = Math.min(hole.lastId(), first + IDS_A_LINE - 1);
            String ids =
                    LongStream.rangeClosed(first, last).mapToObj(Long::toString).collect(Collectors.joining(", "));
            line(true, "", "%s %s: %s".formatted(first == last ? "id" : "ids", ids, hole.cause()));
        }
    }

    private void more(long count, String what) {
        if (count > MOST_SHOWN) {
            line(true, "", "and %,d more %s (--json lists up to 1,000)".formatted(count - MOST_SHOWN, what));
        }
    }

    private void line(boolean fine, String what, String found) {
        line(what.isEmpty() ? "" : fine ? "ok" : "WRONG", what, found);
    }

    /** @param mark note: neither proved nor refuted */
    private void line(String mark, String what, String found) {
        out.printf(Locale.ROOT, "%-6s %-9s %s%n", mark, what, found);
    }

    private Map<String, Object> asJson(Optional<String> damage, Found found) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("store", db.toString());
        root.put("damage", damage.orElse(null));
        root.put("tapes", found.reports.stream().map(this::asJson).toList());
        root.put(
                "leftOut",
                found.leftOut.stream()
                        .map(one -> Map.of(
                                "symbol", one.tape().symbol(),
                                "kind", one.tape().kind().label(),
                                "preset", one.preset()))
                        .toList());
        return root;
    }

    private Map<String, Object> asJson(Report report) {
        TapeAudit audit = report.audit;
        Map<String, Object> tape = new LinkedHashMap<>();
        tape.put("symbol", report.series.tape().symbol());
        tape.put("kind", report.series.tape().kind().label());
        tape.put("simulated", report.series.tape().simulated());
        tape.put("firstId", audit.firstId());
        tape.put("lastId", audit.lastId());
        tape.put("stored", audit.stored());
        tape.put("missing", audit.lacking());
        tape.put("missingByCause", audit.missing());
        tape.put("duplicates", audit.duplicates());
        tape.put("completenessPercent", report.completeness());
        tape.put("holes", audit.holes());
        tape.put("holeCount", audit.holeCount());
        tape.put("rowsComputed", audit.rows());
        tape.put("rowsDiffering", audit.rowsDiffering());
        tape.put("rowsNotYetComputed", audit.rowsUncomputed());
        tape.put("firstRowsDiffering", audit.differing());
        tape.put("klines", report.klines.<Object>map(VerifyCommand::asJson).orElse(null));
        tape.put("klinesProblem", report.klinesProblem);
        tape.put("wrong", report.wrong());
        return tape;
    }

    private static Map<String, Object> asJson(KlineAudit bars) {
        Map<String, Object> klines = new LinkedHashMap<>();
        klines.put("equal", bars.equal());
        klines.put("differing", bars.differing());
        klines.put("incompleteLeftOut", bars.incomplete());
        klines.put("unknownToVenue", bars.unknown());
        klines.put("differences", bars.differences());
        return klines;
    }
}
