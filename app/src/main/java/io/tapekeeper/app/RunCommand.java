package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.app.terminal.LogFile;
import io.tapekeeper.app.terminal.StatusLine;
import io.tapekeeper.recorder.Recording;
import io.tapekeeper.recorder.RecordingPlan;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.Surroundings;
import io.tapekeeper.venue.binance.Binance;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}: records from Binance, watches, shows. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Records symbols from Binance, watches them and shows them in the browser.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./tapekeeper run",
            "  ./tapekeeper run --symbols BTCUSDT,ETHUSDT --open",
            "  ./tapekeeper run --mode poll --every 5s --for 1h --no-dashboard",
            "  ./tapekeeper run --rest-url http://127.0.0.1:9443 --stream-url ws://127.0.0.1:9443"
        })
public final class RunCommand implements Callable<Integer> {
    private final Signals signals;

    @Mixin
    private RecordOptions options = new RecordOptions();

    @Mixin
    private VenueOptions venue = new VenueOptions();

    RunCommand(Signals signals) {
        this.signals = signals;
    }

    @Override
    public Integer call() throws InterruptedException {
        URI rest = venue.rest().url();
        URI streams = venue.streamUrl();
        Path db = options.store(StoreOption.DEFAULT);
        LogFile.beside(db);
        Shutdown stop = signals.listen();
        RecordingPlan plan = options.plan(db);
        System.out.println("store: " + db.toAbsolutePath());
        new Recording(
                        plan,
                        () -> Binance.at(rest, streams),
                        RecordOptions.settings(),
                        stop,
                        new Surroundings(new StatusLine(System.out, Clocks.SYSTEM), options.page(), Optional.empty()))
                .run();
        return CommandFailure.FINE;
    }
}
