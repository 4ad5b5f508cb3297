package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.trade;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreMaintenanceTest {
    @TempDir
    Path folder;

    private Path file;
    private Path copy;

    @BeforeEach
    void nameTheFiles() {
        file = folder.resolve("tape.db");
        copy = folder.resolve("copy of it's tape.db");
    }

    private void record(int trades) {
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            say(recorder, 0, trades);
        }
    }

    private static void say(Recorder recorder, long from, long to) {
        for (long id = from; id < to; id++) {
            recorder.trade(TAPE, trade(id));
        }
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(found -> found.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aStoreWhoseSettingAsideWasKilledAfterItsLogFollowsIt() throws Exception {
        Path file = folder.resolve("tape.db");
        Path aside = folder.resolve("tape.db.damaged-20260101T000000Z");
        Files.writeString(file, "the store");
        Files.writeString(folder.resolve("tape.db.lock"), ""); // closed in good order
        Files.writeString(folder.resolve("tape.db-shm"), "its index");
        Files.writeString(folder.resolve(aside.getFileName() + "-wal"), "its log");
        Files.writeString(folder.resolve("other.db.damaged-20260101T000000Z-wal"), "another's");
        assertEquals(Optional.empty(), StoreMaintenance.finishSettingAside(file));
        Files.writeString(folder.resolve("tape.db.lock"), "4711\n"); // as a kill leaves it
        assertEquals(
                Optional.of(folder.toRealPath().resolve(aside.getFileName())),
                StoreMaintenance.finishSettingAside(file));
        assertEquals("the store", Files.readString(aside));
        assertTrue(Files.exists(folder.resolve(aside.getFileName() + "-shm")));
        assertFalse(Files.exists(file));
        assertEquals(Optional.empty(), StoreMaintenance.finishSettingAside(file));
        Recorder.open(file, Durability.NORMAL).close();
        assertEquals(Optional.empty(), StoreMaintenance.finishSettingAside(file), "a new one has begun");
        assertTrue(Files.exists(file));
    }

    @Test
    void copiesAStoreWhileItIsRecorded() throws Exception {
        List<Long> seen = new ArrayList<>();
        long copied;
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            say(recorder, 0, 30_000);
            recorder.flush();
            AtomicInteger next = new AtomicInteger(30_000);
            assertTrue(StoreMaintenance.backup(
                    file,
                    copy,
                    bytes -> {
                        seen.add(bytes);
                        recorder.trade(TAPE, trade(next.getAndIncrement()));
                        recorder.flush(); // is not held up
                    },
                    () -> false));
            assertTrue(seen.size() > 1, "seen " + seen);
            assertEquals(seen.stream().sorted().toList(), seen);
            assertEquals(Files.size(copy), seen.getLast());
            copied = next.get();
        }
        try (History history = History.open(copy);
                History whole = History.open(file)) {
            assertEquals(copied, whole.tradeCount(TAPE));
            assertEquals(30_000, history.tradeCount(TAPE)); // as it was when it began
            assertEquals(Samples.trades(whole, TAPE, 0).subList(0, 30_000), Samples.trades(history, TAPE, 0));
        }
        assertEquals(Optional.empty(), StoreMaintenance.quickCheck(copy, () -> false));
        try (Recorder goesOn = Recorder.open(copy, Durability.NORMAL)) {
            say(goesOn, 30_000, 30_001);
            goesOn.flush();
            assertEquals(1, goesOn.committedRows());
        }
    }

    @Test
    void neverCopiesOverAFile() throws Exception {
        record(1);
        Files.writeString(copy, "mine");
        StoreException refused =
                assertThrows(StoreException.class, () -> StoreMaintenance.backup(file, copy, bytes -> {}, () -> false));
        assertEquals(Kind.WRITE_FAILED, refused.kind());
        assertEquals(copy + " is there already: name another file, or move that one away.", refused.getMessage());
        assertEquals("mine", Files.readString(copy));
        assertTrue(files().stream().noneMatch(name -> name.endsWith(".partial")), "a part is left");
    }

    @Test
    void leavesNothingOfACopyThatWasStopped() throws Exception {
        record(30_000);
        assertFalse(StoreMaintenance.backup(file, copy, bytes -> {}, () -> true));
        assertTrue(files().stream().allMatch(name -> name.startsWith("tape.db")), "a part is left");
    }

    @Test
    void saysWhereACopyCannotBeWritten() {
        record(1);
        Path nowhere = folder.resolve("none/copy.db");
        StoreException refused = assertThrows(
                StoreException.class, () -> StoreMaintenance.backup(file, nowhere, bytes -> {}, () -> false));
        assertEquals(Kind.WRITE_FAILED, refused.kind());
        assertTrue(refused.getMessage().startsWith(nowhere + " cannot be written ("), refused.getMessage());
        assertEquals(
                Kind.MISSING,
                assertThrows(
                                StoreException.class,
                                () -> StoreMaintenance.backup(nowhere, copy, bytes -> {}, () -> false))
                        .kind());
    }

    @Test
    void findsNothingWrongWithASoundStoreAlsoWhileItIsRecorded() {
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            say(recorder, 0, 10_000);
            recorder.flush();
            assertEquals(Optional.empty(), StoreMaintenance.quickCheck(file, () -> false));
        }
    }

    @Test
    void findsADamagedPage() throws Exception {
        record(30_000);
        byte[] bytes = Files.readAllBytes(file);
        int page = bytes.length / 2 / 4_096 * 4_096;
        Arrays.fill(bytes, page, page + 4_096, (byte) 'x');
        Files.write(file, bytes);
        assertTrue(StoreMaintenance.quickCheck(file, () -> false).isPresent());
    }

    @Test
    void endsACheckWhenAsked() {
        record(30_000);
        AtomicInteger asked = new AtomicInteger();
        StoreMaintenance.quickCheck(file, () -> asked.incrementAndGet() == -1);
        assertTrue(asked.get() > 2, "asked " + asked + " times");
        asked.set(0);
        StoreMaintenance.quickCheck(file, () -> asked.incrementAndGet() == 2);
        assertEquals(2, asked.get());
    }

    @Test
    void setsAStoreAsideWithItsLogAndNeverOverAnother() throws Exception {
        for (int n = 1; n <= 3; n++) { // within one second, most likely: the names must differ
            record(n);
            Files.writeString(folder.resolve("tape.db-wal"), "");
            Path aside = StoreMaintenance.setAside(file);
            String name = aside.getFileName().toString();
            assertTrue(name.matches("tape\\.db\\.damaged-\\d{8}T\\d{6}Z(-\\d)?"), name);
            assertTrue(Files.exists(folder.resolve(name + "-wal")));
            try (History history = History.open(aside)) {
                assertEquals(n, history.tradeCount(TAPE));
            }
        }
    }

    @Test
    void doesNotSetAsideWhatIsBeingRecorded() {
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            StoreException refused = assertThrows(StoreException.class, () -> StoreMaintenance.setAside(file));
            assertEquals(Kind.LOCKED, refused.kind());
            recorder.flush();
        }
        assertTrue(Files.exists(file));
    }
}
