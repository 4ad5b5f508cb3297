package io.tapekeeper.store;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.bar.Interval;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.feature.Feature.Csv;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.tape.TapeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Prints what a store has as CSV: a header, then a line for each row, series after series and ascending within each.
 * Lines end with a line feed.
 *
 * <p>Prices and sizes are decimals with eight places, volumes have at least eight and lose none, statistics are the
 * shortest text that reads back as the same double, no value is empty, flags are {@code true} or {@code false}. Times
 * are epoch microseconds ({@code _us}); the {@code time} of features is epoch milliseconds, the start of the bar.
 *
 * <p>Streams: memory does not grow with the export. One thread. All methods throw {@link StoreException} where the
 * store can no longer be read and {@link UncheckedIOException} where the output cannot be written.
 */
public final class CsvExport {
    private static final List<Feature> FIRST = Feature.at(Csv.FIRST);
    private static final List<Feature> SECOND = Feature.at(Csv.SECOND);
    private static final List<Feature> LAST = Feature.at(Csv.LAST);

    private final History history;
    private final Appendable out;

    /** @param out should be buffered; it is neither flushed nor closed */
    public CsvExport(History history, Appendable out) {
        this.history = history;
        this.out = out;
    }

    /** The trades of the tapes of these series. */
    public void trades(List<Series> series) {
        line("instrument,id,price,size,side,time_us,received_us");
        for (TapeId tape : tapes(series)) {
            history.trades(
                    tape,
                    0,
                    trade -> line(
                            tape.symbol(),
                            trade.id(),
                            Decimals.format(trade.price()),
                            Decimals.format(trade.size()),
                            trade.aggressor().label(),
                            trade.venueTime(),
                            trade.receivedTime()));
        }
    }

    /** The bars of these series, each at its own interval. */
    public void bars(List<Series> series) {
        Map<TapeId, Set<Interval>> wanted = new LinkedHashMap<>();
        for (Series one : series) {
            wanted.computeIfAbsent(one.tape(), tape -> new LinkedHashSet<>()).add(one.interval());
        }
        barHeader();
        wanted.forEach((tape, intervals) -> intervals.forEach(interval -> bars(tape, interval)));
    }

    /**
     * The bars of the tapes of these series at one interval.
     *
     * @throws IllegalArgumentException where they cannot be made from the bars stored
     */
    public void bars(List<Series> series, Interval interval) {
        barHeader();
        tapes(series).forEach(tape -> bars(tape, interval));
    }

    private void barHeader() {
        line("instrument,interval,start_us,open,high,low,close,volume,quote_volume,trades,"
                + "taker_buy_volume,revision,complete");
    }

    private void bars(TapeId tape, Interval interval) {
        history.bars(tape, interval, Long.MIN_VALUE, Long.MAX_VALUE, stored -> {
            Bar bar = stored.bar();
            line(
                    tape.symbol(),
                    bar.interval(),
                    bar.start(),
                    Decimals.format(bar.open()),
                    Decimals.format(bar.high()),
                    Decimals.format(bar.low()),
                    Decimals.format(bar.close()),
                    bar.volume().format(Amount.SIZE_PLACES),
                    bar.quoteVolume().format(Amount.QUOTE_PLACES),
                    bar.trades(),
                    bar.takerBuyVolume().format(Amount.SIZE_PLACES),
                    stored.revision(),
                    bar.complete());
        });
    }

    /** The feature rows of these series. */
    public void features(List<Series> series) {
        List<String> header = new ArrayList<>(List.of("time", "price"));
        header.addAll(Feature.columns(FIRST));
        header.addAll(List.of("signal", "alerts", "instrument", "preset", "complete"));
        header.addAll(Feature.columns(SECOND));
        header.addAll(List.of("carried", "revision"));
        header.addAll(Feature.columns(LAST));
        line(header);
        for (Series one : series) {
            history.storedRows(one, Long.MIN_VALUE, Long.MAX_VALUE, stored -> line(features(one, stored)));
        }
    }

    private static List<Object> features(Series series, StoredRow stored) {
        FeatureRow row = stored.row();
        List<Object> fields = new ArrayList<>();
        fields.add(Math.floorDiv(row.bar().start(), 1_000L));
        fields.add(Decimals.format(row.bar().close()));
        FIRST.forEach(feature -> fields.add(real(row.values().of(feature))));
        fields.add(row.signal().label());
        fields.add(ClassicRules.labels(row.rules()));
        fields.add(series.tape().symbol());
        fields.add(series.preset());
        fields.add(row.complete());
        SECOND.forEach(feature -> fields.add(real(row.values().of(feature))));
        fields.add(row.bar().carried());
        fields.add(stored.revision());
        LAST.forEach(feature -> fields.add(real(row.values().of(feature))));
        return fields;
    }

    /** The alerts of these series that hold; {@code closed_us} is empty while one is open. */
    public void alerts(List<Series> series) {
        line("instrument,rule,severity,opened_us,closed_us,value,threshold,reason");
        for (Series one : series) {
            history.alerts(
                    one,
                    (Alert alert) -> line(
                            one.tape().symbol(),
                            alert.rule().label(),
                            alert.rule().severity().label(),
                            alert.opened(),
                            alert.isOpen() ? "" : alert.closed(),
                            real(alert.value()),
                            real(alert.threshold()),
                            quoted(alert.reason())));
        }
    }

    /** The changes of the signals of these series that hold. */
    public void signals(List<Series> series) {
        line("instrument,model,time_us,signal,price,zscore");
        for (Series one : series) {
            history.signals(
                    one,
                    change -> line(
                            one.tape().symbol(),
                            change.model(),
                            change.time(),
                            change.signal().label(),
                            Decimals.format(change.price()),
                            real(change.zScore())));
        }
    }

    /**
     * The ledger of the tapes of these series; {@code missing} is how many trades of a gap are still not stored,
     * {@code closed_us} is empty while a repair should still try to fetch them.
     */
    public void gaps(List<Series> series) {
        line("instrument,first_id,last_id,missing,cause,opened_us,closed_us,repaired_by,before_us,after_us");
        for (TapeId tape : tapes(series)) {
            for (LedgerEntry entry : history.gaps(tape)) {
                line(
                        tape.symbol(),
                        entry.gap().firstId(),
                        entry.gap().lastId(),
                        history.missing(tape, entry.gap()),
                        entry.cause().label(),
                        entry.opened(),
                        entry.isOpen() ? "" : entry.closed().getAsLong(),
                        entry.repairedBy().orElse(""),
                        entry.gap().before(),
                        entry.gap().after());
            }
        }
    }

    private static Set<TapeId> tapes(List<Series> series) {
        Set<TapeId> tapes = new LinkedHashSet<>();
        series.forEach(one -> tapes.add(one.tape()));
        return tapes;
    }

    private static String real(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private void line(Object... fields) {
        line(List.of(fields));
    }

    private void line(List<?> fields) {
        try {
            for (int at = 0; at < fields.size(); at++) {
                out.append(at == 0 ? "" : ",").append(fields.get(at).toString());
            }
            out.append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("the export cannot be written: " + e.getMessage(), e);
        }
    }
}
