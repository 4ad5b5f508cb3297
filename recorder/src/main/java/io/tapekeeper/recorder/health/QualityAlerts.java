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
 * Opens and resolves alerts about the data itself, from what it is shown and the time it is told.
 *
 * <table>
 * <caption>When</caption>
 * <tr><th>kind</th><th>opens</th><th>resolved</th></tr>
 * <tr><td>stale</td><td>stale or disconnected for 3 s</td><td>fresh for 3 s</td></tr>
 * <tr><td>open-gap</td><td>a hole is open</td><td>none for 5 s</td></tr>
 * <tr><td>clock</td><td>more than 1 s off</td><td>less than 0.5 s off</td></tr>
 * <tr><td>disk</td><td>less than 2 GB or 3 days left</td><td>more than 2.5 GB and 4 days for 10 s
 * </td></tr>
 * <tr><td>rate-budget</td><td>more than 80 % used, or banned</td><td>less than 60 %, and not
 * banned, for 5 s</td></tr>
 * <tr><td>writer-behind</td><td>queue more than half full for 5 s, or nothing can be written</td>
 * <td>less than a quarter full for 5 s</td></tr>
 * <tr><td>venue-integrity</td><td>a trade came again with other content</td><td>none for 10 min
 * </td></tr>
 * </table>
 *
 * <p>What is not known opens and resolves nothing. Not thread-safe.
 */
final class QualityAlerts {
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
     * What is looked at.
     *
     * @param system its alerts are of no concern here
     * @param nowMicros this machine's clock, epoch microseconds
     */
    record Snapshot(List<Tape> tapes, SystemHealth system, long nowMicros) {}

    /** @param conflicts how many trades came again with other content, since the start */
    record Tape(String symbol, Health health, long conflicts) {}

    /** What a look has changed. */
    record Changes(List<QualityAlert> opened, List<QualityAlert> resolved) {}

    private record Key(Kind kind, String symbol) {}

    /**
     * Something is wrong now.
     *
     * @param atOnce whether it opens without waiting
     */
    private record Finding(Severity severity, String reason, boolean atOnce) {}

    /** What is known of one thing that can be wrong. */
    private static final class Watched {
        private QualityAlert open;
        private boolean wrong;
        private long since; // nanoseconds; of the present run of wrong, or of right
    }

    private final Map<Key, Watched> watched = new LinkedHashMap<>();
    private final Map<String, Long> conflicts = new HashMap<>();

    /** Takes a look. {@code nanos} is monotonic time. */
    Changes judge(Snapshot now, long nanos) {
        Changes changes = new Changes(new ArrayList<>(), new ArrayList<>());
        for (Tape tape : now.tapes()) {
            String symbol = tape.symbol();
            settle(Kind.STALE, symbol, stale(tape.health()), now, nanos, changes);
            Completeness completeness = tape.health().completeness();
            if (completeness.isKnown()) {
                settle(Kind.OPEN_GAP, symbol, openGap(completeness), now, nanos, changes);
            }
            settle(Kind.VENUE_INTEGRITY, symbol, conflict(tape), now, nanos, changes);
        }
        now.tapes().stream()
                .mapToDouble(tape -> tape.health().clockOffsetMillis())
                .filter(offset -> !Double.isNaN(offset))
                .findFirst()
                .ifPresent(offset -> settle(Kind.CLOCK, "", clock(offset), now, nanos, changes));
        SystemHealth system = now.system();
        if (system.disk() != null) {
            settle(Kind.DISK, "", disk(system.disk()), now, nanos, changes);
        }
        if (system.rate() != null) {
            settle(Kind.RATE_BUDGET, "", rate(system.rate()), now, nanos, changes);
        }
        if (system.writing() != null) {
            settle(Kind.WRITER_BEHIND, "", writing(system.writing()), now, nanos, changes);
        }
        return changes;
    }

    /** Those that are open, the critical ones and then the oldest first. */
    List<QualityAlert> open() {
        return watched.values().stream()
                .filter(one -> one.open != null)
                .map(one -> one.open)
                .sorted(Comparator.comparing(QualityAlert::severity).reversed().thenComparingLong(QualityAlert::since))
                .toList();
    }

    /** @param finding null where nothing is wrong */
    private void settle(Kind kind, String symbol, Finding finding, Snapshot now, long nanos, Changes changes) {
        Watched one = watched.computeIfAbsent(new Key(kind, symbol), key -> new Watched());
        boolean wrong = finding != null;
        if (wrong != one.wrong) {
            one.wrong = wrong;
            one.since = nanos;
        }
        long run = nanos - one.since;
        if (finding != null) {
            boolean begins = one.open == null;
            if (!begins || finding.atOnce() || run >= opensAfter(kind)) {
                long since = begins ? now.nowMicros() : one.open.since();
                one.open = new QualityAlert(kind, symbol, since, finding.severity(), finding.reason());
                if (begins) {
                    changes.opened().add(one.open);
                }
            }
        } else if (one.open != null && run >= resolvesAfter(kind)) {
            changes.resolved().add(one.open);
            one.open = null;
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
                    case CLOCK -> 0; // measured once a minute: one good answer is enough
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
                        now.openHoles(),
                        now.openHoles() == 1 ? "hole" : "holes");
        return new Finding(Severity.WARNING, what + "; " + beingDone(now) + ".", true);
    }

    private static String beingDone(Completeness now) {
        if (now.repair() != null) {
            return "the repair is at %d %%".formatted(now.repair().percent());
        }
        if (now.fetching()) {
            return now.openHoles() == 1 ? "it is being fetched" : "the newest is being fetched";
        }
        return "no repair is under way";
    }

    private Finding conflict(Tape tape) {
        Long before = conflicts.put(tape.symbol(), tape.conflicts());
        if (tape.conflicts() == (before == null ? 0 : before)) {
            return null; // one that was is remembered by the time that it takes to resolve
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
