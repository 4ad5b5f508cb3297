package io.tapekeeper.recorder.health;

import io.tapekeeper.alert.Severity;
import io.tapekeeper.health.Completeness;
import io.tapekeeper.health.Health;
import io.tapekeeper.health.QualityAlert;
import io.tapekeeper.health.QualityAlert.Kind;
import io.tapekeeper.health.SystemHealth;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Opens and resolves alerts about the data itself, from snapshots and the time that is passed in.
 *
 * <table>
 * <caption>When</caption>
 * <tr><th>kind</th><th>opens</th><th>resolved</th></tr>
 * <tr><td>stale</td><td>stale or disconnected for 3 s</td><td>fresh for 3 s</td></tr>
 * <tr><td>open-gap</td><td>a gap is open</td><td>none for 5 s</td></tr>
 * <tr><td>clock</td><td>more than 1 s off</td><td>less than 0.5 s off</td></tr>
 * <tr><td>disk</td><td>less than 2 GB or 3 days left</td><td>more than 2.5 GB and 4 days for 10 s</td></tr>
 * <tr><td>rate-budget</td><td>more than 80 % used, or banned</td><td>less than 60 % and not banned for 5 s</td></tr>
 * <tr><td>writer-behind</td><td>queue more than half full for 5 s, or nothing can be written</td>
 * <td>less than a quarter full for 5 s</td></tr>
 * <tr><td>venue-integrity</td><td>a trade came again with other content</td><td>none for 10 min</td></tr>
 * </table>
 *
 * <p>A value that is not known opens and resolves nothing. Not thread-safe.
 */
public final class QualityAlerts {
    private static final double CLOCK_OPENS_MILLIS = 1_000;
    private static final double CLOCK_RESOLVES_MILLIS = 500;
    private static final double GB = 1e9;
    private static final double DISK_OPENS_GB = 2;
    private static final double DISK_RESOLVES_GB = 2.5;
    private static final double DISK_OPENS_DAYS = 3;
    private static final double DISK_RESOLVES_DAYS = 4;
    private static final double RATE_OPENS = 0.8;
    private static final double RATE_RESOLVES = 0.6;
    private static final double QUEUE_OPENS = 0.5;
    private static final double QUEUE_RESOLVES = 0.25;
    private static final DateTimeFormatter CLOCK_TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * What is judged.
     *
     * @param system how the process stands; the alerts in it are ignored
     * @param nowMicros this machine's clock, epoch microseconds
     */
    public record Snapshot(List<Tape> tapes, SystemHealth system, long nowMicros) {}

    /** @param conflicts trades that came again with other content, since the start */
    public record Tape(String symbol, Health health, long conflicts) {}

    /** The alerts that a judgement has opened and resolved. */
    record Changes(List<QualityAlert> opened, List<QualityAlert> resolved) {}

    private record Key(Kind kind, String symbol) {}

    /**
     * Something is wrong now.
     *
     * @param atOnce whether its alert opens without waiting
     */
    private record Finding(Severity severity, String reason, boolean atOnce) {}

    /** What is known of one thing that can be wrong. */
    private static final class Watched {
        private QualityAlert open;
        private boolean wrong;
        private long since; // nanoseconds; when it last turned wrong, or right
    }

    private final Map<Key, Watched> watched = new LinkedHashMap<>();
    private final Map<String, Long> conflicts = new HashMap<>();

    /** Judges a snapshot. {@code nanos} is monotonic time. */
    Changes judge(Snapshot now, long nanos) {
        Map<Key, Finding> findings = new LinkedHashMap<>(); // null where nothing is wrong
        now.tapes().forEach(tape -> judge(tape, findings));
        now.tapes().stream()
                .mapToDouble(tape -> tape.health().clockOffsetMillis())
                .filter(offset -> !Double.isNaN(offset))
                .findFirst()
                .ifPresent(offset -> findings.put(new Key(Kind.CLOCK, ""), clock(offset)));
        judge(now.system(), findings);
        Changes changes = new Changes(new ArrayList<>(), new ArrayList<>());
        findings.forEach((key, finding) -> settle(key, finding, now.nowMicros(), nanos, changes));
        return changes;
    }

    private void judge(Tape tape, Map<Key, Finding> findings) {
        String symbol = tape.symbol();
        findings.put(new Key(Kind.STALE, symbol), stale(tape.health()));
        Completeness completeness = tape.health().completeness();
        if (completeness.isKnown()) {
            findings.put(new Key(Kind.OPEN_GAP, symbol), openGap(completeness));
        }
        findings.put(new Key(Kind.VENUE_INTEGRITY, symbol), conflict(tape));
    }

    private void judge(SystemHealth system, Map<Key, Finding> findings) {
        if (system.disk() != null) {
            findings.put(new Key(Kind.DISK, ""), disk(system.disk()));
        }
        if (system.rate() != null) {
            findings.put(new Key(Kind.RATE_BUDGET, ""), rate(system.rate()));
        }
        if (system.writing() != null) {
            findings.put(new Key(Kind.WRITER_BEHIND, ""), writing(system.writing()));
        }
    }

    /** The open alerts: the critical ones first, then the oldest. */
    List<QualityAlert> open() {
        return watched.values().stream()
                .filter(one -> one.open != null)
                .map(one -> one.open)
                .sorted(Comparator.comparing(QualityAlert::severity).reversed().thenComparingLong(QualityAlert::since))
                .toList();
    }

