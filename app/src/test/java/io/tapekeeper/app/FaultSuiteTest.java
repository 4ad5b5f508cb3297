package io.tapekeeper.app;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tapekeeper.app.FaultRun.Market;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.Fault.Body;
import io.tapekeeper.exchange.faults.Fault.Drop;
import io.tapekeeper.exchange.faults.Fault.Frame;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.Progress;
import io.tapekeeper.exchange.faults.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever fails between the venue and the store: in the end the store has the true tape, and what was computed from it
 * is what a recorder without any fault would have computed, to the bit.
 */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class FaultSuiteTest {
    private static final int SHORT = 1_500;
    private static final int LONG = 4_000;
    private static final int FAST = 100_000;
    private static final int MIXTURES = 200;
    private static final int MIXTURES_AT_ONCE = 2;
    private static final int MIXTURES_AT_FULL_SPEED = 20;

    /** Held, for the logging framework itself does not hold it. */
    private static final Logger PRODUCT = Logger.getLogger("io.tapekeeper");

    private static final AtomicInteger DONE = new AtomicInteger();
    private static Instant began = Instant.EPOCH;

    @TempDir
    Path folder;

    /** What is warned of here was planned; what went wrong all the same is in the failure. */
    @BeforeAll
    static void hush() {
        PRODUCT.setLevel(Level.SEVERE);
        began = Instant.now();
    }

    @AfterAll
    static void speak() {
        PRODUCT.setLevel(null);
    }

    private static Schedule at(long trades) {
        return Schedule.after(Progress.trades(trades));
    }

    /** Again and again: three times. */
    private static Schedule often() {
        return at(300).repeated(Progress.trades(300), 3);
    }

    /** In the middle of filling holes. */
    private static Schedule asked() {
        return Schedule.after(Progress.requests(8)).repeated(Progress.requests(3), 3);
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static Drop drop() {
        return new Drop(often(), Drop.How.FIN);
    }

    /** Trades that no socket brings. */
    private static Frame skip() {
        return new Frame(at(200).repeated(Progress.trades(150), 20), Frame.Trick.SKIP);
    }

    private static Arguments plan(String name, Fault... faults) {
        return arguments(name, FaultPlan.of(name.hashCode(), faults));
    }

    static Stream<Arguments> kinds() {
        Schedule secondSocket = Schedule.after(Progress.connections(2));
        return Stream.of(
                plan("drop", drop(), skip()),
                plan("silent", new Fault.Silent(often().lasting(Progress.of(millis(150)))), skip()),
                plan("half-open", new Fault.HalfOpen(at(300)), skip()),
                plan("mute", drop(), new Fault.Mute(secondSocket), skip()),
                plan("refuse", drop(), new Fault.Refuse(secondSocket.lasting(Progress.of(millis(300))), 503), skip()),
                plan("rotate", new Fault.Rotate(Duration.ofSeconds(1)), skip()),
                plan("restart", new Fault.Restart(at(400), millis(400)), skip()),
                plan("server-shutdown", new Fault.ServerShutdown(at(300), millis(200)), skip()),
                plan("drip", new Fault.Drip(at(300), millis(300)), skip()),
                plan("burst", new Fault.Burst(at(300), millis(300)), skip()),
                plan(
                        "clock",
                        new Fault.Clock(at(300).lasting(Progress.of(millis(500))), Duration.ofSeconds(-5)),
                        skip()),
                plan("rest", new Fault.Status(asked(), 503, Duration.ofSeconds(1)), skip()),
                plan(
                        "rest 429",
                        new Fault.Status(Schedule.after(Progress.requests(8)), 429, Duration.ofSeconds(1)),
                        skip()),
                plan("body", new Body(asked(), Body.Trick.TRUNCATED), skip()),
                plan("slow", new Fault.Slow(asked(), Duration.ofSeconds(1)), skip()),
                plan(
                        "lag",
                        new Fault.Lag(Schedule.AT_ONCE.lasting(Progress.of(Duration.ofSeconds(3))), millis(300)),
                        skip()),
                plan(
                        "late ids",
                        new Fault.LateIds(Schedule.AT_ONCE.lasting(Progress.of(Duration.ofMinutes(1))), 3, millis(100)),
                        skip()),
                plan("blank", new Fault.Blank(300), skip()),
                plan("venue-holes", new Fault.VenueHoles(8_000), skip()),
                plan(
                        "retention", // REST is gone for longer than it remembers
                        new Fault.Retention(3_000),
                        new Fault.Restart(at(300), Duration.ofSeconds(3)),
                        skip()),
                plan("halt", new Fault.Halt(2, 1), skip()));
    }

    static Stream<Arguments> tricks() {
        return Stream.of(Frame.Trick.values())
                .map(trick -> plan(
                        trick.name().toLowerCase(Locale.ROOT).replace("_", "-"), new Frame(often(), trick), skip()));
    }

    /** Every way in which a kind of fault can come. */
    static Stream<Arguments> variants() {
        List<Arguments> all = new ArrayList<>();
        for (Drop.How how : Drop.How.values()) {
            all.add(plan("drop " + how, new Drop(often(), how), skip()));
        }
        for (int status : List.of(403, 429, 503)) {
            Schedule second = Schedule.after(Progress.connections(2)).lasting(Progress.of(millis(300)));
            all.add(plan("refuse " + status, drop(), new Fault.Refuse(second, status), skip()));
        }
        for (int status : List.of(403, 418, 429, 451, 500, 502, 503, 504)) {
            Schedule when = Schedule.after(Progress.requests(8));
            Duration retryAfter = Duration.ofSeconds(1);
            all.add(plan("rest " + status, new Fault.Status(when, status, retryAfter), skip()));
        }
        for (Body.Trick trick : Body.Trick.values()) {
            all.add(plan("body " + trick, new Body(asked(), trick), skip()));
        }
        return all.stream();
    }

    static LongStream fewSeeds() {
        return seedsFrom(1).limit(MIXTURES_AT_ONCE);
    }

    static LongStream seedsAtFullSpeed() {
        return seedsFrom(3_001).limit(MIXTURES_AT_FULL_SPEED);
    }

    /** Those that need not wait until a socket is old. */
    private static LongStream seedsFrom(long first) {
        return LongStream.iterate(first, seed -> seed + 1)
                .filter(seed -> FaultPlan.random(seed).faults().stream().noneMatch(Fault.Rotate.class::isInstance));
    }

    /**
     * At full speed the tape stands while nobody listens, so that nothing is too old by the time that REST is back;
     * each of the venue's holes holds it for half a second, and each blanked id for a question.
     */
    static Stream<Arguments> kindsAtFullSpeed() {
        Set<Object> others = Set.of("retention", "venue-holes", "blank");
        return Stream.of(
                        kinds().filter(plan -> !others.contains(plan.get()[0])),
                        tricks(),
                        Stream.of(
                                plan("venue-holes", new Fault.VenueHoles(100_000), skip()),
                                plan("blank", new Fault.Blank(5_000), skip())))
                .flatMap(plans -> plans);
    }

    static LongStream manySeeds() {
        return LongStream.rangeClosed(1_001, 1_000 + MIXTURES);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"kinds", "tricks"})
    void theTapeIsWholeWhateverFails(String name, FaultPlan plan) throws Exception {
        new FaultRun(plan.seed(), plan, SHORT, Market.PACED, folder).run();
    }

    @ParameterizedTest
    @MethodSource("fewSeeds")
    void theTapeIsWholeWhateverFailsTogether(long seed) throws Exception {
        new FaultRun(seed, FaultPlan.random(seed), SHORT, Market.PACED, folder).run();
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void theTapeIsWholeHoweverItFails(String name, FaultPlan plan) throws Exception {
        new FaultRun(plan.seed(), plan, LONG, Market.PACED, folder).run();
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("kindsAtFullSpeed")
    void theTapeIsWholeAtFullSpeedWhateverFails(String name, FaultPlan plan) throws Exception {
        new FaultRun(plan.seed(), plan, FAST, Market.AT_FULL_SPEED, folder).run();
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("seedsAtFullSpeed")
    void theTapeIsWholeAtFullSpeedWhateverFailsTogether(long seed) throws Exception {
        new FaultRun(seed, FaultPlan.random(seed), FAST, Market.AT_FULL_SPEED_AND_GONE, folder).run();
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("manySeeds")
    void theTapeIsWholeAfterManyMixtures(long seed) throws Exception {
        new FaultRun(seed, FaultPlan.random(seed), LONG, Market.PACED, folder).run();
        int done = DONE.incrementAndGet();
        Duration each = Duration.between(began, Instant.now()).dividedBy(done);
        System.out.printf(
                "mixture %d of %d is whole, %d min left%n",
                done, MIXTURES, each.multipliedBy(MIXTURES - done).toMinutes());
    }
}
