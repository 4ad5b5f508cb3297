package io.tapekeeper.app;

import io.tapekeeper.app.doctor.StoreCheck;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.Findings;
import io.tapekeeper.app.terminal.Progress;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.recorder.VenueProfile;
import io.tapekeeper.recorder.audit.KlineAudit;
import io.tapekeeper.recorder.audit.TapeAudit;
import io.tapekeeper.series.Series;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.VenueException;
import io.tapekeeper.venue.binance.Binance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
            "Proves that a stored tape is complete and true: checks every id from the first to the last, computes the"
                    + " rows again from the trades, and compares the bars with the exchange's own klines.",
            "Exit code 1 where trades are missing or something differs."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./tapekeeper verify", "  ./tapekeeper verify --db data/demo.db --klines off --json"})
final class VerifyCommand implements Callable<Integer> {
    private static final int ABOUT_WIDTH = 9;

    @Mixin
    private StoreOption store = new StoreOption();

    @Option(names = "--symbol", paramLabel = "SYMBOL", description = "Verify this symbol only (default: all).")
    private String symbol;

    @Option(
            names = "--klines",
            paramLabel = "INTERVAL",
            description = "Length of the bars that are compared with the exchange's klines, one of its own lengths; off"
                    + " compares none (default: 1m).")
    private String klines = "1m";

    @Mixin
    private RestOption rest = new RestOption();

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    /** @param leftOut of tapes that were watched with other settings only: nothing was proved of them */
    private record Found(List<VerifyReport> reports, List<Series> leftOut) {}

    @Override
    public Integer call() {
        rest.url();
        Optional<Interval> interval = interval();
        try {
            Path db = store.path();
            Optional<String> damage = StoreCheck.damage(db);
            // Of a damaged file nothing that is read can be trusted.
            Found found = damage.isEmpty() ? found(db, interval) : new Found(List.of(), List.of());
            if (json) {
                System.out.println(JsonMapper.shared().writeValueAsString(asTree(damage, found)));
            } else {
                print(new Findings(System.out, ABOUT_WIDTH), damage, found, interval);
            }
            boolean wrong = damage.isPresent() || found.reports.stream().anyMatch(VerifyReport::wrong);
            return wrong ? CommandFailure.FOUND_WRONG : CommandFailure.FINE;
        } catch (StoreException e) {
            throw CommandFailure.of(e);
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

    private Found found(Path db, Optional<Interval> interval) {
        try (History history = History.open(db)) {
            Map<TapeId, Series> chosen = chosen(history);
            if (interval.isPresent()) {
                refuseAnotherMarket(history);
            }
            List<VerifyReport> reports = new ArrayList<>();
            for (Series series : chosen.values()) {
                reports.add(report(history, series, interval));
            }
            List<Series> leftOut = history.series().stream()
                    .filter(this::isWanted)
                    .filter(series -> !chosen.containsKey(series.tape()))
                    .toList();
            return new Found(reports, leftOut);
        }
    }

    private boolean isWanted(Series series) {
        return series.tape().kind() != TapeKind.POLL
                && (symbol == null || series.tape().symbol().equalsIgnoreCase(symbol));
    }

    /** One series a tape: that of the preset asked for, where it has one. */
    private Map<TapeId, Series> chosen(History history) {
        String preset = watch.preset().label();
        Map<TapeId, Series> byTape = new LinkedHashMap<>();
        for (Series series : history.series()) {
            if (isWanted(series) && series.preset().equals(preset)) {
                byTape.put(series.tape(), series);
            }
        }
        if (byTape.isEmpty()) {
            throw CommandFailure.usage("%s has no trades%s with features of preset %s to verify"
                    .formatted(store.path(), symbol == null ? "" : " of " + symbol, preset));
        }
        return byTape;
    }

    /** Before anything long: the trades of one market say nothing about the klines of another. */
    private void refuseAnotherMarket(History history) {
        try (Venue venue = rest.open()) {
            VenueProfile.refuseComparing(store.path(), history, venue);
        } catch (VenueException e) {
            // The report asks the venue again, for its klines, and says what is wrong then.
        }
    }

    private VerifyReport report(History history, Series series, Optional<Interval> interval) {
        String name = series.tape().symbol();
        long first = history.firstTradeId(series.tape()).orElse(0);
        long last = history.lastTradeId(series.tape()).orElse(0);
        TapeAudit audit;
        try (Progress.Bar bar = Progress.bar(name + " trades", last - first + 1)) {
            audit = new TapeAudit(history, series, watch.preset(), id -> bar.at(id - first));
            audit.run();
        }
        if (interval.isEmpty()) {
            return new VerifyReport(series, audit, Optional.empty(), "not asked for");
        }
        try (Venue venue = rest.open();
                Progress.Bar bar = Progress.bar(name + " klines", 0)) {
            KlineAudit bars = new KlineAudit(history, series, interval.get(), venue, audit.blanked());
            String problem = "";
            try {
                bars.run(start -> bar.pulse());
            } catch (VenueException e) {
                problem = e.getMessage();
            }
            boolean some = problem.isEmpty() || bars.compared() > 0;
            return new VerifyReport(series, audit, some ? Optional.of(bars) : Optional.empty(), problem);
        }
    }

    private void print(Findings findings, Optional<String> damage, Found found, Optional<Interval> interval) {
        damage.ifPresent(what -> {
            findings.fineIf(false, "file", "damaged: " + what);
            findings.detail("run sets it aside and goes on in a new one; a backup brings it back");
        });
        found.reports.forEach(report -> report.print(findings, interval));
        for (Series series : found.leftOut) {
            findings.heading(series.tape().symbol() + " " + series.tape().kind().label());
            findings.note(
                    "left out",
                    "watched with preset %s, not %s: verify it with the settings that it was watched with"
                            .formatted(series.preset(), watch.preset().label()));
        }
    }

    private Map<String, Object> asTree(Optional<String> damage, Found found) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("store", store.path().toString());
        root.put("damage", damage.orElse(null));
        root.put("tapes", found.reports.stream().map(VerifyReport::asTree).toList());
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
}
