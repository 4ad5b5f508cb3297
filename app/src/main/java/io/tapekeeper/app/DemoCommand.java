package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.LogFile;
import io.tapekeeper.app.terminal.StatusLine;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.recorder.Recording;
import io.tapekeeper.recorder.RecordingPlan;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.Surroundings;
import io.tapekeeper.store.Durability;
import io.tapekeeper.store.History;
import io.tapekeeper.store.Recorder;
import io.tapekeeper.store.StoreException;
import io.tapekeeper.tape.TapeId;
import io.tapekeeper.venue.ConnectionSettings;
import io.tapekeeper.venue.Venue;
import io.tapekeeper.venue.binance.Binance;
import io.tapekeeper.venue.limit.RateGovernor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code demo}: the whole product in one process, without a network. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows the whole product on a simulated market: exchange, recorder and page in one process, without a"
                    + " network.",
            "The market goes on where it stopped. Everything is marked SIMULATED."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./tapekeeper demo --open", "  ./tapekeeper demo --symbols BTCUSDT,ETHUSDT,SOLUSDT"})
final class DemoCommand implements Callable<Integer> {
    private final Signals signals;

    private static final long LAST_RUN_MICROS = 60_000_000;
    private static final Path DEFAULT_DB = Path.of("data", "demo.db");

    @Mixin
    private RecordOptions options = RecordOptions.of("BTCUSDT", "ETHUSDT", "SOLUSDT");

    @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the market (default: 7).")
    private long seed = ExchangeCommand.DEFAULT_SEED;

    @Option(names = "--speed", paramLabel = "N", description = "Seconds of the market in one second (default: 1).")
    private String speed = "1";

    @Option(
            names = "--faults",
            paramLabel = "FILE|SEED",
            description = "Let the exchange fail on purpose: by a plan (docs/faulty-exchange.md), or by a mixture drawn"
                    + " from a seed.")
    private String faults;

    DemoCommand(Signals signals) {
        this.signals = signals;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path db = options.store(DEFAULT_DB).toAbsolutePath();
        LogFile.beside(db);
        Shutdown stop = signals.listen();
        // Beside its store and named like it: one is of no use without the other.
        Path market = db.resolveSibling(db.getFileName() + ".market-" + seed);
        OptionalLong stored = storedUpTo(db);
        if (stored.isPresent() && Files.notExists(market)) {
            throw CommandFailure.outside(
                    "%s cannot go on, because the market that it was recorded from, %s, is not there: name another file with --db"
                            .formatted(db, market),
                    null);
        }
        ExchangeConfig config = ExchangeConfig.of(
                        new ExchangeConfig.Source.Synthetic(seed, Optional.of(market), takenUpTo(stored)))
                .withSpeed(ExchangeCommand.speed(speed))
                .withFaults(ExchangeCommand.faults(faults));
        System.out.println("demo: a SIMULATED market, no real prices");
        RecordingPlan plan = options.plan(db);
        System.out.println("store: " + db);
        try (Exchange exchange = ExchangeCommand.start(config)) {
            String address = "127.0.0.1:" + exchange.port();
            new Recording(
                            plan,
                            () -> ownVenue(address),
                            RecordOptions.settings(),
                            stop,
                            new Surroundings(
                                    new StatusLine(System.out, Clocks.SYSTEM),
                                    options.page(),
                                    Optional.of(exchange::close)))
                    .run();
        }
        return CommandFailure.FINE;
    }

    /** A venue of our own bans no client, and its counts need not outlive it. */
    private static Venue ownVenue(String address) {
        return new Binance(
                URI.create("http://" + address),
                URI.create("ws://" + address),
                ConnectionSettings.defaults(),
                RateGovernor.inMemory(address, Clocks.SYSTEM.wall()));
    }

    /** A poller never subscribes, so its market goes on by itself. */
    private OptionalLong takenUpTo(OptionalLong stored) {
        return options.mode == RecordOptions.Mode.poll
                ? OptionalLong.empty()
                : OptionalLong.of(stored.orElse(Long.MAX_VALUE));
    }

    /** Tape time up to which the store has every trade of the symbols that it recorded last. */
    private OptionalLong storedUpTo(Path db) {
        if (Files.notExists(db)) {
            return OptionalLong.empty();
        }
        try (History history = upToDate(db)) {
            if (history.series().stream().anyMatch(series -> !series.tape().simulated())) {
                throw CommandFailure.usage(
                        "%s holds real trades, and a simulated market never goes beside them: name another file with --db"
                                .formatted(db));
            }
            long[] ends = history.series().stream()
                    .filter(series -> series.tape().kind() == options.kind())
                    .flatMapToLong(series -> lastTime(history, series.tape()).stream())
                    .toArray();
            long newest = Arrays.stream(ends).max().orElse(0);
            // A symbol that the last run left out ends earlier and must not hold the others up.
            return Arrays.stream(ends)
                    .filter(end -> end > newest - LAST_RUN_MICROS)
                    .min();
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
    }

    /** A store of an older version is brought up to date first, as recording into it would. */
    private static History upToDate(Path db) {
        try {
            return History.open(db);
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.CANNOT_OPEN) {
                throw e;
            }
            Recorder.open(db, Durability.NORMAL).close();
            return History.open(db);
        }
    }

    private static OptionalLong lastTime(History history, TapeId tape) {
        long[] time = {Long.MIN_VALUE};
        history.lastTradeId(tape).ifPresent(last -> history.trades(tape, last, trade -> time[0] = trade.venueTime()));
        return time[0] == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(time[0]);
    }
}
