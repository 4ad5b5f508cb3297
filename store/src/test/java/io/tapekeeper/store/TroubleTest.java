package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.trade;
import static io.tapekeeper.store.Samples.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.market.Trade;
import io.tapekeeper.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TroubleTest {
    private static final Recorder.Patience QUICK = new Recorder.Patience(Duration.ofMillis(10), Duration.ofMillis(50));

    @TempDir
    Path folder;

    private Path disk; // mounted, or null

    /** A disk of its own, in memory; the test is skipped where this user may not mount one. */
    private Path disk(String size) throws Exception {
        Path place = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                ran("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", place.toString()),
                "this user may not mount a small disk");
        disk = place;
        return place;
    }

    private void enlarge() throws Exception {
        assertTrue(ran("mount", "-o", "remount,size=64m", disk.toString()));
    }

    private static boolean ran(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) { // there is no such program here
            return false;
        }
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            assertTrue(ran("umount", disk.toString()));
        }
    }

    /** Records more trades than the disk has room for, and fewer than the queue has. */
    private static long fill(Recorder recorder) {
        long trades = 60_000; // of 44 bytes: 2.6 MB
        for (long id = 0; id < trades; id++) {
            recorder.trade(TAPE, trade(id));
        }
        until("the disk is full", () -> recorder.trouble().isPresent());
        return trades;
    }

    private static void assertTape(Path file, long trades) {
        try (History history = History.open(file)) {
            List<Trade> stored = Samples.trades(history, TAPE, 0);
            assertEquals(trades, stored.size());
            assertEquals(trades, history.tradeCount(TAPE));
            for (int id = 0; id < trades; id++) {
                assertEquals(trade(id), stored.get(id));
            }
        }
    }

    @Test
    void waitsOutAFullDiskAndLosesNothing() throws Exception {
        Path file = disk("2m").resolve("tape.db");
        long said;
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL, QUICK)) {
            said = fill(recorder);
            assertEquals(Optional.of(file + " cannot grow, the disk is full: make room."), recorder.trouble());
            assertTrue(recorder.failure().isEmpty());
            assertTrue(recorder.stats().freeBytes() < 64 * 1024);
            recorder.trade(TAPE, trade(said++)); // may still be said
            enlarge();
            recorder.flush();
            assertEquals(Optional.empty(), recorder.trouble());
            assertEquals(said, recorder.committedRows());
        }
        assertTape(file, said);
    }

    @Test
    void givesUpSoonWhenItIsClosedOnAFullDisk() throws Exception {
        Path file = disk("2m").resolve("tape.db");
        Recorder recorder = Recorder.open(file, Durability.NORMAL, QUICK);
        long said = fill(recorder);
        StoreException failure = assertThrows(StoreException.class, recorder::close);
        assertEquals(Kind.WRITE_FAILED, failure.kind());
        long stored = recorder.committedRows();
        assertEquals(
                "%d entries were not written, the next start fetches them again: %s"
                        .formatted(said - stored, file + " cannot grow, the disk is full: make room."),
                failure.getMessage());
        enlarge();
        try (Recorder next = Recorder.open(file, Durability.NORMAL, QUICK)) {
            assertTrue(next.uncleanBefore());
            next.trade(TAPE, trade(stored));
        }
        assertTape(file, stored + 1);
    }

    @Test
    void goesOnInOrderWhenTheFileMayGrowAgain() throws Exception {
        Path path = folder.resolve("tape.db");
        long trades = 65_536 + 20_000; // more than the queue holds
        SqliteFile file = SqliteFile.place(path);
        try (Connection connection = file.openForWriting(Durability.NORMAL, Schema.SCRIPTS);
                Statement statement = connection.createStatement()) {
            WriteQueue queue = new WriteQueue(path);
            Writer writer = new Writer(file, new WriterConnection(connection), queue, QUICK.retry());
            statement.execute("PRAGMA max_page_count = 100");
            writer.start();
            AtomicLong said = new AtomicLong();
            Thread tape = Thread.ofPlatform().start(() -> {
                while (said.get() < trades) {
                    queue.put(TAPE, trade(said.get()));
                    said.incrementAndGet();
                }
            });
            until("the queue is full", () -> queue.waits() > 0 && queue.trouble != null);
            assertTrue(said.get() < trades, "the caller does not wait");
            statement.execute("PRAGMA max_page_count = 1000000");
            tape.join();
            queue.close();
            writer.join(QUICK.closing());
            assertEquals(null, queue.failure);
            assertEquals(0, queue.size());
        }
        assertTape(path, trades);
    }

    @Test
    void doesNotBeginACopyThatHasNoRoom() throws Exception {
        Path copy = disk("1m").resolve("copy.db");
        Path file = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            for (int id = 0; id < 60_000; id++) { // of 44 bytes: 2.6 MB
                recorder.trade(TAPE, trade(id));
            }
        }
        StoreException refused =
                assertThrows(StoreException.class, () -> StoreMaintenance.backup(file, copy, bytes -> {}, () -> false));
        assertEquals(Kind.WRITE_FAILED, refused.kind());
        assertEquals(
                copy + " needs 3 MB and its disk has 1: make room, or name a file on another" + " disk.",
                refused.getMessage());
        try (var left = Files.list(disk)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void waitsUntilAnotherProgramHasWritten() throws Exception {
        Path file = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL, QUICK);
                Connection other = Samples.connect(file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            recorder.trade(TAPE, trade(0));
            until("the trouble is reported", () -> recorder.trouble().isPresent());
            assertEquals(Optional.of(file + " is held busy by another program: end that one."), recorder.trouble());
            statement.execute("ROLLBACK");
            until("it is over", () -> recorder.trouble().isEmpty());
            assertEquals(1, recorder.committedRows());
        }
    }

    @Test
    void stopsForGoodWhereTheFileIsDamagedAndLetsItBeSetAside() throws Exception {
        Path file = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            for (int id = 0; id < 10_000; id++) {
                recorder.trade(TAPE, trade(id));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        byte[] noise = new byte[bytes.length / 2]; // trades; the schema stands before them
        new Random(1).nextBytes(noise);
        System.arraycopy(noise, 0, bytes, bytes.length - noise.length, noise.length);
        Files.write(file, bytes);
        assertTrue(StoreMaintenance.quickCheck(file, () -> false).isPresent());
        Recorder recorder = Recorder.open(file, Durability.NORMAL);
        recorder.trade(TAPE, trade(10_000));
        until("the failure is reported", () -> recorder.failure().isPresent());
        assertEquals(Kind.DAMAGED, recorder.failure().orElseThrow().kind());
        assertEquals(
                Kind.DAMAGED,
                assertThrows(StoreException.class, recorder::close).kind());
        Path aside = StoreMaintenance.setAside(file);
        assertEquals(bytes.length, Files.size(aside));
        assertFalse(Files.exists(file));
        try (Recorder again = Recorder.open(file, Durability.NORMAL)) {
            assertFalse(again.uncleanBefore());
            again.trade(TAPE, trade(0));
        }
        assertTape(file, 1);
    }
}
