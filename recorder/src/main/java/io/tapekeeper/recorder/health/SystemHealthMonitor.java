package io.tapekeeper.recorder.health;

import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.live.LiveView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Reports to the live view how the process stands, and logs each alert about the data when it opens and when it is
 * resolved. Owned by the thread that runs the recording, so that it reports even while the tape thread waits.
 */
public final class SystemHealthMonitor {
    private static final Logger LOG = System.getLogger(SystemHealthMonitor.class.getName());

    private final LiveView view;
    private final QualityAlerts quality = new QualityAlerts();

    public SystemHealthMonitor(LiveView view) {
        this.view = view;
    }

    /** Judges and reports; about once a second. {@code nanos} is local monotonic time. */
    public void report(QualityAlerts.Snapshot now, long nanos) {
        QualityAlerts.Changes changes = quality.judge(now, nanos);
        changes.opened().forEach(alert -> log(opening(alert.kind()), "data alert", alert));
        changes.resolved().forEach(alert -> log(Level.INFO, "data alert resolved", alert));
        view.system(now.system().with(quality.open()));
    }

    /** A silence and a gap are logged as warnings where they happen. */
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
