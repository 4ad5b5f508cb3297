package io.tapekeeper.store;

import static io.tapekeeper.store.Samples.CLASSIC;
import static io.tapekeeper.store.Samples.TAPE;
import static io.tapekeeper.store.Samples.trade;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapekeeper.bar.Interval;
import io.tapekeeper.market.Trade;
import io.tapekeeper.store.StoreException.Kind;
import io.tapekeeper.tape.IdRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KilledProcessTest {
    @TempDir
    Path folder;

    @Test
    void leavesAPrefixOfWhatWasSaidWhenKilled() throws Exception {
        Path file = folder.resolve("tape.db");
        long said = recordAndKill(file);
        long stored = checkPrefix(file);
        assertTrue(stored > 0, "of " + said + " trades none is stored");
        // The lock died with the process; recording goes on where it was and adds nothing twice.
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            assertTrue(recorder.uncleanBefore());
            for (long id = 0; id < stored + 5; id++) {
                recorder.trade(TAPE, trade(id));
            }
            recorder.flush();
            assertEquals(5, recorder.committedRows());
        }
        try (History history = History.open(file)) {
            assertEquals(stored + 5, history.tradeCount(TAPE));
        }
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            assertFalse(recorder.uncleanBefore());
        }
    }

    private static final int MOST_CUTS = 200;

    /**
     * What a power cut leaves: of the log, what had been forced to the disk, and after that any part of what had not,
     * the last block perhaps as noise. Folded into the file is only what had been forced, and the log's index says how
     * far.
     */
    @Test
    void leavesAPrefixOfWhatWasSaidWhenThePowerFails() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "there is no /proc here");
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path file = folder.resolve("tape.db");
        Process process = RecordingProcess.start(file, "never");
        long most = 0;
        try (BufferedReader lines = process.inputReader()) {
            // The first ones may all come before the first commit.
            for (int cut = 0; cut < 12 || (most == 0 && cut < MOST_CUTS); cut++) {
                for (int n = random.nextInt(1, 12); n > 0; n--) {
                    lines.readLine();
                }
                pause(process);
                byte[] content = Files.readAllBytes(file);
                byte[] log = Files.readAllBytes(folder.resolve("tape.db-wal"));
                byte[] index = Files.readAllBytes(folder.resolve("tape.db-shm"));
                signal(process, "CONT");
                Path image = Files.createDirectory(folder.resolve("cut" + cut)).resolve("tape.db");
                Files.write(image, content);
                Files.write(image.resolveSibling("tape.db-wal"), cut(log, forced(index), random));
                try {
                    most = Math.max(most, checkPrefix(image));
                } catch (AssertionError | StoreException e) {
                    throw new AssertionError("seed " + seed + ", cut " + cut, e);
                }
                assertEquals(Optional.empty(), StoreMaintenance.quickCheck(image, () -> false), "seed " + seed);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertTrue(most > 0, "no cut left anything, seed " + seed);
    }

    private static void pause(Process process) throws Exception {
        signal(process, "STOP");
        Path state = Path.of("/proc", Long.toString(process.pid()), "stat");
        Samples.until("it is stopped", () -> {
            try {
                return Files.readString(state).contains(") T ");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void signal(Process process, String name) throws Exception {
        String pid = Long.toString(process.pid());
        assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    }

    /** Bytes of the log that had been forced: its header, and the frames that were folded in. */
    private static int forced(byte[] index) {
        int frames = ByteBuffer.wrap(index).order(ByteOrder.nativeOrder()).getInt(128);
        return 32 + frames * (24 + 4_096);
    }

    private static byte[] cut(byte[] log, int forced, Random random) {
        if (log.length <= forced) {
            return log;
        }
        byte[] left = Arrays.copyOf(log, random.nextInt(forced, log.length + 1));
        if (random.nextBoolean()) {
            byte[] noise = new byte[Math.min(512, left.length - forced)];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, left, left.length - noise.length, noise.length);
        }
        return left;
    }

    @Test
    void leavesAPrefixOfWhatWasSaidWhenItHalts() throws Exception {
        Path file = folder.resolve("tape.db");
        Process process = RecordingProcess.start(file, "23456");
        process.getInputStream().readAllBytes();
        assertEquals(7, process.waitFor());
        checkPrefix(file);
    }

    /** Kills it (SIGKILL) once it has said 20,000 trades; they are committed 5,000 at a time. */
    private static long recordAndKill(Path file) throws IOException, InterruptedException {
        Process process = RecordingProcess.start(file, "never");
        long said = 0;
        try (BufferedReader lines = process.inputReader()) {
            assertEquals("recording", lines.readLine());
            History.open(file).close(); // a reader may come and go
            while (said < 20_000) {
                said = Long.parseLong(lines.readLine());
            }
            // While a commit is certain to have happened, more are certain to be on their way.
            try (History history = History.open(file)) {
                Samples.until("something is stored", () -> history.tradeCount(TAPE) > 0);
            }
        } finally {
            process.destroyForcibly();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        }
        return said;
    }

    /** Checks that trades, bars and checkpoint end at one point; returns the number of trades. */
    private static long checkPrefix(Path file) {
        try (History history = History.open(file)) {
            long stored = history.tradeCount(TAPE);
            List<Trade> trades = Samples.trades(history, TAPE, 0);
            assertEquals(stored, trades.size());
            assertEquals(stored, history.reach(TAPE).map(IdRange::count).orElse(0L)); // in the same commit
            for (int id = 0; id < trades.size(); id++) {
                assertEquals(trade(id), trades.get(id));
            }
            List<StoredBar> bars = Samples.bars(history, Interval.SECOND, Long.MIN_VALUE, Long.MAX_VALUE);
            // The tenth trade, its bar and its checkpoint may be the first of the next commit.
            assertTrue(stored / 10 - bars.size() <= (stored % 10 == 0 ? 1 : 0), "bars " + bars);
            assertTrue(bars.size() <= stored / 10, bars.size() + " bars of " + stored + " trades");
            for (int n = 0; n < bars.size(); n++) {
                assertEquals(new StoredBar(Samples.bar(n), 0), bars.get(n));
            }
            history.checkpoint(CLASSIC).ifPresent(checkpoint -> {
                long last = checkpoint.lastTradeId();
                assertTrue(last < stored && last / 10 < bars.size());
                assertEquals(last, ByteBuffer.wrap(checkpoint.state()).getLong());
            });
            return stored;
        }
    }

    @Test
    void refusesASecondRecorderAndNamesTheFirst() throws Exception {
        Path file = folder.resolve("tape.db");
        Process process = RecordingProcess.start(file, "never");
        try (BufferedReader lines = process.inputReader()) {
            assertEquals("recording", lines.readLine());
            StoreException refused = assertThrows(StoreException.class, () -> Recorder.open(file, Durability.NORMAL));
            assertEquals(Kind.LOCKED, refused.kind());
            String pid = Long.toString(process.pid());
            assertEquals(new RecorderStatus.AtWork(pid), StoreMaintenance.lastRecorder(file));
            assertEquals(
                    file.toRealPath()
                            + " is already being recorded by process "
                            + process.pid()
                            + ": stop that one, or record into another file.",
                    refused.getMessage());
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertEquals(new RecorderStatus.Died(Long.toString(process.pid())), StoreMaintenance.lastRecorder(file));
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            assertTrue(recorder.uncleanBefore());
            String here = Long.toString(ProcessHandle.current().pid());
            assertEquals(new RecorderStatus.AtWork(here), StoreMaintenance.lastRecorder(file));
        }
        assertEquals(new RecorderStatus.Closed(), StoreMaintenance.lastRecorder(file));
    }

    @Test
    void aRefusedRecorderDoesNotLoosenTheLockOfTheFirst() throws Exception {
        Path file = folder.resolve("tape.db");
        try (Recorder recorder = Recorder.open(file, Durability.NORMAL)) {
            assertThrows(StoreException.class, () -> Recorder.open(file, Durability.NORMAL));
            StoreMaintenance.lastRecorder(file); // nor does looking
            recorder.flush();
            Process other = RecordingProcess.start(file, "10");
            String answer = new String(other.getInputStream().readAllBytes(), UTF_8);
            assertTrue(answer.contains("by process " + ProcessHandle.current().pid()), answer);
            assertEquals(1, other.waitFor());
        }
    }
}
