package io.tapekeeper.venue.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    Path folder;

    @Test
    void theEnvironmentNamesAnother() {
        assertEquals(folder, StateFolder.find(Map.of("TAPEKEEPER_STATE", folder.toString())));
    }

    @Test
    void aFolderThatIsMadeIsEverybodysToWriteAndNobodysToRemoveFrom() throws IOException {
        Path made = folder.resolve("tapekeeper");
        assertTrue(StateFolder.share(made));
        assertEquals(01777, (int) Files.getAttribute(made, "unix:mode") & 07777);
        assertTrue(StateFolder.share(made), "it is there already");
    }

    @Test
    void aLinkThatAnotherMayHavePlantedIsNotUsed() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("tapekeeper"), folder);
        assertFalse(StateFolder.share(link));
    }
}
