package io.tapekeeper.app.terminal;

import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** The log for people: time, level and message on one line. */
final class PlainFormat extends Formatter {
    @Override
    public String format(LogRecord entry) {
        Throwable thrown = entry.getThrown();
        return "%s %s %s%s%n"
                .formatted(
                        time(entry),
                        entry.getLevel().getName(),
                        formatMessage(entry),
                        thrown == null ? "" : ": " + thrown.getMessage());
    }

    /** When it was logged, UTC, to the millisecond. */
    static String time(LogRecord entry) {
        return entry.getInstant()
                .atOffset(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }
}
