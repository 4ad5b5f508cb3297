package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.recorder.RecordingException;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.store.History;
import io.tapekeeper.store.RecorderStatus;
import io.tapekeeper.store.StoreMaintenance;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole recording on a disk that is really full: one in memory, of two megabytes. */
@Timeout(180)
class FullDiskTest {
    private static final TapeId TAPE = new TapeId("binance", "BTCUSDT", TapeKind.AGGREGATE, true);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long FULL = 64 << 10; // bytes that are left, at most
    private static final Duration TRIED_AGAIN = Duration.ofMillis(1_500); // each second

    @TempDir
    Path folder;

    private Path disk;
    private Path db;

    @BeforeEach
    void mount() throws Exception {
        Path place = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                ran("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place.toString()),
                "this user may not mount a small disk");
        disk = place;
        db = disk.resolve("tape.db");
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            assertTrue(ran("umount", disk.toString()));
        }
    }

    private static boolean ran(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) { // there is no such program here
            return false;
        }
    }

    private void enlarge() throws Exception {
        assertTrue(ran("mount", "-o", "remount,size=256m", disk.toString()));
    }

    private static Exchange market(int speed) throws IOException {
        return Exchange.start(ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(11, Optional.empty()))
                .withSpeed(new Speed(speed)));
    }

    private Running record(Exchange market) {
        return new Running(
                RecordOptions.of("BTCUSDT"),
                db,
                market.port(),
                market.port(),
                Running.tuning(ConnectionSettings.defaults(), RepairSettings.DEFAULTS));
    }

    private long stored() {
        try (History history = History.open(db)) {
            return history.tradeCount(TAPE);
        }
    }

    /** Full for good: what the folded log gives back is used up, and trying again did not help. */
    private void awaitFull(Running running) {
        await("the disk is full").atMost(PATIENCE).until(() -> disk.toFile().getUsableSpace() < FULL);
        AtomicLong commits = new AtomicLong(-1);
        AtomicLong since = new AtomicLong();
        await("nothing is committed any more").atMost(PATIENCE).until(() -> {
            long now = running.counted("commits_total");
            if (commits.getAndSet(now) != now) {
                since.set(System.nanoTime());
            }
            return System.nanoTime() - since.get() >= TRIED_AGAIN.toNanos();
        });
    }

    @Test
    void theFeedGoesOnWhileItIsFullAndTheTapeIsWholeWhenThereIsRoomAgain() throws Exception {
        try (Exchange market = market(50)) {
            try (Running running = record(market)) {
                awaitFull(running);
                long then = running.counted("trades_total");
                await("the feed goes on").atMost(PATIENCE).until(() -> running.counted("trades_total") >= then + 2_000);
                assertTrue(stored() < then + 1_000, "nothing more can be stored");
                enlarge();
                await("what waited is stored").atMost(PATIENCE).until(() -> stored() >= then + 3_000);
            }
            new Judge(market.port(), folder).assertWhole(db, "seed 11");
        }
    }

    @Test
    void aStopWhileItIsFullTakesNoLongerThanAnyOtherAndTheNextStartGoesOn() throws Exception {
        try (Exchange market = market(50)) {
            Running running = record(market);
            awaitFull(running);
            long then = running.counted("trades_total");
            await().atMost(PATIENCE).until(() -> running.counted("trades_total") >= then + 500);
            assertStopsInTime(running);
            enlarge();
            try (Running next = record(market)) {
                await().atMost(PATIENCE).until(() -> stored() >= then + 2_000);
                next.goOn(Duration.ofMillis(1));
            }
            new Judge(market.port(), folder).assertWhole(db, "seed 11");
            assertEquals(new RecorderStatus.Closed(), StoreMaintenance.lastRecorder(db));
        }
    }

    @Test
    void aStopDoesNotWaitForRoomWhereTheQueueIsFullToo() throws Exception {
        try (Exchange market = market(4_000)) {
            Running running = record(market);
            awaitFull(running);
            await("the feed is held").atMost(PATIENCE).until(() -> running.counted("tape_waits_total") > 0);
            assertStopsInTime(running);
        }
    }

    private static void assertStopsInTime(Running running) {
        long began = System.nanoTime();
        AssertionError failure = assertThrows(AssertionError.class, running::close);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(failure.getCause() instanceof RecordingException, failure.toString());
        assertTrue(failure.getCause().getMessage().contains("the disk is full"), failure.toString());
        assertTrue(took.compareTo(Duration.ofSeconds(2)) < 0, "it took " + took);
    }
}