    /** An alert that is open already keeps its time and takes the new reason. */
    private void settle(Key key, Finding finding, long nowMicros, long nanos, Changes changes) {
        Watched one = watched.computeIfAbsent(key, any -> new Watched());
        boolean wrong = finding != null;
        if (wrong != one.wrong) {
            one.wrong = wrong;
            one.since = nanos;
        }
        long run = nanos - one.since;
        QualityAlert open = one.open;
        if (finding == null) {
            if (open != null && run >= resolvesAfter(key.kind())) {
                changes.resolved().add(open);
                one.open = null;
            }
        } else if (open != null || finding.atOnce() || run >= opensAfter(key.kind())) {
            long since = open == null ? nowMicros : open.since();
            one.open = new QualityAlert(key.kind(), key.symbol(), since, finding.severity(), finding.reason());
            if (open == null) {
                changes.opened().add(one.open);
            }
        }
    }

    private static long opensAfter(Kind kind) {
        return TimeUnit.SECONDS.toNanos(
                switch (kind) {
                    case STALE -> 3;
                    case WRITER_BEHIND -> 5;
                    case OPEN_GAP, CLOCK, DISK, RATE_BUDGET, VENUE_INTEGRITY -> 0;
                });
    }

    private static long resolvesAfter(Kind kind) {
        return TimeUnit.SECONDS.toNanos(
                switch (kind) {
                    case STALE -> 3;
                    case OPEN_GAP, RATE_BUDGET, WRITER_BEHIND -> 5;
                    case DISK -> 10;
                    case VENUE_INTEGRITY -> 600;
                    case CLOCK -> 0; // it is measured once a minute: one good answer is enough
                });
    }

    private boolean isOpen(Kind kind) {
        Watched one = watched.get(new Key(kind, ""));
        return one != null && one.open != null;
    }

    private static Finding stale(Health health) {
        if (health.isFresh()) {
            return null;
        }
        String why = health.reason().isEmpty() ? health.state().label() : health.reason();
        return new Finding(Severity.CRITICAL, "Nothing new comes: %s.".formatted(why), false);
    }

    private static Finding openGap(Completeness now) {
        if (now.isWhole()) {
            return null;
        }
        String what = "%,d %s missing in %,d %s"
                .formatted(
                        now.missingTrades(),
                        now.missingTrades() == 1 ? "trade is" : "trades are",
                        now.openGaps(),
                        now.openGaps() == 1 ? "gap" : "gaps");
        return new Finding(Severity.WARNING, what + "; " + progress(now) + ".", true);
    }

    private static String progress(Completeness now) {
        if (now.repair() != null) {
            return "the repair is at %d %%".formatted(now.repair().percent());
        }
        if (now.fetching()) {
            return now.openGaps() == 1 ? "it is being fetched" : "the newest is being fetched";
        }
        return "no repair is under way";
    }

    private Finding conflict(Tape tape) {
        Long before = conflicts.put(tape.symbol(), tape.conflicts());
        if (tape.conflicts() == (before == null ? 0 : before)) {
            return null; // an earlier one stays open for as long as it takes to resolve
        }
        return new Finding(
                Severity.WARNING,
                "The venue sent %,d trades again with other content; the first of each stays."
                        .formatted(tape.conflicts()),
                true);
    }

    private Finding clock(double offsetMillis) {
        double off = Math.abs(offsetMillis);
        if (off <= (isOpen(Kind.CLOCK) ? CLOCK_RESOLVES_MILLIS : CLOCK_OPENS_MILLIS)) {
            return null;
        }
        return new Finding(
                Severity.WARNING, ClockOffsetMonitor.inWords(offsetMillis) + ": let network time (NTP) set it.", true);
    }

    private Finding disk(SystemHealth.Disk disk) {
        boolean open = isOpen(Kind.DISK);
        double freeGb = disk.freeBytes() / GB;
        double days = disk.daysLeft(); // NaN compares as enough
        if (freeGb < (open ? DISK_RESOLVES_GB : DISK_OPENS_GB)) {
            return new Finding(
                    Severity.CRITICAL, "Only %.1f GB are free on the store's disk: make room.".formatted(freeGb), true);
        }
        if (days < (open ? DISK_RESOLVES_DAYS : DISK_OPENS_DAYS)) {
            return new Finding(
                    Severity.WARNING,
                    "The store's disk is full in %.1f days at this pace: make room.".formatted(days),
                    true);
        }
        return null;
    }

    private Finding rate(SystemHealth.RateBudget rate) {
        if (rate.bannedUntil() > 0) {
            Instant until = Instant.EPOCH.plus(rate.bannedUntil(), ChronoUnit.MICROS);
            return new Finding(
                    Severity.CRITICAL,
                    "%s refuses this address until %s: nothing can be fetched before."
                            .formatted(rate.host(), CLOCK_TIME.format(until)),
                    true);
        }
        double share = isOpen(Kind.RATE_BUDGET) ? RATE_RESOLVES : RATE_OPENS;
        if (rate.used() <= share * rate.limit()) {
            return null;
        }
        return new Finding(
                Severity.WARNING,
                "%,d of the %,d request weight a minute are used: repairs wait.".formatted(rate.used(), rate.limit()),
                true);
    }

    private Finding writing(SystemHealth.Writing writing) {
        if (!writing.trouble().isEmpty()) {
            return new Finding(Severity.CRITICAL, writing.trouble(), true);
        }
        double share = isOpen(Kind.WRITER_BEHIND) ? QUEUE_RESOLVES : QUEUE_OPENS;
        if (writing.queued() <= share * writing.bound()) {
            return null;
        }
        return new Finding(
                Severity.WARNING,
                "%,d of %,d places in the queue to the disk are taken: the disk is too slow."
                        .formatted(writing.queued(), writing.bound()),
                false);
    }
}
