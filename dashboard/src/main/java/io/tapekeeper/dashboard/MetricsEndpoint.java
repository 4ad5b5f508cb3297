package io.tapekeeper.dashboard;

import io.tapekeeper.health.Health;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.Metric;
import io.tapekeeper.live.Metric.Sample;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The answers for programs: {@code /health}, whether all is well, and {@code /metrics}, numbers in Prometheus' text
 * format 0.0.4. No library writes the format, because other classes already count the numbers: all that a registry
 * would add are the few lines of {@link #text}.
 */
final class MetricsEndpoint {
    /** After this long without a report from the recorder it is unknown whether the writer works. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LiveView view;
    private final List<Metric> table;

    MetricsEndpoint(LiveView view) {
        this.view = view;
        table = Stream.of(ofTapes(), ofRequests(), ofStore())
                .flatMap(List::stream)
                .toList();
    }

    /** @param well whether every symbol is fresh and the writer works */
    record Verdict(boolean well, String json) {}

    Verdict health() {
        List<LiveSeries> all = view.all();
        String writing = whyNotWriting(view.nanos());
        boolean well = writing.isEmpty()
                && !all.isEmpty()
                && all.stream().allMatch(live -> live.health().isFresh());
        byte[] answer = Json.write(json -> {
            json.writeStartObject();
            json.writeBooleanProperty("ok", well);
            json.writeBooleanProperty("writing", writing.isEmpty());
            json.writeStringProperty("reason", all.isEmpty() ? nothingShown() : writing);
            json.writeArrayPropertyStart("symbols");
            for (LiveSeries live : all) {
                Health health = live.health();
                json.writeStartObject();
                json.writeStringProperty("symbol", live.series().tape().symbol());
                json.writeStringProperty("series", live.series().id());
                json.writeBooleanProperty("fresh", health.isFresh());
                HealthJson.freshness(json, health);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        return new Verdict(well, new String(answer, StandardCharsets.UTF_8));
    }

    private String nothingShown() {
        return view.notice().isEmpty() ? "nothing is being recorded yet" : view.notice();
    }

    /** Empty while the writer works, and where this process has no writer. */
    String whyNotWriting(long nanos) {
        LiveView.ReportedSystem reported = view.system();
        SystemHealth.Writing writing = reported.health().writing();
        if (writing == null) {
            return "";
        }
        if (nanos - reported.nanos() > SILENCE_NANOS) {
            return "the recorder has not reported for " + TimeUnit.NANOSECONDS.toSeconds(nanos - reported.nanos())
                    + " s";
        }
        return writing.trouble();
    }

    /** All numbers: those of the view, of the server, then of the recorder. */
    byte[] metrics(List<Metric> ofServer) {
        List<Metric> all = new ArrayList<>(table);
        all.addAll(ofServer);
        all.addAll(view.metrics());
        return text(all).getBytes(StandardCharsets.UTF_8);
    }

    private List<Metric> ofTapes() {
        return List.of(
                tape("fresh", "1 while the tape is live or warming up, else 0.", health -> health.isFresh() ? 1 : 0),
                tape("last_trade_age_seconds", "Age of the newest trade by the venue's clock.", MetricsEndpoint::age),
                tape("stored_trades", "Trades of the tape in the store.", health -> known(health.storedTrades())),
                tape(
                        "holes_open",
                        "Gaps still to be filled.",
                        health -> known(health.completeness().openGaps())),
                tape(
                        "missing_trades",
                        "Trades missing in these gaps.",
                        health -> known(health.completeness().missingTrades())),
                tape(
                        "clock_offset_seconds",
                        "The venue's clock minus this machine's.",
                        health -> health.clockOffsetMillis() / 1e3),
                tape(
                        "latency_median_seconds",
                        "Half of the last minute's trades took less time from the venue to here.",
                        health -> health.latency().medianMillis() / 1e3),
                tape(
                        "latency_p99_seconds",
                        "99 in 100 of the last minute's trades took less time from the venue to here.",
                        health -> health.latency().p99Millis() / 1e3));
    }

    private List<Metric> ofRequests() {
        return List.of(
                part(
                        "rate_limit_weight",
                        "Request weight that the venue allows a minute.",
                        SystemHealth::rate,
                        rate -> rate.limit()),
                part(
                        "rate_used_weight",
                        "Request weight used in the last minute.",
                        SystemHealth::rate,
                        rate -> rate.used()),
                part(
                        "rate_repair_weight",
                        "Part of the used weight that repairs took.",
                        SystemHealth::rate,
                        rate -> rate.repairUsed()),
                part(
                        "rate_banned",
                        "1 while the venue refuses this address, else 0.",
                        SystemHealth::rate,
                        rate -> rate.bannedUntil() > 0 ? 1 : 0));
    }

    private List<Metric> ofStore() {
        return List.of(
                part(
                        "recorder_queue",
                        "Entries waiting to be written.",
                        SystemHealth::writing,
                        writing -> writing.queued()),
                part(
                        "recorder_trouble",
                        "1 while nothing can be written, else 0.",
                        SystemHealth::writing,
                        writing -> writing.trouble().isEmpty() ? 0 : 1),
                part(
                        "disk_free_bytes",
                        "Free space on the store's disk.",
                        SystemHealth::disk,
                        disk -> disk.freeBytes()),
                part(
                        "disk_days_left",
                        "Days until that disk is full at the present pace; +Inf if the store does not grow.",
                        SystemHealth::disk,
                        disk -> disk.daysLeft()),
                new Metric("data_quality_alerts", "Open alerts about the data.", "kind", this::alerts));
    }

    private Metric tape(String name, String help, ToDoubleFunction<Health> value) {
        return new Metric(
                name,
                help,
                "symbol",
                () -> view.all().stream()
                        .map(live -> new Sample(live.series().tape().symbol(), value.applyAsDouble(live.health())))
                        .toList());
    }

    private <T> Metric part(String name, String help, Function<SystemHealth, T> part, ToDoubleFunction<T> value) {
        return Metric.of(name, help, () -> {
            T measured = part.apply(view.system().health());
            return measured == null ? Double.NaN : value.applyAsDouble(measured);
        });
    }

    private List<Sample> alerts() {
        List<QualityAlert> open = view.system().health().dataQuality();
        return Arrays.stream(QualityAlert.Kind.values())
                .map(kind -> new Sample(
                        kind.label(),
                        open.stream().filter(one -> one.kind() == kind).count()))
                .toList();
    }

    private static double age(Health health) {
        return health.agesMeaningful() && health.lastTradeTime() > 0 ? health.lastTradeAgeMillis() / 1e3 : Double.NaN;
    }

    private static double known(long count) {
        return count < 0 ? Double.NaN : count;
    }

    /**
     * One block a name, as the format demands; a label value that occurs again, as with two series of a symbol, is
     * dropped.
     */
    static String text(List<Metric> table) {
        StringBuilder text = new StringBuilder();
        for (Metric metric : table) {
            Map<String, Double> values = new LinkedHashMap<>();
            for (Sample sample : metric.source().get()) {
                if (!Double.isNaN(sample.value())) {
                    values.putIfAbsent(sample.labelValue(), sample.value());
                }
            }
            if (!values.isEmpty()) {
                String name = "tapekeeper_" + metric.name();
                String type = name.endsWith("_total") ? "counter" : "gauge";
                text.append("# HELP %s %s\n# TYPE %s %s\n".formatted(name, metric.help(), name, type));
                values.forEach((labelValue, value) ->
                        text.append(name + label(metric.label(), labelValue) + " " + number(value) + "\n"));
            }
        }
        return text.toString();
    }

    private static String label(String label, String value) {
        if (label.isEmpty()) {
            return "";
        }
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return "{%s=\"%s\"}".formatted(label, escaped);
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 0x1p53
                ? String.format(Locale.ROOT, "%d", (long) value)
                : Double.toString(value);
    }
}
