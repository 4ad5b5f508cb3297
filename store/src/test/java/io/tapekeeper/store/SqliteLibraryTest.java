package io.tapekeeper.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLibraryTest {
    @TempDir
    Path folder;

    @Test
    void unpacksUnderTheNameByWhichTheDriverLooksForItAndWritesOverWhatIsThere() throws Exception {
        Path file = SqliteLibrary.unpackInto(folder);
        assertEquals(folder.resolve(System.mapLibraryName("sqlitejdbc")), file);
        byte[] whole = Files.readAllBytes(file);
        assertTrue(whole.length > 500_000, "only " + whole.length + " bytes");
        Files.writeString(file, "half of it");
        assertArrayEquals(whole, Files.readAllBytes(SqliteLibrary.unpackInto(folder)));
    }
}
