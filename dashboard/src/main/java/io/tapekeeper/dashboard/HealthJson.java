package io.tapekeeper.dashboard;

import static io.tapekeeper.dashboard.Json.millis;
import static io.tapekeeper.dashboard.Json.number;

import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.Latency;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.SystemHealth;
import tools.jackson.core.JsonGenerator;

/** How tapes and process stand, as JSON. What is not known is null. */
final class HealthJson {
    private HealthJson() {}

    /** All that is known of one tape. */
    static void fields(JsonGenerator json, Health health) {
        freshness(json, health);
        number(json, "lastTradeTime", known(health.lastTradeTime() > 0, health.lastTradeTime()));
        json.writeNumberProperty("warm", health.warm()).writeNumberProperty("warmOf", health.warmOf());
        number(json, "stored", known(health.storedTrades() >= 0, health.storedTrades()));
        number(json, "tradesPerSecond", health.tradesPerSecond());
        number(json, "clockOffsetMillis", health.clockOffsetMillis());
        Json.object(json, "latency", health.latency().isKnown() ? health.latency() : null, HealthJson::latency);
    }

    private static void latency(JsonGenerator json, Latency latency) {
        number(json, "medianMillis", latency.medianMillis());
        number(json, "p99Millis", latency.p99Millis());
    }

    /** State and age, and whether something is missing. */
    static void freshness(JsonGenerator json, Health health) {
        json.writeStringProperty("state", health.state().label()).writeStringProperty("reason", health.reason());
        boolean aged = health.agesMeaningful() && health.lastTradeTime() > 0;
        number(json, "ageMillis", known(aged, health.lastTradeAgeMillis()));
        number(json, "staleAfterMillis", known(health.staleAfterMillis() > 0, health.staleAfterMillis()));
        completeness(json, health.completeness());
    }

    private static void completeness(JsonGenerator json, Completeness now) {
        json.writeName("complete");
        if (now.isKnown()) {
            json.writeBoolean(now.isWhole());
        } else {
            json.writeNull();
        }
        number(json, "openHoles", known(now.isKnown(), now.openGaps()));
        number(json, "missingTrades", known(now.missingTrades() >= 0, now.missingTrades()));
        Json.object(json, "repair", now.repair(), HealthJson::repair);
    }

    private static void repair(JsonGenerator json, Completeness.Repair repair) {
        json.writeNumberProperty("done", repair.done())
                .writeNumberProperty("total", repair.total())
                .writeNumberProperty("percent", repair.percent());
        number(json, "etaSeconds", known(repair.etaSeconds() >= 0, repair.etaSeconds()));
    }

    /** The process. */
    static void system(JsonGenerator json, SystemHealth system) {
        Json.object(json, "rate", system.rate(), HealthJson::rate);
        Json.object(json, "writing", system.writing(), HealthJson::writing);
        Json.object(json, "disk", system.disk(), HealthJson::disk);
        json.writeArrayPropertyStart("dataQuality");
        system.dataQuality().forEach(alert -> quality(json, alert));
        json.writeEndArray();
    }

    private static void rate(JsonGenerator json, SystemHealth.RateBudget rate) {
        json.writeStringProperty("host", rate.host())
                .writeNumberProperty("limit", rate.limit())
                .writeNumberProperty("used", rate.used())
                .writeNumberProperty("repairUsed", rate.repairUsed());
        number(json, "bannedUntil", known(rate.bannedUntil() > 0, millis(rate.bannedUntil())));
    }

    private static void writing(JsonGenerator json, SystemHealth.Writing writing) {
        json.writeNumberProperty("queued", writing.queued())
                .writeNumberProperty("bound", writing.bound())
                .writeStringProperty("trouble", writing.trouble());
    }

    private static void disk(JsonGenerator json, SystemHealth.Disk disk) {
        json.writeNumberProperty("freeBytes", disk.freeBytes());
        number(json, "bytesPerDay", disk.bytesPerDay());
        number(json, "daysLeft", Double.isInfinite(disk.daysLeft()) ? Double.NaN : disk.daysLeft());
    }

    private static void quality(JsonGenerator json, QualityAlert alert) {
        json.writeStartObject()
                .writeStringProperty("kind", alert.kind().label())
                .writeStringProperty("symbol", alert.symbol())
                .writeNumberProperty("since", millis(alert.since()))
                .writeStringProperty("severity", alert.severity().label())
                .writeStringProperty("reason", alert.reason())
                .writeEndObject();
    }

    private static double known(boolean known, long value) {
        return known ? value : Double.NaN;
    }
}
