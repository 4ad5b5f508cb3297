package io.tapekeeper.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AotTrainingTest {
    @TempDir
    Path folder;

    @Test
    void recordsInBothWaysAndShowsAPriceOnBothPagesAndWritesIntoItsFolderAlone() throws Exception {
        boolean dataBefore = Files.exists(Path.of("data"));
        assertTrue(AotTraining.play(folder));
        assertTrue(Files.exists(folder.resolve("demo.db")));
        assertTrue(Files.exists(folder.resolve("run.db")));
        assertTrue(dataBefore || !Files.exists(Path.of("data")));
    }
}
