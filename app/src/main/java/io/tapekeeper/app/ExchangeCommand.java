package io.tapekeeper.app;

import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import io.tapekeeper.exchange.faults.FaultPlan;
import io.tapekeeper.exchange.faults.FaultPlanReader;
import io.tapekeeper.exchange.faults.InvalidPlanException;
import io.tapekeeper.exchange.play.Speed;
import io.tapekeeper.recorder.Shutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code exchange}: the local exchange alone. */
@Command(
        name = "exchange",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs a local exchange that speaks Binance's protocol and plays a synthetic market or a recording.",
            "A recording starts to play once the first client has subscribed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper exchange --synthetic 7 --port 9443",
            "  ./tapekeeper exchange --synthetic 7 --faults 42 --port 9443",
            "  ./tapekeeper exchange --capture trades.txt.gz --speed max --port 9443"
        })
final class ExchangeCommand implements Callable<Integer> {
    private final Signals signals;

    static final long DEFAULT_SEED = 7;

    @ArgGroup(exclusive = true)
    private What what = new What();

    @Option(
            names = "--state",
            paramLabel = "FOLDER",
            description = "Where a synthetic market is kept, so that it goes on where it stopped"
                    + " (default: data/exchange-SEED).")
    private Path state;

    @Option(
            names = "--speed",
            paramLabel = "N",
            description =
                    "Seconds of the tape in one second; max = as fast as the slowest client takes it (default: 1).")
    private String speed = "1";

    @Option(
            names = "--faults",
            paramLabel = "FILE|SEED",
            description = "Fail on purpose: by a plan (docs/faulty-exchange.md), or by a mixture drawn from a seed.")
    private String faults;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on (default: 9443; 0 = any that is free).")
    private int port = 9443;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on (default: 127.0.0.1, this machine only).")
    private String host = "127.0.0.1";

    /** What is played. */
    private static final class What {
        @Option(
                names = "--synthetic",
                paramLabel = "SEED",
                description = "An endless market made from a seed (default: 7).")
        private Long seed;

        @Option(
                names = "--capture",
                paramLabel = "FILE",
                description = "A recording: lines of \"<epoch ns> <frame>\", .gz too; may be given several times.")
        private List<Path> captures;
    }

    ExchangeCommand(Signals signals) {
        this.signals = signals;
    }

    @Override
    public Integer call() throws InterruptedException {
        Shutdown stop = signals.listen();
        ExchangeConfig config = ExchangeConfig.of(source())
                .withHost(host)
                .withPort(port)
                .withSpeed(speed(speed))
                .withFaults(faults(faults));
        try (Exchange exchange = start(config)) {
            System.out.printf(
                    "exchange: http://%s:%d and ws://%s:%d, state of play at /sim/state%n",
                    host, exchange.port(), host, exchange.port());
            stop.await();
        }
        return CommandFailure.FINE;
    }

    private ExchangeConfig.Source source() {
        if (what.captures != null) {
            return new ExchangeConfig.Source.Capture(what.captures);
        }
        long seed = what.seed == null ? DEFAULT_SEED : what.seed;
        Path folder = state == null ? Path.of("data", "exchange-" + seed) : state;
        return new ExchangeConfig.Source.Synthetic(seed, Optional.of(folder));
    }

    static Exchange start(ExchangeConfig config) {
        try {
            return Exchange.start(config);
        } catch (IOException e) {
            throw CommandFailure.outside(e.getMessage(), e);
        }
    }

    /** The plan that the option names; none where it is not given. */
    static FaultPlan faults(String fileOrSeed) {
        try {
            return fileOrSeed == null ? FaultPlan.NONE : FaultPlanReader.read(fileOrSeed);
        } catch (InvalidPlanException e) {
            throw CommandFailure.usage("--faults: " + e.getMessage());
        }
    }

    static Speed speed(String text) {
        try {
            return Speed.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--speed: " + e.getMessage());
        }
    }
}
