package io.tapekeeper.app;

import java.io.IOException;
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
 * Where the log goes: all of it into a file beside the store, warnings to standard error too, one
 * line each. Stack traces are in the file alone.
 */
final class LogFile {
    private static final int BYTES = 5_000_000;
    private static final int FILES = 2;
    private static volatile String whereabouts = "the lines above";

    private LogFile() {}

    /** Warnings to standard error alone, one line each. */
    static void console() {
        LogManager.getLogManager().reset();
        Handler console = new ConsoleHandler();
        console.setLevel(Level.WARNING);
        console.setFormatter(new Line(false));
        Logger.getLogger("").addHandler(console);
    }

    /**
     * Logs into {@code tapekeeper-0.log} (the older half: {@code -1}) beside this file too; without
     * it where that cannot be.
     */
    static void beside(Path store) {
        console();
        Path folder = store.toAbsolutePath().getParent();
        Logger root = Logger.getLogger("");
        try {
            Path file = (folder == null ? store : folder).resolve("tapekeeper-%g.log");
            Files.createDirectories(file.getParent());
            Handler handler = new FileHandler(file.toString(), BYTES, FILES, true);
            handler.setFormatter(new Line(true));
            root.addHandler(handler);
            whereabouts = file.toString().replace("%g", "0");
        } catch (IOException e) {
            root.log(Level.FINE, "no log file", e); // the store in the same folder tells the user
        }
    }

    static String whereabouts() {
        return whereabouts;
    }

    /** One line a record: time, level, message; behind it the stack trace where wanted. */
    private static final class Line extends Formatter {
        private final boolean withTrace;

        Line(boolean withTrace) {
            this.withTrace = withTrace;
        }

        @Override
        public String format(LogRecord entry) {
            StringBuilder line = new StringBuilder();
            line.append(entry.getInstant().atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS))
                    .append(' ')
                    .append(entry.getLevel().getName())
                    .append(' ')
                    .append(formatMessage(entry));
            Throwable thrown = entry.getThrown();
            if (thrown != null) {
                line.append(": ").append(thrown.getMessage());
            }
            line.append(System.lineSeparator());
            if (thrown != null && withTrace) {
                java.io.StringWriter trace = new java.io.StringWriter();
                thrown.printStackTrace(new java.io.PrintWriter(trace));
                line.append(trace);
            }
            return line.toString();
        }
    }
}
