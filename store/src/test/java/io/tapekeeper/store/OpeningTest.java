package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.sql;
import static io.tapekeeper.store.Samples.trade;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class OpeningTest {
    @TempDir
    Path folder;

    private static void assertRefused(Kind kind, String sentence, Path file) {
        StoreException recorder = assertThrows(StoreException.class, () -> Recorder.open(file, Durability.NORMAL));
        assertEquals(kind + ": " + sentence, recorder.kind() + ": " + recorder.getMessage());
        if (kind != Kind.READ_ONLY && Files.exists(file)) {
            StoreException history = assertThrows(StoreException.class, () -> History.open(file));
            assertEquals(kind + ": " + sentence, history.kind() + ": " + history.getMessage());
        }
    }

    private static void assertRefusedUntouched(Kind kind, String sentence, Path file) throws IOException {
        byte[] before = Files.readAllBytes(file);
        var changed = Files.getLastModifiedTime(file);
        assertRefused(kind, sentence, file);
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(changed, Files.getLastModifiedTime(file));
        try (var files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList(), "nothing lies beside it");
        }
    }

    @Test
    void refusesAFileThatIsNoDatabase() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "buy low, sell high\n".repeat(99));
        assertRefusedUntouched(Kind.NOT_A_DATABASE, file + " is no database: name another file.", file);
    }

    @Test
    void refusesAShortFileThatIsNoDatabase() throws IOException {
        Path file = Files.writeString(folder.resolve("note"), "x");
        assertRefusedUntouched(Kind.NOT_A_DATABASE, file + " is no database: name another file.", file);
    }

    @Test
    void refusesTheDatabaseOfAnotherProgram() throws Exception {
        Path file = folder.resolve("photos.db");
        sql(file, "CREATE TABLE photo (id INTEGER)", "INSERT INTO photo VALUES (1)");
        assertRefusedUntouched(
                Kind.NOT_A_DATABASE, file + " is the database of another program: name another file.", file);
    }

    @Test
    void refusesTheDatabaseOfAnotherProgramThatKeepsAWriteAheadLog() throws Exception {
        Path file = folder.resolve("photos.db");
        sql(file, "PRAGMA journal_mode = WAL", "PRAGMA application_id = 7");
        sql(file, "CREATE TABLE photo (id INTEGER)");
        assertRefusedUntouched(
                Kind.NOT_A_DATABASE, file + " is the database of another program: name another file.", file);
    }

    @Test
    void refusesADamagedStoreInOneSentence() throws Exception {
        Path file = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            for (int id = 0; id < 10_000; id++) {
                recorder.trade(TAPE, trade(id));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        byte[] noise = new byte[bytes.length - 4_096];
        new Random(1).nextBytes(noise);
        System.arraycopy(noise, 0, bytes, 4_096, noise.length);
        Files.write(file, bytes);
        try (History history = History.open(file)) {
            StoreException damaged = assertThrows(StoreException.class, () -> history.lastTradeId(TAPE));
            assertEquals(Kind.DAMAGED, damaged.kind());
            assertEquals(file + " is damaged: keep a copy and check the disk.", damaged.getMessage());
        }
    }

    @Test
    void readsAStoreWhoseLogWasFoldedInOnlyInPart() throws Exception {
        Path file = folder.resolve("tape.db");
        Path copy = folder.resolve("copy.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            for (int id = 0; id < 10_000; id++) {
                recorder.trade(TAPE, trade(id));
            }
            recorder.flush();
            Files.copy(file, copy);
            Files.copy(folder.resolve("tape.db-wal"), folder.resolve("copy.db-wal"));
        }
        // The first page already names the new size, the pages after it are not there yet.
        byte[] bytes = Files.readAllBytes(copy);
        ByteBuffer.wrap(bytes).putInt(28, 9_999);
        Files.write(copy, bytes);
        try (History history = History.open(copy)) {
            assertEquals(10_000, history.tradeCount(TAPE));
        }
        try (Recorder recorder = Recorder.open(copy, Durability.NORMAL)) {
            recorder.trade(TAPE, trade(10_000));
        }
        try (History history = History.open(copy)) {
            assertEquals(10_001, history.tradeCount(TAPE));
        }
    }

    @Test
    void refusesAFolder() {
        assertRefused(Kind.CANNOT_OPEN, folder + " is a folder: name a file in it.", folder);
    }

    @Test
    void refusesAPathBelowAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("below/tape.db");
        StoreException refused = assertThrows(StoreException.class, () -> Recorder.open(file, Durability.NORMAL));
        assertEquals(Kind.CANNOT_OPEN, refused.kind());
        assertTrue(refused.getMessage().endsWith(": record into another folder."));
        assertEquals(
                Kind.MISSING,
                assertThrows(StoreException.class, () -> History.open(file)).kind());
    }

    @Test
    void refusesAFolderInWhichNothingCanBeMade() {
        Path file = Path.of("/proc/tape.db");
        assumeTrue(Files.isDirectory(file.getParent()), "there is no /proc here");
        StoreException refused = assertThrows(StoreException.class, () -> Recorder.open(file, Durability.NORMAL));
        assertTrue(refused.getMessage().endsWith("."), refused.getMessage());
    }

    @Test
    void readsAStoreInAFolderThatMayNotBeWritten() throws IOException {
        Path file = folder.resolve("locked/tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.trade(TAPE, trade(1));
        }
        assertTrue(file.toFile().setWritable(false));
        assertTrue(folder.resolve("locked").toFile().setWritable(false));
        try {
            assumeFalse(Files.isWritable(file), "this user may write everywhere");
            try (History history = History.open(file)) {
                assertEquals(1, history.tradeCount(TAPE));
            }
            assertEquals(
                    Kind.READ_ONLY,
                    assertThrows(StoreException.class, () -> Recorder.open(file, Durability.NORMAL))
                            .kind());
        } finally {
            assertTrue(folder.resolve("locked").toFile().setWritable(true));
        }
    }

    @Test
    void namesTheFileBesideTheStoreThatMayNotBeWritten() throws Exception {
        Path file = folder.resolve("tape.db");
        Recorder.open(file, Durability.NORMAL).close();
        History.open(file).close(); // of another user, say: it leaves what it cannot remove
        Path shm = folder.resolve("tape.db-shm");
        assertTrue(shm.toFile().setWritable(false));
        assumeFalse(Files.isWritable(shm), "this user may write everywhere");
        StoreException refused = assertThrows(StoreException.class, () -> Recorder.open(file, Durability.NORMAL));
        assertEquals(
                "READ_ONLY: " + shm.toRealPath() + " may not be written: allow it.",
                refused.kind() + ": " + refused.getMessage());
    }

    @Test
    void saysThatThereIsNoRecording() throws IOException {
        Path none = folder.resolve("none.db");
        StoreException missing = assertThrows(StoreException.class, () -> History.open(none));
        assertEquals(Kind.MISSING, missing.kind());
        assertEquals("there is no file " + none + ": record first, or name another file.", missing.getMessage());
        Path empty = Files.createFile(folder.resolve("empty.db"));
        StoreException nothing = assertThrows(StoreException.class, () -> History.open(empty));
        assertEquals(Kind.MISSING, nothing.kind());
    }

    @Test
    void makesAnEmptyFileAStore() throws IOException {
        Path file = Files.createFile(folder.resolve("empty.db"));
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            recorder.trade(TAPE, trade(1));
        }
        try (History history = History.open(file)) {
            assertEquals(1, history.tradeCount(TAPE));
        }
    }

    @Test
    void refusesANewerSchema() throws Exception {
        Path file = folder.resolve("tape.db");
        Recorder.open(file, Durability.NORMAL).close();
        sql(file, "PRAGMA user_version = 99");
        assertRefused(
                Kind.NEWER_SCHEMA,
                file
                        + " has schema 99 and this version knows schema "
                        + Schema.SCRIPTS.size()
                        + ": use the newer version that wrote it.",
                file);
    }

    @Test
    void readsWhatIsCommittedWhileAnotherProgramWrites() throws SQLException {
        Path file = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL);
                Connection other = Samples.connect(file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            recorder.trade(TAPE, trade(1));
            try (History history = History.open(file)) {
                assertEquals(0, history.tradeCount(TAPE));
            }
            statement.execute("ROLLBACK");
            recorder.flush();
            assertEquals(1, recorder.committedRows());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SQLITE_NOTADB,         NOT_A_DATABASE, is no database: name another file.",
        "SQLITE_CORRUPT_VTAB,   DAMAGED, is damaged: keep a copy and check the disk.",
        "SQLITE_BUSY_RECOVERY,  LOCKED, is held busy by another program: end that one.",
        "SQLITE_READONLY_DBMOVED, READ_ONLY, may not be written: allow it.",
        "SQLITE_FULL,           WRITE_FAILED, 'cannot grow, the disk is full: make room.'",
        "SQLITE_IOERR_WRITE,    CANNOT_OPEN, cannot be used (I/O error in the VFS layer while"
                + " trying to write to a file on disk): check the disk and the permissions."
    })
    void saysWhatIsWrongAndWhatToDo(SQLiteErrorCode code, Kind kind, String sentence) {
        StoreException plain = new SqliteFile(Path.of("/tape.db")).failure(new SQLiteException("", code));
        assertEquals(kind, plain.kind());
        assertEquals("/tape.db " + sentence, plain.getMessage());
    }
}
