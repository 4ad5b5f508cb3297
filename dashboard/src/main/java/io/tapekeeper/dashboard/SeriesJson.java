package io.tapekeeper.dashboard;

import io.tapekeeper.feature.Feature;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.market.Decimals;
import io.tapekeeper.series.FeatureRow;
import io.tapekeeper.series.Preset;
import io.tapekeeper.series.Series;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** One series of the list of series, with its card, as JSON. */
final class SeriesJson {
    private SeriesJson() {}

    static void series(JsonGenerator json, Catalogue.Listed listed) {
        LiveSeries live = listed.series();
        Series series = live.series();
        json.writeStartObject()
                .writeStringProperty("id", series.id())
                .writeStringProperty("venue", series.tape().venue())
                .writeStringProperty("symbol", series.tape().symbol())
                .writeStringProperty("kind", series.tape().kind().label())
                .writeStringProperty("preset", series.preset())
                .writeNumberProperty("interval", Json.seconds(series.interval().micros()))
                .writeStringProperty("intervalLabel", series.interval().toString())
                .writeNumberProperty("pricePlaces", series.instrument().pricePlaces())
                .writeNumberProperty("sizePlaces", series.instrument().sizePlaces())
                .writeBooleanProperty("simulated", series.tape().simulated())
                .writeBooleanProperty("replay", live.info().replay())
                .writeStringProperty("band", live.info().band())
                .writeBooleanProperty("recording", !live.recordedOnly())
                .writeStringProperty("state", live.health().state().label());
        Json.object(json, "settings", live.info().preset(), SeriesJson::settings);
        card(json, live, listed.rows());
        json.writeEndObject();
    }

    private static void settings(JsonGenerator json, Preset preset) {
        json.writeNumberProperty("window", preset.window())
                .writeNumberProperty("baselineWindow", preset.baselineWindow())
                .writeNumberProperty("zAlert", preset.zAlert())
                .writeNumberProperty("spikeFactor", preset.spikeFactor())
                .writeNumberProperty("zSignal", preset.zSignal());
    }

    /** @param rows the newest, oldest first */
    private static void card(JsonGenerator json, LiveSeries live, List<FeatureRow> rows) {
        LiveSeries.Price forming = live.price();
        FeatureRow last = rows.isEmpty() ? null : rows.getLast();
        json.writeName("price");
        if (forming != null) {
            json.writeString(
                    Json.price(live.series().instrument(), forming.bar().close()));
        } else if (last != null) {
            json.writeString(Json.price(live.series().instrument(), last.bar().close()));
        } else {
            json.writeNull();
        }
        Json.number(json, "z", last == null ? Double.NaN : last.values().of(Feature.ZSCORE));
        json.writeNumberProperty("rules", last == null ? 0 : last.rules());
        json.writeArrayPropertyStart("spark");
        rows.forEach(row -> json.writeNumber(Decimals.toDouble(row.bar().close())));
        json.writeEndArray();
    }
}
