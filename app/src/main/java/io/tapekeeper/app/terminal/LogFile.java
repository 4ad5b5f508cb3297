package io.tapekeeper.app.terminal;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Where the log goes: all of it into a file beside the store, as {@code key=value} lines in which repeats are counted;
 * warnings to standard error too, one plain line each. Stack traces are in the file alone.
 */
public final class LogFile {
    private static final int BYTES = 5_000_000;
    private static final int FILES = 2;
    private static volatile String whereabouts = "the lines above";

    private LogFile() {}

    /** Warnings to standard error alone, one line each. */
    public static void console() {
        LogManager.getLogManager().reset();
        Handler console = new ConsoleHandler();
        console.setLevel(Level.WARNING);
        console.setFormatter(new Plain());
        Logger.getLogger("").addHandler(new DuplicateLogFilter(console, System::nanoTime));
    }

    /**
     * Logs into {@code tapekeeper-0.log} (the older half: {@code -1}) beside this file too; without it where that
     * cannot be.
     */
    public static void beside(Path store) {
        console();
        Path folder = store.toAbsolutePath().getParent();
        Logger root = Logger.getLogger("");
        try {
            Path file = (folder == null ? store : folder).resolve("tapekeeper-%g.log");
            Files.createDirectories(file.getParent());
            Handler handler = new FileHandler(file.toString(), BYTES, FILES, true);
            handler.setFormatter(new KeyValue());
            DuplicateLogFilter counted = new DuplicateLogFilter(handler, System::nanoTime);
            counted.sayByItself();
            root.addHandler(counted);
            whereabouts = file.toString().replace("%g", "0");
        } catch (IOException e) {
            root.log(Level.FINE, "no log file", e); // the store in the same folder tells the user
        }
    }

    public static String whereabouts() {
        return whereabouts;
    }

    private static String time(LogRecord entry) {
        return entry.getInstant()
                .atOffset(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }

    /** For people: time, level, message. */
    private static final class Plain extends Formatter {
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
    }

    /**
     * For machines: {@code time=… level=… from=… message="…"}, and {@code error="…"} with the stack trace behind it,
     * each line of it indented.
     */
    public static final class KeyValue extends Formatter {
        @Override
        public String format(LogRecord entry) {
            String name = entry.getLoggerName() == null ? "" : entry.getLoggerName();
            StringBuilder line = new StringBuilder(200);
            line.append("time=").append(time(entry));
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
}
