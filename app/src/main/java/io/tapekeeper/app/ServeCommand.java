package io.tapekeeper.app;

import io.tapekeeper.dashboard.StoreTail;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.recorder.Page;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code serve}: the page alone, on a store that another process may be recording. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows a store in the browser, read-only; another process may be recording it.",
        footerHeading = "%nExample:%n",
        footer = "  ./tapekeeper serve --db data/tapekeeper.db --port 8081 --open")
final class ServeCommand implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Option(names = "--db", paramLabel = "FILE", description = "The store.")
    private Path db = RunCommand.DEFAULT_DB;

    @Mixin
    private PageOptions page = new PageOptions();

    @Override
    public Integer call() throws InterruptedException {
        Shutdown stop = main.stopOnSignals();
        System.out.println("store: " + db.toAbsolutePath() + " (read-only)");
        LiveView view = new LiveView(LiveView.RING_ROWS, System::nanoTime);
        try (History history = History.open(db);
                StoreTail tail = new StoreTail(view, history, Clock.systemUTC());
                Page.Open shown = page.start(view, history)) {
            tail.start();
            stop.await();
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
        return CommandFailure.FINE;
    }
}
