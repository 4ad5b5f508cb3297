package io.tapekeeper.app;

import io.tapekeeper.app.terminal.LogFile;
import io.tapekeeper.app.terminal.StatusLine;
import io.tapekeeper.recorder.Recording;
import io.tapekeeper.recorder.RecordingPlan;
import io.tapekeeper.recorder.RecordingSettings;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.recorder.Surroundings;
import io.tapekeeper.venue.binance.Binance;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

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
    @ParentCommand
    private Main main;

    static final Path DEFAULT_DB = Path.of("data", "tapekeeper.db");

    @Mixin
    private RecordOptions options = new RecordOptions();

    @Option(
            names = "--rest-url",
            paramLabel = "URL",
            description = "REST API (default: ${DEFAULT-VALUE}).",
            defaultValue = "https://api.binance.com")
    private URI restUrl;

    @Option(
            names = "--stream-url",
            paramLabel = "URL",
            description = "WebSocket streams (default: ${DEFAULT-VALUE}).",
            defaultValue = "wss://stream.binance.com:9443")
    private URI streamUrl;

    @Override
    public Integer call() throws InterruptedException {
        checkUrl("--rest-url", restUrl, "http");
        checkUrl("--stream-url", streamUrl, "ws");
        Path db = options.db == null ? DEFAULT_DB : options.db;
        LogFile.beside(db);
        Shutdown stop = main.stopOnSignals();
        RecordingPlan plan = options.plan(db);
        System.out.println("store: " + db.toAbsolutePath());
        new Recording(
                        plan,
                        () -> Binance.at(restUrl, streamUrl),
                        RecordingSettings.defaults(),
                        stop,
                        new Surroundings(new StatusLine(System.out), options.page(), Optional.empty()))
                .run();
        return CommandFailure.FINE;
    }

    /**
     * @param scheme http or ws; an s behind it is fine
     * @throws CommandFailure where it is no such address
     */
    static void checkUrl(String option, URI url, String scheme) {
        String given = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(given.equals(scheme) || given.equals(scheme + "s"))) {
            throw CommandFailure.usage(
                    "%s must be a %s:// or %ss:// address, not \"%s\"".formatted(option, scheme, scheme, url));
        }
    }
}
