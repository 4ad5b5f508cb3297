package io.tapekeeper.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.Fault;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.exchange.socket.SocketRules;
import io.tapekeeper.recorder.repair.RepairSettings;
import io.tapekeeper.tape.GapCause;
import io.tapekeeper.tape.TapeKind;
import io.tapekeeper.venue.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One recording of an exchange that fails as planned, until all of it has happened and the tape is whole again; then
 * the store is held against the true tape. Time runs {@value #FASTER} times faster for whatever waits, and faster still
 * on the tape.
 */
final class FaultRun {
    private static final int FASTER = 20;
    private static final int REAL_WEIGHT = 6_000;

    /** Aggregates a second of real time of the first symbol, about. */
    private static final double PACE = 600;

    /** Aggregates of all symbols until the market ends, at full speed. */
    private static final int AT_FULL_SPEED = 400_000;

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** The symbols and how many aggregates a second they have. */
    private static final Map<String, Double> MARKETS =
            new TreeMap<>(Map.of("BTCUSDT", 12.0, "ETHUSDT", 7.0, "SOLUSDT", 4.0));

    enum Market {
        /** Some {@value FaultRun#PACE} trades a second, without an end. */
        PACED,
        /** As fast as trades are taken, until it ends. */
        AT_FULL_SPEED,
        /**
         * The same, for faults that come together: while a socket is silent, all others may have nothing to strike any
         * more.
         */
        AT_FULL_SPEED_AND_GONE
    }

    private final long seed;
    private final FaultPlan plan;
    private final Path folder;
    private final int enough;
    private final Market market;
    private final boolean atFullSpeed;
    private final TapeKind kind;
    private final List<String> symbols;
    private final SplittableRandom random;

    /** From one start of the recorder to the next, where the tape is not whole before. */
    private final Duration leg;

    private long trades;
    private long repaired;
    private long followed;

    /**
     * Tape, symbols and when the recorder is started anew are drawn from the seed.
     *
     * @param enough trades that must come at least
     */
    FaultRun(long seed, FaultPlan plan, int enough, Market market, Path folder) {
        this.seed = seed;
        this.enough = enough;
        this.market = market;
        atFullSpeed = market != Market.PACED;
        this.folder = folder;
        random = new SplittableRandom(seed);
        boolean blanks = plan.faults().stream().anyMatch(Fault.Blank.class::isInstance);
        kind = random.nextBoolean() || blanks ? TapeKind.AGGREGATE : TapeKind.RAW;
        List<String> all = List.copyOf(MARKETS.keySet());
        int first = random.nextInt(all.size());
        symbols = random.nextBoolean()
                ? List.of(all.get(first))
                : List.of(all.get(first), all.get((first + 1) % all.size()));
        this.plan = atFullSpeed ? ending(plan) : plan;
        Duration oldest = // a socket that is to be ended by its age must get there
                plan.faults().stream()
                        .filter(Fault.Rotate.class::isInstance)
                        .map(fault -> ((Fault.Rotate) fault).age())
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
        leg = oldest.plusMillis(random.nextBoolean() ? 10_000 : 1_500);
    }

    /** With an end, for a tape that goes on at full speed would never be whole to its end. */
    private FaultPlan ending(FaultPlan endless) {
        double perMinute = 60 * symbols.stream().mapToDouble(MARKETS::get).sum();
        List<Fault> faults = new ArrayList<>(endless.faults());
        faults.add(new Fault.End((int) (AT_FULL_SPEED / perMinute)));
        return new FaultPlan(endless.seed(), faults);
    }

    @Override
    public String toString() {
        return "seed %d, %s of %s, %s".formatted(seed, kind.label(), symbols, plan.faults());
    }

    void run() throws IOException, InterruptedException {
        long began = System.nanoTime();
        Path db = folder.resolve("tape-" + seed + ".db");
        try (Exchange exchange = Exchange.start(config())) {
            String left = "it has not begun";
            while (!left.isEmpty()) {
                left = record(exchange, db);
                assertTrue(left.isEmpty() || System.nanoTime() - began < LIMIT.toNanos(), this + ": " + left);
            }
            Judge judge = new Judge(exchange.port(), folder);
            await("a restart of the exchange may have just begun")
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .until(() -> judge.get("/sim/state").startsWith("{"));
            judge.assertWhole(db, toString());
            assertTrue(repaired > 0 || atFullSpeed, this + ": no hole was repaired");
            assertTrue(halted(db), this + ": nothing was halted");
            assertEquals(lacking(), Judge.causes(db), this + ": causes in the ledger");
            judgeRefusals(exchange);
        }
    }

    /** Why some of the tape cannot come; a plan that has a reason must have shown it. */
    private Set<GapCause> lacking() {
        Set<GapCause> causes = EnumSet.noneOf(GapCause.class);
        for (Fault fault : plan.faults()) {
            if (fault instanceof Fault.OnTape onTape) {
                switch (onTape) {
                    case Fault.Blank blank -> causes.add(GapCause.BLANKED);
                    case Fault.VenueHoles holes -> causes.add(GapCause.ABSENT);
                    case Fault.Retention retention -> causes.add(GapCause.BEYOND_RETENTION);
                    case Fault.Halt halt -> {} // nothing is lacking
                    case Fault.End end -> {}
                }
            }
        }
        return causes;
    }

    private ExchangeConfig config() {
        SocketRules real = SocketRules.REAL;
        return ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.empty()))
                .withSpeed(atFullSpeed ? Speed.MAX : new Speed(Math.rint(PACE / MARKETS.get(symbols.getFirst()))))
                .withWeightPerMinute(REAL_WEIGHT * FASTER)
                .withSocketRules(new SocketRules(
                        real.pingEvery().dividedBy(FASTER),
                        real.pongWithin().dividedBy(FASTER),
                        real.lifetime(),
                        real.streams(),
                        real.messagesPerSecond() * FASTER,
                        real.attempts() * FASTER,
                        real.outgoingBytes()))
                .withFaults(plan);
    }

    private static Tuning tuning() {
        ConnectionSettings real = ConnectionSettings.defaults();
        ConnectionSettings.Sockets sockets = real.sockets();
        return Running.tuning(
                new ConnectionSettings(
                        InstantSource.system(),
                        real.requestTimeout().dividedBy(FASTER),
                        real.pollTimeout().dividedBy(FASTER),
                        real.firstRetry().dividedBy(FASTER),
                        real.longestRetry().dividedBy(FASTER),
                        Duration.ofSeconds(1), // the refusals of a plan are over by then
                        new ConnectionSettings.Sockets(
                                sockets.readIdle().dividedBy(FASTER),
                                sockets.probeTimeout().dividedBy(FASTER),
                                sockets.stableAfter().dividedBy(FASTER),
                                sockets.rotateAfter(),
                                sockets.overlap().dividedBy(FASTER),
                                sockets.shortestStall().dividedBy(FASTER),
                                sockets.longestStall().dividedBy(FASTER),
                                sockets.flightTime().dividedBy(FASTER))),
                RepairSettings.DEFAULTS.faster(FASTER));
    }

    /** Runs the recorder once; returns what it is still to be run for, empty where for nothing. */
    private String record(Exchange exchange, Path db) throws InterruptedException {
        RecordOptions options = RecordOptions.of(symbols.toArray(String[]::new));
        options.tape = kind == TapeKind.RAW ? RecordOptions.Tape.raw : RecordOptions.Tape.aggregate;
        Running running = new Running(options, db, exchange.port(), exchange.port(), tuning());
        long end = System.nanoTime() + leg.toNanos();
        try (running) {
            do {
                running.goOn(LOOK);
            } while (!left(exchange, db, running).isEmpty() && System.nanoTime() < end);
        }
        String left = left(exchange, db, running);
        trades += running.counted("trades_total");
        repaired += running.counted("repaired_trades_total");
        followed += running.counted("followed_trades_total");
        return left;
    }

    private String left(Exchange exchange, Path db, Running running) {
        Map<String, Long> struck = exchange.faultsInjected();
        List<String> waiting = plan.faults().stream()
                .filter(Fault.OnWire.class::isInstance)
                .map(Fault::name)
                .filter(name -> struck.get(name) < planned(name))
                .distinct()
                .toList();
        if (!waiting.isEmpty() && market != Market.AT_FULL_SPEED_AND_GONE) {
            return "not injected: " + waiting;
        }
        if (struck.values().stream().allMatch(times -> times == 0)) {
            return "nothing was injected";
        }
        long came = trades + running.counted("trades_total");
        if (came < enough) {
            return "only %d trades came".formatted(came);
        }
        long filled = repaired + running.counted("repaired_trades_total");
        long rest = filled + followed + running.counted("followed_trades_total");
        if ((market == Market.AT_FULL_SPEED_AND_GONE ? rest : filled) == 0) {
            return "no hole was repaired";
        }
        if (rest > came / 2 && market != Market.AT_FULL_SPEED_AND_GONE) {
            return "%d of %d trades came by REST".formatted(rest, came);
        }
        if (!Judge.causes(db).containsAll(lacking())) {
            return "the tape has not come to what the venue lacks";
        }
        if (!halted(db)) {
            return "the tape has not come to the halt of the venue";
        }
        return Judge.isWhole(db) ? "" : "the tape is not whole";
    }

    /** Whether the stored tapes have the silence that the plan makes, if it makes one. */
    private boolean halted(Path db) {
        Duration halt = plan.faults().stream()
                .filter(Fault.Halt.class::isInstance)
                .map(fault -> Duration.ofMinutes(((Fault.Halt) fault).minutes()))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        return halt.isZero() || Judge.longestSilence(db).compareTo(halt) >= 0;
    }

    private long planned(String name) {
        return plan.faults().stream().filter(fault -> fault.name().equals(name)).count();
    }

    /** Nobody is told to ask less, unless the plan has it. */
    private void judgeRefusals(Exchange exchange) {
        long told = exchange.traffic().answers().getOrDefault(429, 0L);
        List<Fault.Status> statuses = plan.faults().stream()
                .filter(Fault.Status.class::isInstance)
                .map(Fault.Status.class::cast)
                .toList();
        long planned = statuses.stream().filter(one -> one.status() == 429).count();
        long struck = exchange.faultsInjected().getOrDefault("rest", 0L);
        if (planned == statuses.size()) {
            assertEquals(struck, told, this + ": answers 429");
        } else {
            assertTrue(planned == 0 ? told == 0 : told <= struck, this + ": answers 429: " + told);
        }
    }
}
