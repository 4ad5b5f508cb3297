package io.tapekeeper.app.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path folder;

    private final AtomicLong nanos = new AtomicLong();

    private static LogRecord entry(Level level, String template, Object... values) {
        LogRecord entry = new LogRecord(level, template);
        entry.setLoggerName("io.tapekeeper.recorder.tape.TapePipeline");
        entry.setParameters(values);
        entry.setInstant(Instant.parse("2025-11-24T16:00:00.123456Z"));
        return entry;
    }

    private DuplicateLogFilter open() throws IOException {
        Handler file = new FileHandler(folder.resolve("a.log").toString());
        file.setFormatter(new KeyValueFormat());
        return new DuplicateLogFilter(file, nanos::get);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(folder.resolve("a.log"));
    }

    @Test
    void writesKeysAndValuesOnOneLine() throws IOException {
        try (DuplicateLogFilter log = open()) {
            log.publish(entry(Level.WARNING, "{0}: \"{1}\"\nand \\ more", "BTCUSDT", "a\u0007b"));
        }
        assertEquals(
                List.of("time=2025-11-24T16:00:00.123Z level=WARNING from=TapePipeline"
                        + " message=\"BTCUSDT: \\\"a\\u0007b\\\"\\nand \\\\ more\""),
                lines());
    }

    @Test
    void countsWhatRepeatsWithinAMinuteWhateverTheValues() throws IOException {
        try (DuplicateLogFilter log = open()) {
            for (int i = 0; i < 138; i++) {
                log.publish(entry(Level.INFO, "id {0} is missing", Integer.toString(i)));
            }
            log.publish(entry(Level.WARNING, "id {0} is missing", "x")); // another level
            nanos.set(TimeUnit.SECONDS.toNanos(60));
            log.publish(entry(Level.INFO, "id {0} is missing", "1000")); // a new minute
            List<String> lines = lines();
            assertEquals(4, lines.size(), lines.toString());
            assertTrue(lines.get(0).endsWith("message=\"id 0 is missing\""), lines.get(0));
            assertTrue(lines.get(1).contains("level=WARNING"), lines.get(1));
            assertTrue(
                    lines.get(2)
                            .endsWith("message=\"id 137 is missing (repeated 137 times in 60 s)\"" + " repeated=137"),
                    lines.get(2));
            assertTrue(lines.get(3).endsWith("message=\"id 1000 is missing\""), lines.get(3));
        }
    }

    @Test
    void writesAStackTraceOnceAMinute() throws IOException {
        try (DuplicateLogFilter log = open()) {
            for (int i = 0; i < 3; i++) {
                LogRecord failed = entry(Level.SEVERE, "it broke");
                failed.setThrown(new IOException("no \"room\""));
                log.publish(failed);
            }
        }
        List<String> lines = lines();
        assertTrue(lines.getFirst().endsWith("message=\"it broke\" error=\"no \\\"room\\\"\""), lines.getFirst());
        assertEquals(
                1,
                lines.stream()
                        .filter(line -> line.contains("java.io.IOException"))
                        .count());
        assertTrue(lines.get(1).startsWith("    java.io.IOException"), lines.get(1));
        assertTrue(
                lines.getLast().endsWith("message=\"it broke (repeated 2 times in 0 s)\" repeated=2"), lines.getLast());
    }

    @Test
    void neverCountsMoreKindsThanItCanHold() throws IOException {
        try (DuplicateLogFilter log = open()) {
            log.publish(entry(Level.INFO, "first"));
            log.publish(entry(Level.INFO, "first"));
            for (int i = 0; i < 999; i++) {
                log.publish(entry(Level.INFO, "kind " + i));
            }
            assertEquals(1_000, lines().size());
            log.publish(entry(Level.INFO, "one more")); // tells "first" early and forgets it
            assertTrue(lines().get(1_000).contains("first (repeated 1 times"), lines().get(1_000));
            log.publish(entry(Level.INFO, "first"));
            assertTrue(lines().getLast().endsWith("message=\"first\""), lines().getLast());
        }
    }
}
