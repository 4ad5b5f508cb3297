package io.tapekeeper.app.terminal;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Lets the first message of a kind through and counts those that follow within a minute, after which one line says how
 * often it came. Messages are of a kind where source, level and template are the same, whatever their values.
 * Thread-safe.
 */
final class DuplicateLogFilter extends Handler implements AutoCloseable {
    static final Duration WINDOW = Duration.ofSeconds(60);

    /** Kinds counted at a time; beyond it the oldest count is reported early. */
    private static final int MOST_KINDS = 1_000;

    private record Kind(String source, Level level, String template) {}

    private static final class Count {
        private final long since;
        private long repeats;
        private LogRecord last;

        Count(long since) {
            this.since = since;
        }
    }

    /** Stands for messages that were not written one by one. */
    static final class Repeated extends LogRecord {
        private static final long serialVersionUID = 1;
        private final long times;

        /** The last of them, without its stack trace: the first one had it. */
        Repeated(LogRecord last, long times, long seconds) {
            super(
                    last.getLevel(),
                    "%s (repeated %d times in %d s)"
                            .formatted(new SimpleFormatter().formatMessage(last), times, seconds));
            this.times = times;
            setLoggerName(last.getLoggerName());
            setInstant(last.getInstant());
        }

        long times() {
            return times;
        }
    }

    private final Handler out;
    private final LongSupplier nanos;
    private final Map<Kind, Count> counts = new LinkedHashMap<>(); // in the order of their windows
    private Thread reporter;

    /** @param nanos monotonic time */
    DuplicateLogFilter(Handler out, LongSupplier nanos) {
        this.out = out;
        this.nanos = nanos;
    }

    /** Reports what was counted even where nothing else is logged. */
    void reportByItself() {
        reporter = Thread.ofVirtual().name("log-repeats").start(() -> {
            try {
                while (true) {
                    Thread.sleep(WINDOW.dividedBy(4));
                    reportEnded();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // closed
            }
        });
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        if (!isLoggable(entry)) {
            return;
        }
        reportEnded();
        Kind kind = new Kind(entry.getLoggerName(), entry.getLevel(), entry.getMessage());
        Count count = counts.get(kind);
        if (count != null) {
            count.repeats++;
            count.last = entry;
            return;
        }
        if (counts.size() == MOST_KINDS) {
            Iterator<Count> oldest = counts.values().iterator();
            report(oldest.next());
            oldest.remove();
        }
        counts.put(kind, new Count(nanos.getAsLong()));
        out.publish(entry);
    }

    private synchronized void reportEnded() {
        long now = nanos.getAsLong();
        Iterator<Count> oldest = counts.values().iterator();
        while (oldest.hasNext()) {
            Count count = oldest.next();
            if (now - count.since < WINDOW.toNanos()) {
                return;
            }
            report(count);
            oldest.remove();
        }
    }

    private void report(Count count) {
        if (count.repeats > 0) {
            long seconds = Math.ceilDiv(nanos.getAsLong() - count.since, 1_000_000_000L);
            out.publish(new Repeated(count.last, count.repeats, Math.min(WINDOW.toSeconds(), seconds)));
        }
    }

    @Override
    public synchronized void flush() {
        out.flush();
    }

    @Override
    public synchronized void close() {
        if (reporter != null) {
            reporter.interrupt();
        }
        counts.values().forEach(this::report);
        counts.clear();
        out.close();
    }
}
