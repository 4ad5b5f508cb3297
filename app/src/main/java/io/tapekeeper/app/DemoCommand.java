package io.tapekeeper.app;

import io.tapekeeper.exchange.Exchange;
import io.tapekeeper.exchange.ExchangeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
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
            "The whole product on a simulated market: exchange, recorder and page in one process,",
            "no network. The market goes on where it stopped. Everything is marked SIMULATED."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper demo --open",
            "  ./tapekeeper demo --symbols BTCUSDT,ETHUSDT,SOLUSDT"
        })
final class DemoCommand implements Callable<Integer> {
    private static final Path DEFAULT_DB = Path.of("data", "demo.db");

    @Mixin private RecordOptions options = new RecordOptions();

    @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the market (default: 7).")
    private long seed = ExchangeCommand.DEFAULT_SEED;

    @Option(
            names = "--speed",
            paramLabel = "N",
            description = "Seconds of the market in a second (default: 1).")
    private String speed = "1";

    @Override
    public Integer call() throws InterruptedException {
        Path db = (options.db == null ? DEFAULT_DB : options.db).toAbsolutePath();
        LogFile.in(db.getParent());
        Stop stop = new Stop();
        stop.onSignals();
        // Beside its store and named like it: one is of no use without the other.
        Path market = db.resolveSibling(db.getFileName() + ".market-" + seed);
        ExchangeConfig config =
                ExchangeConfig.of(new ExchangeConfig.Source.Synthetic(seed, Optional.of(market)))
                        .withSpeed(ExchangeCommand.speed(speed));
        System.out.println("demo: a SIMULATED market, no real prices");
        try (Exchange exchange = ExchangeCommand.start(config)) {
            String address = "127.0.0.1:" + exchange.port();
            new Recording(
                            options,
                            db,
                            URI.create("http://" + address),
                            URI.create("ws://" + address),
                            stop,
                            Optional.of(exchange::close),
                            System.out)
                    .run();
        } finally {
            stop.finished();
        }
        return Failure.FINE;
    }
}
