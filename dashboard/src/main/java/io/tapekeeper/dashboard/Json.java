package io.tapekeeper.dashboard;

import io.tapekeeper.alert.Alert;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.bar.Bar;
import io.tapekeeper.feature.Feature;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.market.Amount;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.market.Instrument;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.RollupRow;
import io.tapekeeper.signal.SignalChange;
import io.tapekeeper.store.RowRange;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Rows, prices, alerts and signals as JSON, and how the API writes numbers: NaN is null; a price is a number for the
 * chart, and a text with the instrument's places where people read it.
 */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();
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

    /** One object whose properties {@code body} writes, in UTF-8. */
    static <T> byte[] object(T value, BiConsumer<JsonGenerator, T> body) {
        return write(json -> {
            json.writeStartObject();
            body.accept(json, value);
            json.writeEndObject();
        });
    }

    /** A property that is an object whose properties {@code body} writes, or null where the value is. */
    static <T> void object(JsonGenerator json, String name, T value, BiConsumer<JsonGenerator, T> body) {
        if (value == null) {
            json.writeNullProperty(name);
            return;
        }
        json.writeObjectPropertyStart(name);
        body.accept(json, value);
        json.writeEndObject();
    }

    /** A list of these, each written by {@code one}, in UTF-8. */
    static <T> byte[] array(Iterable<T> all, BiConsumer<JsonGenerator, T> one) {
        return write(json -> {
            json.writeStartArray();
            all.forEach(each -> one.accept(json, each));
            json.writeEndArray();
        });
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
        number(json, "closed", alert.isOpen() ? Double.NaN : millis(alert.closed()));
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

    /** A property that is null where there is no number: NaN. */
    static void number(JsonGenerator json, String name, double value) {
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

    /** Epoch microseconds to milliseconds. */
    static long millis(long micros) {
        return Math.floorDiv(micros, 1_000L);
    }
}
