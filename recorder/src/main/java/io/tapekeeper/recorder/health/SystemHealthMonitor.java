package io.tapekeeper.recorder.health;

import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.SystemHealth;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.series.Series;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;

/**
 * Tells the live view how the process stands, and the log each time that an alert about the data opens or is resolved.
 * Owned by the main thread, which may still tell when the tape thread waits.
 */
public final class SystemHealthMonitor {
    private static final Logger LOG = System.getLogger(SystemHealthMonitor.class.getName());

    /**
     * What somebody else measures.
     *
     * @param rate null where nobody does
     * @param writing null where nothing is written
     * @param storeBytes of the store's files together
     * @param freeBytes left on their disk
     * @param conflicts trades that came again with other content, since the start
     */
    public record Measured(
            SystemHealth.RateBudget rate,
            SystemHealth.Writing writing,
            long storeBytes,
            long freeBytes,
            Map<Series, Long> conflicts) {}

    private final LiveView view;
    private final List<Series> series;
    private final QualityAlerts quality = new QualityAlerts();
    private final DiskForecast forecast = new DiskForecast();

    public SystemHealthMonitor(LiveView view, List<Series> series) {
        this.view = view;
        this.series = List.copyOf(series);
    }

    /** About once a second. {@code nanos} is monotonic, {@code nowMicros} this machine's clock. */
    public void tell(Measured measured, long nanos, long nowMicros) {
        SystemHealth system = new SystemHealth(
                measured.rate(),
                measured.writing(),
                forecast.disk(measured.storeBytes(), measured.freeBytes(), nanos),
                List.of());
        List<QualityAlerts.Tape> tapes = series.stream()
                .map(one -> new QualityAlerts.Tape(
                        one.tape().symbol(),
                        view.health(one),
                        measured.conflicts().getOrDefault(one, 0L)))
                .toList();
        QualityAlerts.Changes changes = quality.judge(new QualityAlerts.Snapshot(tapes, system, nowMicros), nanos);
        changes.opened().forEach(alert -> log(opening(alert.kind()), "data alert", alert));
        changes.resolved().forEach(alert -> log(Level.INFO, "data alert resolved", alert));
        view.system(new SystemHealth(system.rate(), system.writing(), system.disk(), quality.open()));
    }

    /** A standstill and a hole are said as warnings where they happen. */
    private static Level opening(QualityAlert.Kind kind) {
        return switch (kind) {
            case STALE, OPEN_GAP -> Level.INFO;
            case CLOCK, DISK, RATE_BUDGET, WRITER_BEHIND, VENUE_INTEGRITY -> Level.WARNING;
        };
    }

    private static void log(Level level, String what, QualityAlert alert) {
        String about = alert.symbol().isEmpty() ? "" : alert.symbol() + ": ";
        LOG.log(level, "{0} ({1}): {2}{3}", what, alert.kind().label(), about, alert.reason());
    }
}
