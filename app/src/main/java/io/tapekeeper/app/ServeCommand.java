package io.tapekeeper.app;

import io.tapekeeper.app.terminal.Clocks;
import io.tapekeeper.app.terminal.CommandFailure;
import io.tapekeeper.dashboard.StoreTail;
import io.tapekeeper.live.LiveView;
import io.tapekeeper.recorder.Page;
import io.tapekeeper.recorder.Shutdown;
import io.tapekeeper.store.History;
import io.tapekeeper.store.StoreException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serve}: the page alone, on a store that another process may be recording. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows a store in the browser, read-only; another process may be recording it.",
        footerHeading = "%nExample:%n",
        footer = "  ./tapekeeper serve --db data/tapekeeper.db --port 8081 --open")
final class ServeCommand implements Callable<Integer> {
    private final Signals signals;

    @Mixin
    private StoreOption store = new StoreOption();

    @Mixin
    private PageOptions page = new PageOptions();

    ServeCommand(Signals signals) {
        this.signals = signals;
    }

    @Override
    public Integer call() throws InterruptedException {
        Shutdown stop = signals.listen();
        System.out.println("store: " + store.path().toAbsolutePath() + " (read-only)");
        LiveView view = new LiveView(LiveView.RING_ROWS, Clocks.SYSTEM.nanos());
        try (History history = History.open(store.path());
                StoreTail tail = new StoreTail(view, history, Clocks.SYSTEM.wall(), Clocks.SYSTEM.nanos());
                Page.Open shown = page.start(view, history)) {
            tail.start();
            stop.await();
        } catch (StoreException e) {
            throw CommandFailure.of(e);
        }
        return CommandFailure.FINE;
    }
}
