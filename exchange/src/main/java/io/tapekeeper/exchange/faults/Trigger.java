package io.tapekeeper.exchange.faults;

import io.tapekeeper.exchange.faults.Progress.Unit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Follows the progress of a run for one fault, and decides what it hits. Thread-safe. */
final class Trigger {
    private final Schedule when;
    private final LongSupplier elapsed;
    private final Map<Unit, Long> counts = new EnumMap<>(Unit.class);
    private Progress due;
    private Optional<Progress> until = Optional.empty();
    private long strikes;

    /** @param elapsed nanoseconds since the first client came */
    Trigger(Schedule when, LongSupplier elapsed) {
        this.when = when;
        this.elapsed = elapsed;
        due = when.after();
    }

    /** Counts a trade of a stream, a request to an endpoint, or a connection. */
    synchronized void count(Unit unit, String name) {
        if (when.counts(name)) {
            counts.merge(unit, 1L, Long::sum);
        }
    }

    /** Whether the next thing is hit; call it once for each thing that can be. */
    synchronized boolean hits() {
        if (until.isPresent()) {
            if (progress(until.get().unit()) < until.get().value()) {
                return true;
            }
            until = Optional.empty();
        }
        if (strikes >= when.times() || progress(due.unit()) < due.value()) {
            return false;
        }
        strikes++;
        due = when.every().map(this::from).orElse(due);
        until = when.lasting().map(this::from);
        return true;
    }

    private Progress from(Progress length) {
        long now = progress(length.unit());
        return new Progress(length.unit(), now + Math.min(length.value(), Long.MAX_VALUE - now));
    }

    private long progress(Unit unit) {
        return unit == Unit.TIME ? elapsed.getAsLong() : counts.getOrDefault(unit, 0L);
    }

    /** Counts a strike that {@link #hits} did not decide. */
    synchronized void struck() {
        strikes++;
    }

    synchronized long strikes() {
        return strikes;
    }
}
