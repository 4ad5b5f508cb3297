package io.tapekeeper.dashboard;

import io.tapekeeper.health.Health;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveSeries;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.live.MetricsSource.Metric;
import io.tapekeeper.series.Series;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What machines ask: {@code /health}, whether all is well, and {@code /metrics}, numbers in Prometheus' text format
 * 0.0.4. The format is written here and by no library, for all numbers are counted elsewhere: what is left of a
 * registry are the few lines of {@link #text}.
 */
final class MetricsEndpoint {
    /** Beyond this without a word nobody knows whether the writer writes. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LiveView view;

    MetricsEndpoint(LiveView view) {
        this.view = view;
    }

    /** @param well whether every symbol is fresh and the writer writes */
    record Verdict(boolean well, String json) {}

    Verdict health() {
        List<LiveSeries> all = view.all();
        String writing = whyNotWriting(System.nanoTime());
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

    /** Empty where it writes, or where writing is nobody's business here. */
    String whyNotWriting(long nanos) {
        LiveView.ToldSystem told = view.system();
        SystemHealth.Writing writing = told.health().writing();
        if (writing == null) {
            return "";
        }
        if (nanos - told.nanos() > SILENCE_NANOS) {
            return "the recorder has not reported for " + TimeUnit.NANOSECONDS.toSeconds(nanos - told.nanos()) + " s";
        }
        return writing.trouble();
    }

    /** All numbers, those of the view first. */
    byte[] metrics(List<Metric> ofServer) {
        List<Metric> all = new ArrayList<>();
        series(all);
        system(all, view.system().health());
        all.addAll(ofServer);
        view.metrics().forEach(source -> all.addAll(source.metrics()));
        return text(all).getBytes(StandardCharsets.UTF_8);
    }

    private void series(List<Metric> out) {
        each(out, "fresh", "1 where what comes is as new as it can be, else 0", health -> health.isFresh() ? 1 : 0);
        each(
                out,
                "last_trade_age_seconds",
                "Age of the newest trade",
                health -> health.agesMeaningful() && health.lastTradeTime() > 0
                        ? health.lastTradeAgeMillis() / 1e3
                        : Double.NaN);
        each(out, "stored_trades", "Trades of the tape in the store", health -> known(health.storedTrades()));
        each(
                out,
                "holes_open",
                "Holes that are still to be filled",
                health -> known(health.completeness().openHoles()));
        each(
                out,
                "missing_trades",
                "Trades inside the open holes",
                health -> known(health.completeness().missingTrades()));
        each(
                out,
                "clock_offset_seconds",
                "The venue's clock less this machine's",
                health -> health.clockOffsetMillis() / 1e3);
        each(
                out,
                "latency_median_seconds",
                "From the venue's time to here, half of the last minute's trades are faster",
                health -> health.latency().medianMillis() / 1e3);
        each(
                out,
                "latency_p99_seconds",
                "From the venue's time to here, 99 in 100 of the last minute's trades are faster",
                health -> health.latency().p99Millis() / 1e3);
    }

    private void each(List<Metric> out, String name, String help, ToDoubleFunction<Health> value) {
        for (LiveSeries live : view.all()) {
            Series series = live.series();
            out.add(Metric.of(name, help, series.tape().symbol(), value.applyAsDouble(live.health())));
        }
    }

    private static double known(long count) {
        return count < 0 ? Double.NaN : count;
    }

    private static void system(List<Metric> out, SystemHealth system) {
        SystemHealth.RateBudget rate = system.rate();
        if (rate != null) {
            out.add(Metric.of("rate_limit_weight", "The venue's limit a minute", rate.limit()));
            out.add(Metric.of("rate_used_weight", "Used of it in the last minute", rate.used()));
            out.add(Metric.of("rate_repair_weight", "The part of it that went into repairs", rate.repairUsed()));
            out.add(Metric.of(
                    "rate_banned", "1 while the venue refuses this address, else 0", rate.bannedUntil() > 0 ? 1 : 0));
        }
        SystemHealth.Writing writing = system.writing();
        if (writing != null) {
            out.add(Metric.of("recorder_queue", "Entries waiting to be written", writing.queued()));
            out.add(Metric.of(
                    "recorder_trouble",
                    "1 while nothing can be written, else 0",
                    writing.trouble().isEmpty() ? 0 : 1));
        }
        SystemHealth.Disk disk = system.disk();
        if (disk != null) {
            out.add(Metric.of("disk_free_bytes", "Room on the store's disk", disk.freeBytes()));
            out.add(Metric.of("disk_days_left", "Until that disk is full at the present pace", disk.daysLeft()));
        }
        for (QualityAlert.Kind kind : QualityAlert.Kind.values()) {
            long open = system.dataQuality().stream()
                    .filter(one -> one.kind() == kind)
                    .count();
            out.add(new Metric("data_quality_alerts", "Open alerts about the data itself", "kind", kind.label(), open));
        }
    }

    /** One block a name, as the format demands; several series of a symbol are told once. */
    static String text(List<Metric> metrics) {
        Map<String, Map<String, Metric>> byName = new LinkedHashMap<>();
        for (Metric metric : metrics) {
            if (!Double.isNaN(metric.value())) {
                byName.computeIfAbsent(metric.name(), name -> new LinkedHashMap<>())
                        .putIfAbsent(metric.label() + metric.labelValue(), metric);
            }
        }
        StringBuilder text = new StringBuilder();
        byName.forEach((name, each) -> {
            String full = "tapekeeper_" + name;
            String type = name.endsWith("_total") ? "counter" : "gauge";
            String help = each.values().iterator().next().help();
            text.append("# HELP %s %s%n# TYPE %s %s%n".formatted(full, help, full, type));
            for (Metric metric : each.values()) {
                text.append(full).append(labels(metric)).append(' ');
                text.append(number(metric.value())).append('\n');
            }
        });
        return text.toString().replace("\r\n", "\n");
    }

    private static String labels(Metric metric) {
        if (metric.label().isEmpty()) {
            return "";
        }
        String value =
                metric.labelValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return "{%s=\"%s\"}".formatted(metric.label(), value);
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
