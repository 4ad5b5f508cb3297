package io.tapekeeper.app.terminal;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * The log for programs: {@code time=… level=… from=… message="…"}, then {@code error="…"} and the stack trace where
 * there is one, each of its lines indented.
 */
public final class KeyValueFormat extends Formatter {
    @Override
    public String format(LogRecord entry) {
        String name = entry.getLoggerName() == null ? "" : entry.getLoggerName();
        StringBuilder line = new StringBuilder(200);
        line.append("time=").append(PlainFormat.time(entry));
        line.append(" level=").append(entry.getLevel().getName());
        line.append(" from=").append(value(name.substring(name.lastIndexOf('.') + 1)));
        line.append(" message=").append(quoted(formatMessage(entry)));
        if (entry instanceof DuplicateLogFilter.Repeated repeated) {
            line.append(" repeated=").append(repeated.times());
        }
        Throwable thrown = entry.getThrown();
        if (thrown != null) {
            line.append(" error=").append(quoted(String.valueOf(thrown.getMessage())));
        }
        line.append(System.lineSeparator());
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            trace.toString()
                    .lines()
                    .forEach(each -> line.append("    ").append(each).append(System.lineSeparator()));
        }
        return line.toString();
    }

    private static String value(String text) {
        boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=');
        return plain ? text : quoted(text);
    }

    /** On one line, whatever a venue or a file wrote into it. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(Character.isISOControl(c) ? "\\u%04x".formatted((int) c) : c);
            }
        }
        return out.append('"').toString();
    }
}
