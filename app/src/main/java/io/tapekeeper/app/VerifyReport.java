package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Findings;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.recorder.audit.KlineAudit;
import io.tapekeeper.recorder.audit.TapeAudit;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What {@code verify} has found of one tape, in words and for programs.
 *
 * @param klines empty where no bar was compared
 * @param klinesProblem why none, or not all, were compared; empty where all were
 */
record VerifyReport(Series series, TapeAudit audit, Optional<KlineAudit> klines, String klinesProblem) {
    private static final int MOST_SHOWN = 20;

    /** A longer gap is named by its first and its last id only. */
    private static final int MOST_IDS_NAMED = 20;

    /** They fit into 80 columns. */
    private static final int IDS_A_LINE = 4;

    boolean wrong() {
        return audit.lacking() > 0
                || audit.duplicates() > 0
                || audit.rowsDiffering() > 0
                || klines.map(one -> one.differing() > 0).orElse(false);
    }

    /** Of the ids that ought to be there, how many per cent are; never rounded up to 100. */
    private BigDecimal completeness() {
        long there = audit.stored();
        long all = there + audit.lacking();
        return all == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(there)
                        .multiply(BigDecimal.valueOf(100))
                        .divide(BigDecimal.valueOf(all), 6, RoundingMode.DOWN)
                        .stripTrailingZeros();
    }

    /** @param interval of the klines */
    void print(Findings findings, Optional<Interval> interval) {
        TapeId tape = series.tape();
        findings.heading(tape.symbol() + " " + tape.kind().label() + (tape.simulated() ? " SIMULATED" : ""));
        printIds(findings);
        findings.fineIf(
                audit.rowsDiffering() == 0,
                "rows",
                with("%,d computed again from the trades, %,d differ", audit.rows(), audit.rowsDiffering()));
        audit.differing().stream().limit(MOST_SHOWN).forEach(start -> findings.detail(KlineAudit.time(start)));
        more(findings, audit.rowsDiffering(), "rows");
        if (audit.rowsUncomputed() > 0) {
            String columns = String.join(", ", Feature.columns(Feature.allFurther()));
            findings.note(
                    "features",
                    with("%,d rows not yet computed: %s; run computes them", audit.rowsUncomputed(), columns));
        }
        klines.ifPresentOrElse(
                bars -> printKlines(findings, bars, interval.orElseThrow()),
                () -> findings.note("klines", "not compared: " + klinesProblem));
    }

    private void printIds(Findings findings) {
        findings.fine("ids", with("%,d to %,d", audit.firstId(), audit.lastId()));
        findings.fineIf(
                audit.lacking() == 0 && audit.duplicates() == 0,
                "complete",
                with(
                        "%s %%: %,d trades stored, %,d missing, %,d duplicates",
                        completeness().toPlainString(), audit.stored(), audit.lacking(), audit.duplicates()));
        audit.missing().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> findings.detail(with("%,d %s", entry.getValue(), entry.getKey())));
        audit.missingIds().stream().limit(MOST_SHOWN).forEach(gap -> printGap(findings, gap));
        more(findings, audit.missingRanges(), "gaps");
    }

    private static void printGap(Findings findings, TapeAudit.MissingIds gap) {
        if (gap.ids() > MOST_IDS_NAMED) {
            findings.detail(with("ids %d to %d (%,d): %s", gap.firstId(), gap.lastId(), gap.ids(), gap.cause()));
            return;
        }
        for (long first = gap.firstId(); first <= gap.lastId(); first += IDS_A_LINE) {
            long last = Math.min(gap.lastId(), first + IDS_A_LINE - 1);
            String ids =
                    LongStream.rangeClosed(first, last).mapToObj(Long::toString).collect(Collectors.joining(", "));
            findings.detail("%s %s: %s".formatted(first == last ? "id" : "ids", ids, gap.cause()));
        }
    }

    private void printKlines(Findings findings, KlineAudit bars, Interval interval) {
        String found = with(
                "%,d bars of %s equal, %,d differ; %,d incomplete left out%s",
                bars.equal(),
                interval,
                bars.differing(),
                bars.incomplete(),
                bars.unknown() == 0 ? "" : with(", %,d without trades unknown to the venue", bars.unknown()));
        if (bars.compared() == 0) {
            findings.note("klines", "nothing to compare: " + found);
        } else {
            findings.fineIf(bars.differing() == 0, "klines", found);
        }
        if (!klinesProblem.isEmpty()) {
            findings.note("klines", "not all were compared: " + klinesProblem);
        }
        bars.differences().stream()
                .limit(MOST_SHOWN)
                .forEach(one -> findings.detail(KlineAudit.time(one.start()) + " " + one.what()));
        more(findings, bars.differing(), "bars");
    }

    private static void more(Findings findings, long count, String what) {
        if (count > MOST_SHOWN) {
            findings.detail(with("and %,d more %s (--json lists up to 1,000)", count - MOST_SHOWN, what));
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
    private static String with(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** All of it as a tree for JSON. */
    Map<String, Object> asTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("symbol", series.tape().symbol());
        tree.put("kind", series.tape().kind().label());
        tree.put("simulated", series.tape().simulated());
        tree.put("firstId", audit.firstId());
        tree.put("lastId", audit.lastId());
        tree.put("stored", audit.stored());
        tree.put("missing", audit.lacking());
        tree.put("missingByCause", audit.missing());
        tree.put("duplicates", audit.duplicates());
        tree.put("completenessPercent", completeness());
        tree.put("holes", audit.missingIds());
        tree.put("holeCount", audit.missingRanges());
        tree.put("rowsComputed", audit.rows());
        tree.put("rowsDiffering", audit.rowsDiffering());
        tree.put("rowsNotYetComputed", audit.rowsUncomputed());
        tree.put("firstRowsDiffering", audit.differing());
        tree.put("klines", klines.<Object>map(VerifyReport::asTree).orElse(null));
        tree.put("klinesProblem", klinesProblem);
        tree.put("wrong", wrong());
        return tree;
    }

    private static Map<String, Object> asTree(KlineAudit bars) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("equal", bars.equal());
        tree.put("differing", bars.differing());
        tree.put("incompleteLeftOut", bars.incomplete());
        tree.put("unknownToVenue", bars.unknown());
        tree.put("differences", bars.differences());
        return tree;
    }
}
