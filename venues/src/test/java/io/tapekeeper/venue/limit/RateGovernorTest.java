package io.tapekeeper.venue.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.venue.EpochMicros;
import io.tapekeeper.venue.Eventually;
import io.tapekeeper.venue.Priority;
import io.tapekeeper.venue.RateState;
import io.tapekeeper.venue.VenueException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RateGovernorTest {
    private static final String HOST = "api.example.com:443";
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final InstantSource clock = now::get;

    private RateGovernor open() {
        return RateGovernor.open(folder, HOST, clock);
    }

    private Path file() {
        return folder.resolve("rate-api.example.com_443.bin");
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void aRestartForgetsNothing() {
        RateState before;
        try (RateGovernor governor = open()) {
            governor.limit(5_000);
            assertEquals(Duration.ZERO, governor.take(3_990, Priority.LIVE));
            governor.connectBudget().take();
            governor.ban(429, Duration.ofSeconds(30));
            before = governor.snapshot();
        }
        try (RateGovernor governor = open()) {
            assertEquals(before, governor.snapshot());
            assertEquals(
                    new RateState(HOST, 5_000, 3_990, 0, 1_000, EpochMicros.of(START.plusSeconds(30)), 1, 1, 1, 0),
                    before);
            VenueException banned = assertThrows(VenueException.class, () -> governor.take(1, Priority.REPAIR));
            assertEquals(VenueException.Kind.REFUSED, banned.kind());
            assertEquals(
                    "api.example.com:443 asks for fewer requests (HTTP 429). Waiting as long as it"
                            + " says. No request for 30 s, until 2026-11-23T12:00:30Z.",
                    banned.getMessage());
            assertEquals(Duration.ofSeconds(30), governor.waitFor(1, Priority.LIVE));
            pass(Duration.ofSeconds(30));
            assertEquals(Duration.ZERO, governor.take(10, Priority.LIVE));
            assertEquals(Duration.ofSeconds(34), governor.take(1, Priority.LIVE));
        }
    }

    @Test
    void aRestartForgetsNoPauseBetweenConnections() {
        try (RateGovernor governor = open()) {
            governor.connectBudget().refused(429, Duration.ofSeconds(30));
            governor.connectBudget().refused(429, Duration.ofSeconds(10));
            assertEquals(0, governor.snapshot().bannedUntilMicros(), "REST may go on");
        }
        try (RateGovernor governor = open()) {
            assertEquals(2, governor.snapshot().refusals429());
            assertEquals(Duration.ofSeconds(30), governor.connectBudget().toWait());
            pass(Duration.ofSeconds(30));
            assertEquals(Duration.ZERO, governor.connectBudget().toWait());
        }
    }

    @Test
    void aBanOfConnectionsIsABanOfAll() {
        try (RateGovernor governor = open()) {
            governor.connectBudget().refused(418, Duration.ofMinutes(2));
            assertEquals(Duration.ofMinutes(2), governor.connectBudget().toWait());
            assertThrows(VenueException.class, () -> governor.take(1, Priority.LIVE));
            assertEquals(1, governor.snapshot().bans418());
        }
    }

    @Test
    void threadsOfTwoGovernorsOnOneFolderGetTheShareOnceAndNoMore() {
        try (RateGovernor one = open();
                RateGovernor other = open();
                var threads = Executors.newFixedThreadPool(4)) {
            List<CompletableFuture<Integer>> takers = new ArrayList<>();
            for (RateGovernor governor : List.of(one, other, one, other)) {
                takers.add(CompletableFuture.supplyAsync(
                        () -> {
                            int taken = 0;
                            while (governor.take(3, Priority.LIVE).isZero()) {
                                taken += 3;
                            }
                            return taken;
                        },
                        threads));
            }
            assertEquals(
                    4_800, takers.stream().mapToInt(CompletableFuture::join).sum());
            assertEquals(one.snapshot(), other.snapshot());
            assertEquals(1_600, one.snapshot().requests());
        }
    }

    @Test
    void twoProcessesGetTheShareOnceAndNoMore() throws Exception {
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                processes.add(GovernedProcess.start(folder, HOST));
            }
            int taken = 0;
            for (Process process : processes) {
                assertEquals("ready", process.inputReader().readLine());
            }
            for (Process process : processes) {
                process.outputWriter().append('\n').close();
            }
            for (Process process : processes) {
                try (BufferedReader lines = process.inputReader()) {
                    taken += Integer.parseInt(lines.readLine());
                }
            }
            assertEquals(4_800, taken);
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        try (RateGovernor governor = RateGovernor.open(folder, HOST, InstantSource.system())) {
            assertEquals(4_800, governor.snapshot().requests());
        }
    }

    @Test
    void aProcessThatIsKilledLeavesNoLockAndNoDamage() throws Exception {
        try (RateGovernor governor = RateGovernor.open(folder, HOST, InstantSource.system())) {
            for (int i = 0; i < 3; i++) {
                long before = governor.snapshot().requests();
                governor.limit(1_000_000);
                Process process = GovernedProcess.start(folder, HOST);
                assertEquals("ready", process.inputReader().readLine());
                process.outputWriter().append('\n').flush();
                Eventually.that("the other takes", () -> governor.snapshot().requests() > before + 20);
                process.destroyForcibly().waitFor();
                RateState state = governor.snapshot();
                assertTrue(state.requests() > before + 20 && state.limit() == 1_000_000);
            }
        }
    }

    @Test
    void anInterruptedThreadClosesTheFileForNobody() {
        try (RateGovernor governor = open();
                RateGovernor other = open()) {
            Thread.currentThread().interrupt();
            assertEquals(Duration.ZERO, governor.take(5, Priority.LIVE));
            assertTrue(Thread.interrupted());
            other.take(6, Priority.LIVE);
        }
        try (RateGovernor governor = open()) {
            assertEquals(11, governor.snapshot().used());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1_000, 5_000})
    void aFileThatIsNotWholeCountsAsAMinuteMostlyUsed(int length) throws IOException {
        open().close();
        Files.write(file(), new byte[length]);
        try (RateGovernor governor = open()) {
            assertEquals(4_500, governor.snapshot().used());
            assertTrue(governor.waitFor(1, Priority.REPAIR).toSeconds() >= 60);
            assertEquals(Duration.ZERO, governor.take(20, Priority.LIVE));
            governor.limit(5_000);
        }
        try (RateGovernor governor = open()) { // and is whole again
            assertEquals(5_000, governor.snapshot().limit());
            pass(Duration.ofSeconds(64));
            assertEquals(Duration.ZERO, governor.take(2_500, Priority.REPAIR));
        }
    }

    @Test
    void aFolderThatCannotBeMadeLeavesAGovernorThatCountsAlone() throws IOException {
        Path taken = Files.createFile(folder.resolve("taken"));
        try (RateGovernor governor = RateGovernor.open(taken, HOST, clock)) {
            governor.take(4_800, Priority.LIVE);
            assertEquals(Duration.ofSeconds(64), governor.take(1, Priority.LIVE));
        }
    }

    @Test
    void hostsDoNotShare() {
        try (RateGovernor one = open();
                RateGovernor other = RateGovernor.open(folder, "api.other.com", clock)) {
            one.take(100, Priority.LIVE);
            assertEquals(100, one.snapshot().used());
            assertEquals(0, other.snapshot().used());
        }
    }

    @Test
    void whoClosesOneGovernorLeavesTheOthersOfItsFile() {
        try (RateGovernor governor = open()) {
            open().close();
            governor.take(100, Priority.LIVE);
        }
        try (RateGovernor governor = open()) {
            assertEquals(100, governor.snapshot().used());
        }
    }

    @Test
    void whoeverMayMakeFilesInTheFolderMayUseTheFile() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        open().close();
        assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    }

    @Test
    void aPlantedLinkIsNotFollowed() throws IOException {
        Path own = Files.writeString(folder.resolve("own.txt"), "precious");
        open().close();
        Files.delete(file());
        Files.createSymbolicLink(file(), own);
        try (RateGovernor governor = open()) {
            governor.take(100, Priority.LIVE);
            assertEquals(100, governor.snapshot().used()); // counted alone
        }
        assertEquals("precious", Files.readString(own));
    }
}
