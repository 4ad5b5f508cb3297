package io.tapekeeper.exchange.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultPlanTest {
    @Test
    void readsWhatAPlanSays() throws Exception {
        FaultPlan plan = FaultPlanReader.parse("""
                        seed: 7   # draws what is not said
                        faults:
                          - drop: {after: 500 trades, how: reset}
                          - silent: {after: 2s, for: 3s, stream: btcusdt@aggTrade}
                          - rest: {status: 503, every: 10 requests, for: 2s}
                          - skip: {every: 100 trades, for: 3 trades, times: 4}
                          - clock: {by: -5s}
                          - restart:
                              after: 1 connections
                              for: 200ms
                          - blank: {one-in: 50}
                        """, "plan");
        assertEquals(
                FaultPlan.of(
                        7,
                        new Drop(Schedule.after(Progress.trades(500)), Drop.How.RESET),
                        new Fault.Silent(Schedule.after(Progress.of(Duration.ofSeconds(2)))
                                .lasting(Progress.of(Duration.ofSeconds(3)))
                                .only("btcusdt@aggTrade")),
                        new Fault.Status(
                                Schedule.after(Progress.requests(10))
                                        .repeated(Progress.requests(10), Integer.MAX_VALUE)
                                        .lasting(Progress.of(Duration.ofSeconds(2))),
                                503,
                                Duration.ofSeconds(1)),
                        new Frame(
                                Schedule.after(Progress.trades(100))
                                        .repeated(Progress.trades(100), 4)
                                        .lasting(Progress.trades(3)),
                                Frame.Trick.SKIP),
                        new Fault.Clock(
                                Schedule.after(Progress.trades(0))
                                        .lasting(new Progress(Progress.Unit.TIME, Long.MAX_VALUE)),
                                Duration.ofSeconds(-5)),
                        new Fault.Restart(Schedule.after(Progress.connections(1)), Duration.ofMillis(200)),
                        new Fault.Blank(50)),
                plan);
    }

    @Test
    void drawsFromTheSeedWhatAPlanDoesNotSay(@TempDir Path folder) throws Exception {
        String some = "seed: %d\nfaults:\n  - drop\n  - rest:\n  - giant: {}\n";
        FaultPlan plan = FaultPlanReader.parse(some.formatted(1), "plan");
        assertEquals(plan, FaultPlanReader.parse(some.formatted(1), "plan"));
        assertFalse(plan.faults()
                .equals(FaultPlanReader.parse(some.formatted(2), "plan").faults()));
        assertEquals(FaultPlan.random(42), FaultPlanReader.read("42"));
        Path file = Files.writeString(folder.resolve("plan.yaml"), "seed: 42\n");
        assertEquals(FaultPlan.random(42), FaultPlanReader.read(file.toString()));
    }

    @Test
    void everyRandomMixtureLeavesAGapAndNoneIsPermanent() {
        Set<String> drawn = new HashSet<>();
        for (long seed = 0; seed < 500; seed++) {
            FaultPlan plan = FaultPlan.random(seed);
            assertEquals(plan, FaultPlan.random(seed));
            List<String> names = plan.faults().stream().map(Fault::name).toList();
            assertTrue(List.of("drop", "silent", "skip").contains(names.get(0)), "seed " + seed + ": " + names);
            assertEquals("skip", names.get(1), "seed " + seed);
            assertTrue(plan.all(Fault.OnTape.class).isEmpty(), "seed " + seed + ": " + names);
            for (Fault.Status status : plan.all(Fault.Status.class)) {
                assertTrue(status.status() != 451 && status.status() != 418, "seed " + seed);
            }
            drawn.addAll(names);
        }
        assertEquals(26, drawn.size(), drawn.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'faults:\\n  - dorp' | 'plan, line 2: there is no fault \"dorp\"; there are drop, '",
                "'faults:\\n  - drop: {after: 500 eggs}' | 'plan, line 2: \"after: 500 eggs\" is not an amount; write for example '",
                "'faults:\\n  - drop:\\n      how: softly' | 'plan, line 3: \"how: softly\" must be one of fin, reset, cut, close'",
                "'faults:\\n  - drop: {status: 5}' | 'plan, line 2: \"drop\" takes no \"status\"; see docs'",
                "'faults:\\n  - rest: {status: 200}' | 'plan, line 2: \"status: 200\" must be a whole number from 400 to 599'",
                "'faults:\\n  - burst: {for: -1s}' | 'plan, line 2: \"for: -1s\" is not a time; write '",
                "'seeds: 4' | 'plan, line 1: a plan has a \"seed:\"'",
                "'faults: [drop' | 'plan, line '",
                "'' | 'plan, line 1: a plan starts with \"seed: 42\" or \"faults:\"'"
            })
    void saysWhatIsWrongWithAPlanInOneSentenceWithItsLine(String yaml, String message) {
        String sentence = assertThrows(
                        InvalidPlanException.class, () -> FaultPlanReader.parse(yaml.replace("\\n", "\n"), "plan"))
                .getMessage();
        assertTrue(sentence.startsWith(message), sentence);
        assertEquals(1, sentence.lines().count(), sentence);
    }

    @Test
    void saysThatThereIsNoSuchPlan() {
        assertEquals(
                "there is no fault plan nowhere.yaml: name a file that exists, or a seed such as 42",
                assertThrows(InvalidPlanException.class, () -> FaultPlanReader.read("nowhere.yaml"))
                        .getMessage());
    }
}
