package io.tapekeeper.dashboard;

import io.tapekeeper.alert.ClassicRules;
import io.tapekeeper.alert.Rule;
import io.tapekeeper.feature.Feature;
import tools.jackson.core.JsonGenerator;

/** The features that rows have and the rules that raise alerts, as JSON. */
final class CatalogueJson {
    private CatalogueJson() {}

    static byte[] write() {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart("features");
            Feature.allShown().forEach(feature -> feature(json, feature));
            json.writeEndArray();
            json.writeArrayPropertyStart("rules");
            ClassicRules.ALL.forEach(rule -> rule(json, rule));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void feature(JsonGenerator json, Feature feature) {
        json.writeStartObject()
                .writeStringProperty("key", feature.key())
                .writeStringProperty("column", feature.column())
                .writeStringProperty("title", feature.title())
                .writeStringProperty("unit", feature.unit().label())
                .writeStringProperty("rolled", feature.rolled().label())
                .writeEndObject();
    }

    private static void rule(JsonGenerator json, Rule rule) {
        json.writeStartObject()
                .writeStringProperty("rule", rule.label())
                .writeStringProperty("title", rule.title())
                .writeStringProperty("severity", rule.severity().label())
                .writeStringProperty("feature", rule.feature().key())
                .writeNumberProperty("bit", rule.bit())
                .writeEndObject();
    }
}
