package io.tapekeeper.app.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Where the log goes: all of it into a file beside the store, in which repeats are counted; warnings to standard error
 * too, one plain line each. Stack traces are in the file alone.
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
        console.setFormatter(new PlainFormat());
        Logger.getLogger("").addHandler(new DuplicateLogFilter(console, Clocks.SYSTEM.nanos()));
    }

    /**
     * Logs into {@code tapekeeper-0.log} (its older half: {@code -1}) beside this file too; only to standard error
     * where that cannot be written.
     */
    public static void beside(Path store) {
        console();
        Path folder = store.toAbsolutePath().getParent();
        Logger root = Logger.getLogger("");
        try {
            Path file = (folder == null ? store : folder).resolve("tapekeeper-%g.log");
            Files.createDirectories(file.getParent());
            Handler handler = new FileHandler(file.toString(), BYTES, FILES, true);
            handler.setFormatter(new KeyValueFormat());
            DuplicateLogFilter counted = new DuplicateLogFilter(handler, Clocks.SYSTEM.nanos());
            counted.reportByItself();
            root.addHandler(counted);
            whereabouts = file.toString().replace("%g", "0");
        } catch (IOException e) {
            root.log(Level.FINE, "no log file", e); // opening the store in the same folder says why
        }
    }

    /** Where a user finds the log. */
    public static String whereabouts() {
        return whereabouts;
    }
}
