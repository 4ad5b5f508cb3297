package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.SeriesInfo;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.RollupRow;
import io.tapekeeper.series.Series;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.RowRange;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What the API says, as JSON. NaN is null; a price is a number for the chart, and a text with the instrument's places
 * where people read it.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int SPARK_POINTS = 32;
    private static final List<Feature> SHOWN = Feature.allShown();

    private Json() {}

    /** What {@code body} writes, in UTF-8. */
    static byte[] write(Consumer<JsonGenerator> body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            body.accept(json);
        }
        return bytes.toByteArray();
    }

    /** The features that rows have, and the rules that raise alerts. */
    static void catalogue(JsonGenerator json) {
        json.writeStartObject();
        json.writeArrayPropertyStart("features");
        for (Feature feature : SHOWN) {
            json.writeStartObject();
            json.writeStringProperty("key", feature.key());
            json.writeStringProperty("column", feature.column());
            json.writeStringProperty("title", feature.title());
            json.writeStringProperty("unit", feature.unit().label());
            json.writeStringProperty("rolled", feature.rolled().label());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("rules");
        for (Rule rule : ClassicRules.ALL) {
            json.writeStartObject();
            json.writeStringProperty("rule", rule.label());
            json.writeStringProperty("title", rule.title());
            json.writeStringProperty("severity", rule.severity().label());
            json.writeStringProperty("feature", rule.feature().key());
            json.writeNumberProperty("bit", rule.bit());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** One element of the list of series, with its newest {@code rows} in small. */
    static void series(JsonGenerator json, LiveSeries live, List<FeatureRow> rows) {
        Series series = live.series();
        SeriesInfo info = live.info();
        json.writeStartObject();
        json.writeStringProperty("id", series.id());
        json.writeStringProperty("venue", series.tape().venue());
        json.writeStringProperty("symbol", series.tape().symbol());
        json.writeStringProperty("kind", series.tape().kind().label());
        json.writeStringProperty("preset", series.preset());
        json.writeNumberProperty("interval", seconds(series.interval().micros()));
        json.writeStringProperty("intervalLabel", series.interval().toString());
        json.writeNumberProperty("pricePlaces", series.instrument().pricePlaces());
        json.writeNumberProperty("sizePlaces", series.instrument().sizePlaces());
        json.writeBooleanProperty("simulated", series.tape().simulated());
        json.writeBooleanProperty("replay", info.replay());
        json.writeStringProperty("band", info.band());
        json.writeBooleanProperty("recording", !live.recordedOnly());
        json.writeStringProperty("state", live.health().state().label());
        json.writeName("settings");
        settings(json, info.preset());
        card(json, live, rows);
        json.writeEndObject();
    }

    private static void settings(JsonGenerator json, Preset preset) {
        if (preset == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeNumberProperty("window", preset.window());
        json.writeNumberProperty("baselineWindow", preset.baselineWindow());
        json.writeNumberProperty("zAlert", preset.zAlert());
        json.writeNumberProperty("spikeFactor", preset.spikeFactor());
        json.writeNumberProperty("zSignal", preset.zSignal());
        json.writeEndObject();
    }

    private static void card(JsonGenerator json, LiveSeries live, List<FeatureRow> rows) {
        LiveSeries.Price forming = live.price();
        FeatureRow last = rows.isEmpty() ? null : rows.getLast();
        json.writeName("price");
        if (forming != null) {
            json.writeString(price(live.series().instrument(), forming.bar().close()));
        } else if (last != null) {
            json.writeString(price(live.series().instrument(), last.bar().close()));
        } else {
            json.writeNull();
        }
        number(json, "z", last == null ? Double.NaN : last.values().of(Feature.ZSCORE));
        json.writeNumberProperty("rules", last == null ? 0 : last.rules());
        json.writeArrayPropertyStart("spark");
        for (FeatureRow row : rows.subList(Math.max(0, rows.size() - SPARK_POINTS), rows.size())) {
            json.writeNumber(Decimals.toDouble(row.bar().close()));
        }
        json.writeEndArray();
    }

    /**
     * Rows column by column.
     *
     * @param more whether there may be older ones
     */
    static void history(JsonGenerator json, List<FeatureRow> rows, boolean more) {
        json.writeStartObject();
        json.writeBooleanProperty("more", more);
        json.writeArrayPropertyStart("t");
        for (FeatureRow row : rows) {
            json.writeNumber(seconds(row.bar().start()));
        }
        json.writeEndArray();
        prices(json, rows, FeatureRow::bar);
        for (Feature feature : SHOWN) {
            column(json, feature.key(), rows, row -> row.values().of(feature));
        }
        json.writeArrayPropertyStart("signal");
        for (FeatureRow row : rows) {
            json.writeString(row.signal().label());
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("rules");
        for (FeatureRow row : rows) {
            json.writeNumber(row.rules());
        }
        json.writeEndArray();
        flags(json, "complete", rows, FeatureRow::complete);
        flags(json, "carried", rows, row -> row.bar().carried());
        json.writeEndObject();
    }

    /** Rolled-up rows column by column; of each feature its lowest and its highest value. */
    static void range(JsonGenerator json, RowRange range) {
        List<RollupRow> rows = range.rows();
        json.writeStartObject();
        json.writeNumberProperty("interval", seconds(range.interval().micros()));
        json.writeNumberProperty("end", seconds(range.end()));
        json.writeBooleanProperty("whole", range.whole());
        json.writeArrayPropertyStart("t");
        for (RollupRow row : rows) {
            json.writeNumber(seconds(row.bar().start()));
        }
        json.writeEndArray();
        prices(json, rows, RollupRow::bar);
        column(json, "n", rows, row -> row.bar().trades());
        for (Feature feature : RollupRow.FEATURES) {
            column(json, feature.key() + "Low", rows, row -> row.low().of(feature));
            column(json, feature.key() + "High", rows, row -> row.high().of(feature));
        }
        json.writeArrayPropertyStart("signal");
        for (RollupRow row : rows) {
            json.writeString(row.signal().label());
        }
        json.writeEndArray();
        column(json, "rules", rows, RollupRow::rules);
        flags(json, "complete", rows, RollupRow::complete);
        flags(json, "carried", rows, row -> row.bar().carried());
        json.writeEndObject();
    }

    private static <T> void prices(JsonGenerator json, List<T> rows, Function<T, Bar> bar) {
        column(json, "o", rows, row -> Decimals.toDouble(bar.apply(row).open()));
        column(json, "h", rows, row -> Decimals.toDouble(bar.apply(row).high()));
        column(json, "l", rows, row -> Decimals.toDouble(bar.apply(row).low()));
        column(json, "c", rows, row -> Decimals.toDouble(bar.apply(row).close()));
        column(json, "v", rows, row -> size(bar.apply(row).volume()));
    }

    private static <T> void flags(JsonGenerator json, String name, List<T> rows, Predicate<T> value) {
        json.writeArrayPropertyStart(name);
        for (T row : rows) {
            json.writeBoolean(value.test(row));
        }
        json.writeEndArray();
    }

    private static <T> void column(JsonGenerator json, String name, List<T> rows, ToDoubleFunction<T> value) {
        json.writeArrayPropertyStart(name);
        for (T row : rows) {
            number(json, value.applyAsDouble(row));
        }
        json.writeEndArray();
    }

    /** A bar that closed, with its features. */
    static void row(JsonGenerator json, FeatureRow row) {
        json.writeStartObject();
        bar(json, row.bar());
        for (Feature feature : SHOWN) {
            number(json, feature.key(), row.values().of(feature));
        }
        json.writeStringProperty("signal", row.signal().label());
        json.writeNumberProperty("rules", row.rules());
        json.writeBooleanProperty("complete", row.complete());
        json.writeBooleanProperty("carried", row.bar().carried());
        json.writeEndObject();
    }

    /** The bar that is forming. */
    static void price(JsonGenerator json, Instrument instrument, LiveSeries.Price price) {
        json.writeStartObject();
        bar(json, price.bar());
        json.writeStringProperty("price", price(instrument, price.bar().close()));
        json.writeNumberProperty("tradeTime", millis(price.lastTradeTime()));
        json.writeEndObject();
    }

    private static void bar(JsonGenerator json, Bar bar) {
        json.writeNumberProperty("t", seconds(bar.start()));
        number(json, "o", Decimals.toDouble(bar.open()));
        number(json, "h", Decimals.toDouble(bar.high()));
        number(json, "l", Decimals.toDouble(bar.low()));
        number(json, "c", Decimals.toDouble(bar.close()));
        number(json, "v", size(bar.volume()));
    }

    static void alert(JsonGenerator json, Alert alert) {
        Rule rule = alert.rule();
        json.writeStartObject();
        json.writeStringProperty("rule", rule.label());
        json.writeStringProperty("severity", rule.severity().label());
        json.writeNumberProperty("opened", millis(alert.opened()));
        json.writeName("closed");
        if (alert.isOpen()) {
            json.writeNull();
        } else {
            json.writeNumber(millis(alert.closed()));
        }
        number(json, "value", alert.value());
        number(json, "threshold", alert.threshold());
        json.writeStringProperty("reason", alert.reason());
        json.writeEndObject();
    }

    static void signal(JsonGenerator json, Instrument instrument, SignalChange change) {
        json.writeStartObject();
        json.writeStringProperty("signal", change.signal().label());
        json.writeNumberProperty("since", millis(change.time()));
        json.writeStringProperty("price", price(instrument, change.price()));
        number(json, "z", change.zScore());
        json.writeEndObject();
    }

    static void health(JsonGenerator json, Health health) {
        json.writeStartObject();
        healthFields(json, health);
        json.writeEndObject();
    }

    static void healthFields(JsonGenerator json, Health health) {
        freshness(json, health);
        number(json, "lastTradeTime", orNaN(health.lastTradeTime() > 0, health.lastTradeTime()));
        json.writeNumberProperty("warm", health.warm());
        json.writeNumberProperty("warmOf", health.warmOf());
        number(json, "stored", orNaN(health.storedTrades() >= 0, health.storedTrades()));
        number(json, "tradesPerSecond", health.tradesPerSecond());
        number(json, "clockOffsetMillis", health.clockOffsetMillis());
        json.writeName("latency");
        if (health.latency().isKnown()) {
            json.writeStartObject();
            number(json, "medianMillis", health.latency().medianMillis());
            number(json, "p99Millis", health.latency().p99Millis());
            json.writeEndObject();
        } else {
            json.writeNull();
        }
    }

    /** State and age, and whether something is missing. */
    static void freshness(JsonGenerator json, Health health) {
        json.writeStringProperty("state", health.state().label());
        json.writeStringProperty("reason", health.reason());
        boolean age = health.agesMeaningful() && health.lastTradeTime() > 0;
        number(json, "ageMillis", orNaN(age, health.lastTradeAgeMillis()));
        long limit = health.staleAfterMillis();
        number(json, "staleAfterMillis", orNaN(limit > 0, limit));
        completeness(json, health.completeness());
    }

    private static void completeness(JsonGenerator json, Completeness now) {
        json.writeName("complete");
        if (now.isKnown()) {
            json.writeBoolean(now.isWhole());
        } else {
            json.writeNull();
        }
        number(json, "openHoles", orNaN(now.isKnown(), now.openGaps()));
        number(json, "missingTrades", orNaN(now.missingTrades() >= 0, now.missingTrades()));
        json.writeName("repair");
        Completeness.Repair repair = now.repair();
        if (repair == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeNumberProperty("done", repair.done());
        json.writeNumberProperty("total", repair.total());
        json.writeNumberProperty("percent", repair.percent());
        number(json, "etaSeconds", orNaN(repair.etaSeconds() >= 0, repair.etaSeconds()));
        json.writeEndObject();
    }

    /** The process; a part that nobody measures is null. */
    static void system(JsonGenerator json, SystemHealth system) {
        json.writeStartObject();
        json.writeName("rate");
        rate(json, system.rate());
        json.writeName("writing");
        writing(json, system.writing());
        json.writeName("disk");
        disk(json, system.disk());
        json.writeArrayPropertyStart("dataQuality");
        for (QualityAlert alert : system.dataQuality()) {
            json.writeStartObject();
            json.writeStringProperty("kind", alert.kind().label());
            json.writeStringProperty("symbol", alert.symbol());
            json.writeNumberProperty("since", millis(alert.since()));
            json.writeStringProperty("severity", alert.severity().label());
            json.writeStringProperty("reason", alert.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void rate(JsonGenerator json, SystemHealth.RateBudget rate) {
        if (rate == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringProperty("host", rate.host());
        json.writeNumberProperty("limit", rate.limit());
        json.writeNumberProperty("used", rate.used());
        json.writeNumberProperty("repairUsed", rate.repairUsed());
        number(json, "bannedUntil", orNaN(rate.bannedUntil() > 0, millis(rate.bannedUntil())));
        json.writeEndObject();
    }

    private static void writing(JsonGenerator json, SystemHealth.Writing writing) {
        if (writing == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeNumberProperty("queued", writing.queued());
        json.writeNumberProperty("bound", writing.bound());
        json.writeStringProperty("trouble", writing.trouble());
        json.writeEndObject();
    }

    private static void disk(JsonGenerator json, SystemHealth.Disk disk) {
        if (disk == null) {
            json.writeNull();
            return;
        }
        double days = disk.daysLeft();
        json.writeStartObject();
        json.writeNumberProperty("freeBytes", disk.freeBytes());
        number(json, "bytesPerDay", disk.bytesPerDay());
        number(json, "daysLeft", Double.isInfinite(days) ? Double.NaN : days);
        json.writeEndObject();
    }

    /** From which bar on rows were corrected, and how many repairs there were by now. */
    static void corrected(JsonGenerator json, long fromMicros, long repairs) {
        json.writeStartObject();
        json.writeNumberProperty("from", seconds(fromMicros));
        json.writeNumberProperty("repairs", repairs);
        json.writeEndObject();
    }

    private static double orNaN(boolean there, long value) {
        return there ? value : Double.NaN;
    }

    /** With the instrument's places, and more where the price has more. */
    static String price(Instrument instrument, long units) {
        // A tape of unknown tick size would print eight places; two are what people expect.
        return Decimals.format(units, instrument.priceStep() == 0 ? 2 : instrument.pricePlaces());
    }

    private static double size(Amount volume) {
        return volume.high() == 0 && volume.low() >= 0
                ? Decimals.toDouble(volume.low())
                : volume.toDecimal(Amount.SIZE_PLACES).doubleValue();
    }

    private static void number(JsonGenerator json, String name, double value) {
        json.writeName(name);
        number(json, value);
    }

    private static void number(JsonGenerator json, double value) {
        if (Double.isNaN(value)) {
            json.writeNull();
        } else if (value == Math.rint(value) && Math.abs(value) <= 0x1p53) {
            json.writeNumber((long) value); // 61849 and not 61849.0, nor 1.7E15 for a time
        } else {
            json.writeNumber(value);
        }
    }

    /** Epoch microseconds of a bar's start, which is a whole second, to seconds. */
    static long seconds(long micros) {
        return Math.floorDiv(micros, 1_000_000L);
    }

    private static long millis(long micros) {
        return Math.floorDiv(micros, 1_000L);
    }
}
